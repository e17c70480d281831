"""The demo network that is shipped."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from engine.network.build_us import build
from engine.network.building.baskets import CONSUMER_LINES, read_profile, read_sales
from engine.network.building.goods import read_products
from engine.network.carriers import ServiceLevel
from engine.network.files import check, load_network, load_stock, read_units
from engine.network.items import ItemFlag
from engine.network.network import Network, StockRow
from engine.network.nodes import NodeType
from engine.network.us import DIRECTORY
from engine.routing.order import Fulfilment, Order
from engine.routing.order_files import read_orders
from tests.network.public_files import DATA, needs_public_data


@cache
def us() -> Network:
    return load_network(DIRECTORY)


@cache
def opening_stock() -> tuple[StockRow, ...]:
    return load_stock(DIRECTORY, us())


@cache
def orders() -> tuple[Order, ...]:
    return read_orders(DIRECTORY / "orders.csv", read_units(DIRECTORY).metres)


def share(holds: list[bool]) -> float:
    return sum(holds) / len(holds)


def picks(order: Order) -> bool:
    return any(line.fulfilment is Fulfilment.PICKUP for line in order.lines)


def test_the_directory_has_no_fault() -> None:
    assert check(DIRECTORY) == ()


def test_it_takes_at_most_six_megabytes() -> None:
    assert sum(path.stat().st_size for path in DIRECTORY.iterdir() if path.is_file()) <= 6_000_000


def test_it_has_the_nodes_items_and_orders_it_claims() -> None:
    assert Counter(node.type for node in us().nodes) == {NodeType.DC: 12, NodeType.STORE: 400, NodeType.VENDOR: 20}
    assert len(us().items) == 5_000
    assert len(orders()) == 30_000


def test_orders_are_of_the_kinds_in_the_shares_it_claims() -> None:
    shipped = Counter(order.service_level for order in orders() if not picks(order))
    assert share([picks(order) for order in orders()]) == pytest.approx(0.15, abs=0.01)
    assert shipped[ServiceLevel.SAME_DAY] / 30_000 == pytest.approx(0.05, abs=0.005)
    assert shipped[ServiceLevel.TWO_DAY] / 30_000 == pytest.approx(0.10, abs=0.006)
    assert 0 < shipped[ServiceLevel.OVERNIGHT] < 900


def test_pickups_are_at_one_store_at_any_store_near_or_beside_shipped_lines() -> None:
    picked = [order for order in orders() if picks(order)]
    mixed = [any(line.fulfilment is Fulfilment.SHIP for line in order.lines) for order in picked]
    anywhere = [order.pickup is not None and order.pickup.radius_m > 0 for order in picked]
    assert share(mixed) == pytest.approx(0.12, abs=0.02)
    assert share(anywhere) == pytest.approx(0.33, abs=0.03)
    stores = {node.node_id for node in us().nodes if ServiceLevel.PICKUP in node.services}
    assert {order.pickup.node_id for order in picked if order.pickup and order.pickup.node_id} <= stores


def test_lines_per_order_follow_the_consumer_store() -> None:
    counts = Counter(min(len(order.lines), 10) for order in orders())
    for lines, expected in enumerate(CONSUMER_LINES, 1):
        assert counts[lines] / 30_000 == pytest.approx(expected / sum(CONSUMER_LINES), abs=0.01)


def test_every_order_falls_into_the_fortnight_around_veterans_day() -> None:
    zone = {place.postal_prefix: ZoneInfo(place.time_zone) for place in us().places.values()}
    days = {
        datetime.fromtimestamp(order.order_time, UTC)
        .astimezone(zone[order.destination.postal_code[:3]])
        .date()
        .isoformat()
        for order in orders()
        if order.destination
    }
    assert min(days) == "2025-11-03"
    assert max(days) == "2025-11-16"
    assert "2025-11-11" in {day.isoformat() for day in us().holidays["usps"]}


def test_a_fifth_of_the_orders_of_several_lines_fit_no_single_node() -> None:
    safety = {node.node_id: node.safety_stock for node in us().nodes}
    kept: dict[str, dict[str, int]] = {}
    for row in opening_stock():
        own = safety[row.node_id] if row.safety_stock is None else row.safety_stock
        kept.setdefault(row.sku, {})[row.node_id] = row.on_hand - row.protected - own
    several = [order for order in orders() if len(order.lines) > 1]

    def scattered(order: Order) -> bool:
        holders = [{n for n, atp in kept[line.sku].items() if atp >= line.units} for line in order.lines]
        return not set.intersection(*holders)

    assert 0.18 <= share([scattered(order) for order in several]) <= 0.22


def test_the_network_can_fill_nearly_all_orders_of_the_fortnight() -> None:
    left: Counter[str] = Counter()
    for row in opening_stock():
        left[row.sku] += row.on_hand
    filled = 0
    for order in orders():
        if all(left[line.sku] >= line.units for line in order.lines):
            filled += 1
            left.subtract({line.sku: line.units for line in order.lines})
    assert 0.97 <= filled / len(orders()) < 1  # some run out: that is what bid prices are for


def test_special_goods_lie_only_where_they_are_handled() -> None:
    nodes = {node.node_id: node for node in us().nodes}
    flags = {item.sku: item.flags for item in us().items}
    assert set().union(*flags.values()) == set(ItemFlag)
    for row in opening_stock():
        assert nodes[row.node_id].handles_cold or ItemFlag.COLD not in flags[row.sku]
        assert nodes[row.node_id].handles_hazmat or ItemFlag.HAZMAT not in flags[row.sku]


def test_every_destination_is_a_place() -> None:
    prefixes = {place.postal_prefix for place in us().places.values()}
    assert {order.destination.postal_code[:3] for order in orders() if order.destination} <= prefixes


@pytest.mark.parametrize(
    ("level", "pounds", "zone", "usd"),
    [
        (ServiceLevel.GROUND, 0.25, 1, 4.50),
        (ServiceLevel.GROUND, 4, 5, 11.41),
        (ServiceLevel.TWO_DAY, 2, 5, 12.58),
        (ServiceLevel.OVERNIGHT, 70, 5, 458.35),
    ],
)
def test_prices_are_the_published_commercial_ones(level: ServiceLevel, pounds: float, zone: int, usd: float) -> None:
    card = next(s.rate_card for s in us().services if s.key == ("USPS", level))
    assert card is not None
    step = card.max_weight_g.index(round(pounds * 453.59237))
    assert card.prices[step][card.zones.index(zone)] == round(usd * 1_000_000)


@needs_public_data
def test_it_is_built_the_same_byte_for_byte(tmp_path: Path) -> None:
    build(DATA, tmp_path)
    built = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    shipped = {path.name: path.read_bytes() for path in DIRECTORY.iterdir() if path.suffix in (".csv", ".toml")}
    assert sorted(built) == sorted(shipped)
    assert [name for name in built if built[name] != shipped[name]] == []


@needs_public_data
def test_weights_are_distributed_as_the_marketplaces() -> None:
    real = read_products(DATA).weight_lb * 453.59237
    ours = np.array([item.weight_g for item in us().items])
    for share_below in (0.1, 0.25, 0.5, 0.75, 0.9):
        assert np.quantile(ours, share_below) == pytest.approx(np.quantile(real, share_below), rel=0.12)


@needs_public_data
def test_popularity_is_as_uneven_as_the_shops() -> None:
    real = read_profile(read_sales(DATA)).popularity
    lines = Counter(line.sku for order in orders() for line in order.lines)
    ours = np.sort(np.array([lines[item.sku] for item in us().items]))[::-1]
    for top in (0.01, 0.1, 0.5):
        head_real = real[: round(top * len(real))].sum() / real.sum()
        assert ours[: round(top * len(ours))].sum() / ours.sum() == pytest.approx(head_real, rel=0.15)
