"""Public files turned into a network and its orders."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from engine.errors import InvalidInput
from engine.network.building.baskets import CONSUMER_LINES, read_sales
from engine.network.building.measure import Summary
from engine.network.files import check, load_network, read_units
from engine.network.network import Network
from engine.network.nodes import NodeType
from engine.network.public_data import BasketSize, Limits, import_public, read_stores
from engine.routing.order import Order
from engine.routing.order_files import read_orders
from tests.network.public_files import DATA, needs_public_data

SMALL = Limits(stores=60, dcs=5, days=3)


def imported(out: Path, basket: BasketSize, limits: Limits = SMALL) -> tuple[Summary, Network, tuple[Order, ...]]:
    summary = import_public(DATA, out, basket, limits)
    return summary, load_network(out), read_orders(out / "orders.csv", read_units(out).metres)


@needs_public_data
@pytest.mark.parametrize("basket", ["consumer", "wholesale"])
def test_what_is_imported_has_no_fault(tmp_path: Path, basket: BasketSize) -> None:
    summary, network, orders = imported(tmp_path, basket)
    assert check(tmp_path) == ()
    assert Counter(node.type for node in network.nodes) == {NodeType.DC: 5, NodeType.STORE: 60}
    assert len(orders) == summary.orders > 100


@needs_public_data
def test_stores_and_dcs_stand_at_real_store_sites(tmp_path: Path) -> None:
    network = imported(tmp_path, "wholesale")[1]
    sites = {(site.postal_code, round(site.latitude, 4)) for site in read_stores(DATA)}
    assert {(node.postal_code, round(node.latitude, 4)) for node in network.nodes} <= sites
    assert len({node.postal_code for node in network.nodes}) == 65


@needs_public_data
def test_the_zone_matrix_starts_only_where_nodes_stand(tmp_path: Path) -> None:
    network = imported(tmp_path, "wholesale")[1]
    usps = next(carrier for carrier in network.carriers if carrier.carrier_id == "USPS")
    assert set(usps.zone_matrix) <= {node.postal_code[:3] for node in network.nodes}
    assert sum(map(len, usps.zone_matrix.values())) > 0.95 * len(usps.zone_matrix) * len(network.places)


@needs_public_data
def test_wholesale_baskets_stay_whole_and_quantities_are_capped(tmp_path: Path) -> None:
    orders = imported(tmp_path, "wholesale")[2]
    lines = sorted(len(order.lines) for order in orders)
    assert lines[len(lines) // 2] >= 12
    assert max(line.units for order in orders for line in order.lines) == 48


@needs_public_data
def test_consumer_orders_have_a_consumers_number_of_lines(tmp_path: Path) -> None:
    orders = imported(tmp_path, "consumer")[2]
    counts = Counter(len(order.lines) for order in orders)
    assert counts[1] / len(orders) == pytest.approx(CONSUMER_LINES[0] / sum(CONSUMER_LINES), abs=0.03)
    assert max(counts) <= 10
    assert max(line.units for order in orders for line in order.lines) <= 6


@needs_public_data
def test_what_is_not_a_product_is_dropped() -> None:
    sales = read_sales(DATA)
    skus = set(sales["sku"])
    assert not skus & {"POST", "DOT", "M", "D", "C2", "BANK CHARGES", "AMAZONFEE", "S", "CRUK"}
    assert len(skus) > 3_500
    assert sales["units"].min() == 1
    assert sales.select("invoice", "sku").is_duplicated().sum() == 0


@needs_public_data
def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        import_public(DATA, tmp_path / name, "consumer", SMALL)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


@needs_public_data
def test_limits_bound_the_orders_and_progress_ends_at_one(tmp_path: Path) -> None:
    told: list[float] = []
    limits = Limits(stores=20, dcs=2, days=5, orders=50)
    summary = import_public(DATA, tmp_path, "consumer", limits, lambda stage, share: told.append(share))
    assert summary.orders == 50
    assert told == sorted(told)
    assert told[-1] == 1.0


@needs_public_data
def test_a_window_without_baskets_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="start: expected a window with baskets"):
        import_public(DATA, tmp_path, "consumer", Limits(start=date(2030, 1, 1)))


def test_missing_public_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="walmart_stores"):
        import_public(tmp_path, tmp_path / "out", "consumer")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("wrong", [{"stores": 0}, {"dcs": 41}, {"days": 0}, {"orders": 0}])
def test_limits_out_of_range_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(InvalidInput, match=next(iter(wrong))):
        Limits(**wrong)  # type: ignore[arg-type]
