"""``onebox prices``: fitted from files or from a running server, shown, drawn, published, and turned off."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.networks import EU
from tests.server.test_processes import onebox, onebox_serve


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    environment = os.environ.copy()
    os.environ["ONEBOX_REPLAY_FROM"] = "2026-03-30T09:00:00+02:00"
    try:
        with onebox_serve(tmp_path_factory.mktemp("data")) as served:
            assert onebox("load", str(EU), server=served.address).returncode == 0
            yield served.address
    finally:
        os.environ.clear()
        os.environ.update(environment)


def test_prices_are_fitted_published_shown_and_turned_off(server: str, tmp_path: Path) -> None:
    file, picture = tmp_path / "prices.json", tmp_path / "prices.svg"
    fitted = onebox("prices", "fit", str(EU), "--out", str(file), "--chart", str(picture), "--json", "--sweeps", "20")
    assert fitted.returncode == 0, fitted.stderr
    told = json.loads(fitted.stdout)
    assert (told["network"], told["made_by"], told["parameters"]["past_orders"]) == ("eu", "fluid", "8")
    assert picture.read_text().startswith("<svg")
    published = onebox("prices", "publish", str(file), "--json", "--comment", "trial", server=server)
    assert json.loads(published.stdout)["version"] == 1, published.stderr
    shown = json.loads(onebox("prices", "show", "--json", server=server).stdout)
    assert shown == {**told, "version": 1}
    assert onebox("prices", "show", str(file)).returncode == 0
    off = onebox("prices", "publish", "--none", server=server)
    assert "version 2, in force" in off.stdout, off.stderr


def test_prices_are_fitted_on_what_the_server_has_and_published_in_one_step(server: str) -> None:
    orders = str(EU / "orders.csv")
    fitted = onebox(
        "prices", "fit", "live", "--orders", orders, "--kind", "breadth", "--publish", "--limit", "2", server=server
    )
    assert fitted.returncode == 0, fitted.stderr
    assert "prices for 'eu' by breadth; they count always" in fitted.stdout
    assert "in force" in fitted.stdout
    version = json.loads(onebox("prices", "show", "--json", server=server).stdout)
    assert (version["made_by"], version["network_version"]) == ("breadth", 1)
    assert version["unit_prices"] > 10


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["fit", "live"], "orders"),
        (["fit", str(EU), "--chart", "prices.txt"], "chart"),
        (["fit", "nowhere"], "base"),
        (["publish"], "file"),
    ],
)
def test_what_can_not_be_is_refused_by_name(arguments: list[str], words: str) -> None:
    ended = onebox("prices", *arguments)
    assert ended.returncode != 0
    assert words in ended.stderr


def test_a_file_that_is_none_of_ours_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "prices.json"
    file.write_text('{"network": 3}')
    ended = onebox("prices", "show", str(file))
    assert ended.returncode != 0
    assert "prices" in ended.stderr
