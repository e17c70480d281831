"""A study as it was asked for over gRPC, against the network and the stock that it is to start from."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec
from onebox.v1 import planning_service_pb2 as pb

from engine.errors import FieldFault, InvalidInput, LimitReached, NetworkFault, NetworkFaults
from engine.inventory.connection import Client
from engine.inventory.ledger import MAX_ON_HAND, Ledger, ReservationState
from engine.network.checks import require
from engine.network.network import Network, StockRow
from engine.reporting.export import records
from engine.routing.order import Order
from engine.routing.planner import Planner
from engine.simulation.scenario import Base, Scenario
from server.conversion.fields import instant_from, refuse, within
from server.conversion.orders import order_from
from server.conversion.scenarios import in_message_words, shape_from
from server.planning.sources import scenarios_over

_MOST_FAULTS = 100
_NOT_WANTED = (ReservationState.RELEASED, ReservationState.EXPIRED)


def orders_from(messages: Sequence[pb.SimulateRequest], network: Network) -> tuple[Order, ...]:
    """The call's orders. Raises InvalidInput: the faults of all of them, those that do not fit the network too."""
    asking = Planner(network).sourcing.asking
    found: list[Order] = []
    faults: list[FieldFault] = []
    seen: set[str] = set()
    for position, message in enumerate(each for block in messages for each in block.orders):
        path = f"orders[{position}]"
        try:
            require(message.HasField("order_time"), "order_time", "", "when it came")
            require(message.order_id not in seen, "order_id", message.order_id, "each order once")
            order = order_from(message, 0, path="")
            asking.ask(order)
            found.append(order)
        except InvalidInput as error:
            faults += within(
                path, InvalidInput(*(FieldFault(f.field.lstrip("."), f.value, f.expected) for f in error.faults))
            )
        seen.add(message.order_id)
        if len(faults) >= _MOST_FAULTS:
            break
    refuse(faults)
    return tuple(found)


async def orders_of_history(
    history: pb.History, network: Network, ledger: Ledger, client: Client, name: str, most: int
) -> tuple[tuple[Order, ...], int]:
    """The orders that were decided, by time, and how many the network no longer fits. Raises LimitReached, InvalidInput."""
    first = instant_from(history.from_time, "terms.history.from_time") if history.HasField("from_time") else 0
    last = instant_from(history.to_time, "terms.history.to_time") if history.HasField("to_time") else None
    asking = Planner(network).sourcing.asking
    found: dict[str, Order] = {}
    misfits = set()
    async for record, state in records(ledger, client, name):
        order = record.order
        if record.replaces or state in _NOT_WANTED:
            continue
        if order.order_time < first or (last is not None and order.order_time >= last):
            continue
        try:
            asking.ask(order)
        except InvalidInput:
            misfits.add(order.order_id)
            continue
        before = found.setdefault(order.order_id, order)
        if order.order_time < before.order_time:
            found[order.order_id] = order
        if len(found) > most:
            raise LimitReached(
                FieldFault("terms.history", f"more than {most} orders", f"at most {most} orders in a study")
            )
    return tuple(sorted(found.values(), key=lambda order: (order.order_time, order.order_id))), len(misfits)


def stock_from(messages: Sequence[pb.SimulateRequest], network: Network) -> tuple[StockRow, ...]:
    """The call's opening stock. Raises InvalidInput: every fault."""
    skus, nodes = {item.sku for item in network.items}, {node.node_id for node in network.nodes}
    rows: list[StockRow] = []
    faults: list[FieldFault] = []
    seen: set[tuple[str, str]] = set()
    for position, row in enumerate(each for block in messages for each in block.stock):
        key = row.sku, row.node_id
        path = f"stock[{position}]"
        amounts = {"on_hand": row.on_hand, "safety_stock": row.safety_stock, "protected": row.protected}
        faults += [
            FieldFault(f"{path}.{name}", str(value), expected)
            for name, value, good, expected in (
                ("sku", row.sku, row.sku in skus, "a SKU of the network"),
                ("node_id", row.node_id, row.node_id in nodes, "a node of the network"),
                ("sku", "/".join(key), key not in seen, "each SKU and node once"),
                *(
                    (name, units, 0 <= units <= MAX_ON_HAND, f"units in 0..{MAX_ON_HAND}")
                    for name, units in amounts.items()
                ),
            )
            if not good
        ]
        seen.add(key)
        safety = row.safety_stock if row.HasField("safety_stock") else None
        rows.append(StockRow(row.node_id, row.sku, row.on_hand, row.protected, safety))
    refuse(faults[:_MOST_FAULTS])
    return tuple(rows)


async def stock_now(ledger: Ledger, network: Network) -> tuple[StockRow, ...]:
    """The live stock less what is reserved, of what the network knows."""
    skus, nodes = {item.sku for item in network.items}, {node.node_id for node in network.nodes}
    return tuple(
        [
            StockRow(cell.node_id, cell.sku, max(0, cell.on_hand - cell.reserved), cell.protected, cell.safety_stock)
            async for block in ledger.all_cells()
            for cell in block
            if cell.sku in skus and cell.node_id in nodes
        ]
    )


def scenarios_from(base: Base, terms: pb.StudyTerms) -> list[Scenario]:
    """The base first. Raises InvalidInput: every fault of every scenario."""
    shapes, faults = [], list[NetworkFault]()
    for position, message in enumerate(terms.scenarios):
        place = f"terms.scenarios[{position}]"
        try:
            shapes.append((place, shape_from(message, place)))
        except NetworkFaults as error:
            faults += error.network_faults
    try:
        return scenarios_over(base, shapes, terms.rules, faults)
    except NetworkFaults as error:
        raise in_message_words(error) from None


def digest_of(orders: Sequence[Order]) -> str:
    """What tells these orders from others."""
    return hashlib.blake2b(msgspec.msgpack.encode(orders, order="deterministic"), digest_size=16).hexdigest()
