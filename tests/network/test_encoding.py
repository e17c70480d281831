"""A network travels as bytes, the same for the same network."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from engine.errors import InvalidInput
from engine.network.encoding import decode, encode, fingerprint
from engine.network.files import load_network
from engine.network.network import Network
from tests.network.networks import networks
from tests.networks import EU

ROOT = Path(__file__).parents[2]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(networks())
def test_bytes_give_the_network_back(network: Network) -> None:
    again = decode(encode(network))
    assert again == network
    assert encode(again) == encode(network)
    assert fingerprint(again) == fingerprint(network)


def test_the_order_of_maps_does_not_show_and_that_of_nodes_does() -> None:
    network = load_network(EU)
    turned = replace(
        network,
        places=dict(reversed(list(network.places.items()))),
        holidays=dict(reversed(list(network.holidays.items()))),
        cutoffs=dict(reversed(list(network.cutoffs.items()))),
    )
    assert encode(turned) == encode(network)
    assert fingerprint(replace(network, nodes=network.nodes[::-1])) != fingerprint(network)


def test_another_process_with_another_hash_seed_writes_the_same_bytes() -> None:
    """I9: sets have no order of their own, and string hashes differ from process to process."""
    script = (
        "import sys; from pathlib import Path; from engine.network.files import load_network;"
        "from engine.network.encoding import fingerprint; print(fingerprint(load_network(Path(sys.argv[1]))))"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", script, str(EU)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert printed == {fingerprint(load_network(EU))}


@pytest.mark.parametrize("data", [b"", b"OBN0xyz", b"OBN1", b"OBN1 no zlib", encode(load_network(EU))[:-20]])
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        decode(data)
