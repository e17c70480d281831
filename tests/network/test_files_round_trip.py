"""Whatever network is written, the same is read."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.network.documents import validate
from engine.network.files import check, load_network, load_stock, write_network
from engine.network.network import Network, StockRow
from tests.network.networks import COUNT, networks


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(networks(), st.data())
def test_a_network_and_its_stock_read_back_the_same(network: Network, data: st.DataObject) -> None:
    assert validate(network) == ()
    stock = tuple(
        StockRow(node.node_id, item.sku, data.draw(COUNT), data.draw(COUNT), data.draw(st.none() | COUNT))
        for node in network.nodes[:2]
        for item in network.items
    )
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        write_network(network, stock, directory)
        assert check(directory) == ()
        assert load_network(directory) == network
        assert load_stock(directory, network) == stock
