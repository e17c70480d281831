"""The network written by hand, its stock, and plans over it as drafts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.network.files import load_network, load_stock
from engine.network.items import Item
from engine.network.network import Network
from engine.network.nodes import Node
from engine.routing.order import Destination, Fulfilment, Line, Order
from engine.routing.planner import Decision, Planner
from engine.routing.stock import Snapshot, first_day_of
from engine.routing.verify import Draft
from tests.networks import EU as DIRECTORY

EU = load_network(DIRECTORY)
PLANNER = Planner(EU)
BERLIN, HAMBURG, VIENNA = Destination("DE", "10115"), Destination("DE", "20095"), Destination("AT", "1010")
ITEMS = {item.sku: item for item in EU.items}
NODES = {node.node_id: node for node in EU.nodes}


def at(text: str) -> int:
    """UTC seconds of an ISO 8601 instant with an offset."""
    return int(datetime.fromisoformat(text).timestamp())


MONDAY = at("2026-03-30T09:12:00+02:00")


def stock_of(network: Network = EU, now: int = MONDAY) -> Snapshot:
    """The opening stock of the files, room everywhere."""
    rows, columns = row_of(network), column_of(network)
    stock = Snapshot.empty(len(network.items), len(network.nodes), network.policy.horizon_days + 2, first_day_of(now))
    for row in load_stock(DIRECTORY, EU):
        cell = rows[row.sku], columns[row.node_id]
        safety = NODES[row.node_id].safety_stock if row.safety_stock is None else row.safety_stock
        stock.atp[cell] = row.on_hand - safety
        stock.protected[cell] = row.protected
    return stock


def row_of(network: Network = EU) -> dict[str, int]:
    return {item.sku: k for k, item in enumerate(network.items)}


def column_of(network: Network = EU) -> dict[str, int]:
    return {node.node_id: n for n, node in enumerate(network.nodes)}


def holding(units: dict[tuple[str, str], int], network: Network = EU, now: int = MONDAY) -> Snapshot:
    """A stock of just (node id, SKU) -> units, room everywhere."""
    stock = Snapshot.empty(len(network.items), len(network.nodes), network.policy.horizon_days + 2, first_day_of(now))
    for (node_id, sku), count in units.items():
        stock.atp[row_of(network)[sku], column_of(network)[node_id]] = count
    return stock


def cell(sku: str, node_id: str) -> tuple[int, int]:
    """Where the stock of a SKU at a node stands in ``Snapshot.atp``."""
    return row_of()[sku], column_of()[node_id]


def order(*wanted: tuple[str, int], picks: bool = False, now: int = MONDAY, **rest: Any) -> Order:
    """An order of (SKU, units) to Berlin, by default; lines are l0, l1, ..."""
    fulfilment = Fulfilment.PICKUP if picks else Fulfilment.SHIP
    lines = tuple(Line(f"l{k}", sku, units, fulfilment) for k, (sku, units) in enumerate(wanted))
    fields: dict[str, Any] = {"destination": BERLIN, "order_time": now} | rest
    return Order(order_id="o", lines=fields.pop("lines", lines), **fields)


def decide(wanted: Order, stock: Snapshot, network: Network = EU, now: int = MONDAY, **rest: Any) -> Decision:
    planner = PLANNER if network is EU else Planner(network)
    return planner.decide(wanted, stock, now, **rest)


@dataclass(slots=True)
class Plan:
    """What ``verify`` is given; tests spoil copies of it."""

    order: Order
    drafts: list[Draft]
    left_out: list[int]
    stock: Snapshot
    now: int = MONDAY
    kept_shipments: int = 0
    refused: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)


def plan_of(decision: Decision, stock: Snapshot, now: int = MONDAY) -> Plan:
    """A decision taken apart into drafts."""
    position = {line.line_id: x for x, line in enumerate(decision.order.lines)}
    services = {service.key: service for service in EU.services}
    drafts = []
    for shipment in decision.shipments:
        contents: tuple[tuple[int, Item, int], ...] = tuple(
            (position[each.line_id], ITEMS[each.sku], each.units) for each in shipment.contents
        )
        store: Node | None = NODES[shipment.destination_node] if shipment.destination_node else None
        service = services[shipment.carrier_id, shipment.level] if shipment.carrier_id else shipment.level
        drafts.append(Draft(NODES[shipment.node_id], service, store, shipment.ship_day, contents, shipment.cost))
    left_out = {each.line_id: each.units for each in decision.unfilled}
    copied = Snapshot(
        stock.atp.copy(), stock.protected.copy(), stock.orders_left.copy(), stock.units_left.copy(), stock.first_day
    )
    return Plan(decision.order, drafts, [left_out.get(line.line_id, 0) for line in decision.order.lines], copied, now)
