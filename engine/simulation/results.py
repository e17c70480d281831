"""What came of a replay: a table of orders, a table of shipments, and the figures a planner reads first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from engine.inventory.ledger import Cell
from engine.network.carriers import ServiceLevel
from engine.network.components import NOT_PAID, Component
from engine.network.cost import CostModel
from engine.network.network import Network
from engine.network.zones import service_zone
from engine.routing.order import Order
from engine.routing.route import Shipment
from engine.simulation.outcome import Outcome, outcome, sent_of
from engine.simulation.replay import Fate

PAID = tuple(part for part in Component if part not in NOT_PAID)
_ORDER_COLUMNS = {
    "order_id": pl.String,
    "order_time": pl.Int64,  # UTC seconds
    "channel": pl.String,
    "level": pl.String,
    "postal_code": pl.String,
    "lines": pl.Int32,
    "units": pl.Int32,
    "shipments": pl.Int32,
    "packages": pl.Int32,
    "in_one_box": pl.Boolean,
    "on_time": pl.Boolean,
    "late_days": pl.Int32,  # of all its shipments
    "units_left_out": pl.Int32,
    "units_lost": pl.Int32,
    "units_returned": pl.Int32,
    "rejects": pl.Int32,
    "abandoned": pl.Boolean,
    "cost_micros": pl.Int64,
    **{f"{part.value.lower()}_micros": pl.Int64 for part in PAID},
    "carbon_g": pl.Int64,
    "route_id": pl.String,
}
_SHIPMENT_COLUMNS = {
    "order_id": pl.String,
    "node_id": pl.String,
    "level": pl.String,
    "store": pl.String,
    "ship_day": pl.Int32,  # the node's local day since 1970-01-01
    "arrival_time": pl.Int64,
    "late_days": pl.Int32,
    "units": pl.Int32,
    "packages": pl.Int32,
    "cost_micros": pl.Int64,
    "carbon_g": pl.Int64,
}
_STOCK_COLUMNS = {"node_id": pl.String, "sku": pl.String, "on_hand": pl.Int64, "reserved": pl.Int64}


def outcome_of_fate(fate: Fate, backorder_cost: int) -> Outcome:
    """All routes of the order in one; units lost after too many rejects are priced as left out. Micros a unit."""
    amounts: dict[Component, int] = {}
    for route in (fate.route, *fate.rests):
        for component, amount in route.breakdown:
            amounts[component] = amounts.get(component, 0) + amount
    parts = tuple((component, amounts[component]) for component in Component if amounts.get(component))
    refused = fate.lost + sum(line.units for line in fate.route.unfilled if not line.backordered)
    return outcome(
        fate.order.order_id,
        fate.route.route_id,
        sent_of(fate.shipments),
        fate.left_out + fate.lost,
        parts,
        refused * backorder_cost,
    )


class Carbon:
    """Grams of CO2 of shipments over one network: the weight of their packages by the factor of the zone or the lane."""

    def __init__(self, network: Network) -> None:
        self._model = CostModel(network)
        self._nodes = {node.node_id: node for node in network.nodes}
        self._services = {service.key: service for service in network.services}

    def grams(self, order: Order, shipment: Shipment) -> int:
        weight_g = sum(package.weight_g for package in shipment.packages)
        node = self._nodes[shipment.node_id]
        if shipment.level is ServiceLevel.PICKUP:
            return 0
        if shipment.level is ServiceLevel.SHIP_TO_STORE:
            lane = self._model.transfers.lane(node, self._nodes[shipment.destination_node])
            return 0 if lane is None else weight_g * lane.carbon_g_per_kg // 1_000
        assert order.destination is not None  # it was shipped there
        to = order.destination
        service = self._services[shipment.carrier_id, shipment.level]
        ship_to = self._model.zones.ship_to(to.country, to.postal_code, to.residential)
        assert ship_to is not None
        zone = self._model.zones.zone(service, node, ship_to.place, ship_to.postal_code)
        assert zone is not None
        return weight_g * service_zone(service, zone).carbon_g_per_kg // 1_000


def order_table(network: Network, fates: Sequence[Fate]) -> pl.DataFrame:
    """A row for each order, in the order of their time."""
    return pl.DataFrame(list(_order_rows(network, fates)), schema=_ORDER_COLUMNS, orient="row")


def _order_rows(network: Network, fates: Sequence[Fate]) -> Iterator[tuple[object, ...]]:
    carbon, backorder = Carbon(network), network.policy.backorder_cost_per_unit
    for fate in fates:
        order, found = fate.order, outcome_of_fate(fate, backorder)
        shipments = fate.shipments
        whole = not found.left_out
        amounts = dict(found.parts)
        yield (
            order.order_id,
            order.order_time,
            order.channel,
            order.service_level.value,
            order.destination.postal_code if order.destination else "",
            len(order.lines),
            fate.units,
            len(shipments),
            sum(len(one.packages) for one in shipments),
            whole and len(shipments) == 1,
            whole and not any(one.late_days for one in shipments),
            sum(one.late_days for one in shipments),
            fate.left_out,
            fate.lost,
            fate.returned,
            fate.rejects,
            fate.abandoned,
            found.cost,
            *(amounts.get(part, 0) for part in PAID),
            sum(carbon.grams(order, one) for one in shipments),
            fate.route.route_id,
        )


def shipment_table(network: Network, fates: Sequence[Fate]) -> pl.DataFrame:
    """A row for each shipment of orders that were paid for."""
    carbon = Carbon(network)
    rows = [
        (
            fate.order.order_id,
            one.node_id,
            one.level.value,
            one.destination_node,
            one.ship_day,
            one.arrival_time,
            one.late_days,
            sum(content.units for content in one.contents),
            len(one.packages),
            one.cost,
            carbon.grams(fate.order, one),
        )
        for fate in fates
        if not fate.abandoned
        for one in fate.shipments
    ]
    return pl.DataFrame(rows, schema=_SHIPMENT_COLUMNS, orient="row")


def stock_table(cells: Sequence[Cell]) -> pl.DataFrame:
    """The stock that is left at the end, by node and SKU."""
    rows = [(cell.node_id, cell.sku, cell.on_hand, cell.reserved) for cell in cells]
    return pl.DataFrame(rows, schema=_STOCK_COLUMNS, orient="row").sort("node_id", "sku")


def figures(orders: pl.DataFrame, shipments: pl.DataFrame, cells: Sequence[Cell], network: Network) -> dict[str, float]:
    """The figures of one replication: money in the currency's units, shares 0..1. Abandoned orders are not in them."""
    paid = orders.filter(~pl.col("abandoned"))
    n = max(1, paid.height)

    def total(column: str) -> float:
        return float(paid[column].sum())

    found = {
        "orders": float(paid.height),
        "cost": total("cost_micros") / 1e6,
        "cost_per_order": total("cost_micros") / 1e6 / n,
        "shipments_per_order": total("shipments") / n,
        "in_one_box": total("in_one_box") / n,
        "on_time": total("on_time") / n,
        "late_days_per_order": total("late_days") / n,
        "units_left_out": total("units_left_out"),
        "units_lost": total("units_lost"),
        "rejects": total("rejects"),
        "carbon_kg": total("carbon_g") / 1e3,
        "busiest_day": _busiest(shipments, network),
        "units_on_hand": float(sum(cell.on_hand - cell.reserved for cell in cells)),
    }
    for part in Component:
        name = part.value.lower()
        found[f"{name}_per_order"] = total(f"{name}_micros") / 1e6 / n if part in PAID else 0.0
    return found


def utilisation(shipments: pl.DataFrame, network: Network) -> pl.DataFrame:
    """Orders that leave by node and local day, with the day's capacity (null: none) and the share of it that is used."""
    limits = pl.DataFrame(
        [(node.node_id, node.type.value, node.daily_order_capacity) for node in network.nodes],
        schema={"node_id": pl.String, "type": pl.String, "capacity": pl.Int64},
        orient="row",
    )
    by_day = shipments.group_by("node_id", "ship_day").agg(
        pl.col("order_id").n_unique().alias("orders"), pl.col("units").sum()
    )
    used = pl.when(pl.col("capacity") > 0).then(pl.col("orders") / pl.col("capacity"))
    return by_day.join(limits, on="node_id").with_columns(used.alias("used")).sort("node_id", "ship_day")


def _busiest(shipments: pl.DataFrame, network: Network) -> float:
    """The largest share of a node's daily order capacity that was used."""
    most = utilisation(shipments, network)["used"].max()
    return float(most) if isinstance(most, float) else 0.0
