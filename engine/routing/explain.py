"""Why this node, why not that one, and what would change it: answered from the record of the decision.

The decision is taken up again on the snapshot of its record. A node that could ship nothing is told the constraint whose
lifting would have let it; one that could is told by how much the best plan that uses it is dearer than the route.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace as replace_value

import numpy as np
from msgspec.structs import replace

from engine.errors import FieldFault, InvalidInput
from engine.network.components import Reason
from engine.routing.candidates import OPTION_NODE
from engine.routing.explanation import BestSingle, Explanation, NodeVerdict, ShipmentCost
from engine.routing.order import Order
from engine.routing.planner import Decision, Planner
from engine.routing.reasons import why_unfilled
from engine.routing.record import Record, snapshot_of
from engine.routing.route import Shipment
from engine.routing.sourcing import MAX_TABULATED_LINES, Sourced
from engine.routing.stock import Snapshot
from solvers import order as order_solver
from solvers.problem import INFEASIBLE, OrderProblem, Status

_CHANGES = {
    Reason.CUTOFF_MISSED: "a later cutoff there, or a later promise",
    Reason.CAPACITY_EXHAUSTED: "room for one more order there on that day",
    Reason.SERVICE_UNAVAILABLE: "a service from there that takes these lines to the destination",
    Reason.CONSTRAINT: "lifting the constraint",
}


def replay(planner: Planner, record: Record) -> Decision:
    """Decide again what was decided, on the snapshot of then. ``planner`` is of the record's versions (I9)."""
    stock = snapshot_of(record, planner.sourcing.tables, planner.network)
    now = record.route.decision_time
    return planner.decide(record.order, stock, now, kept=record.considered(), solver=record.solver)


def explain(planner: Planner, record: Record, node_ids: Sequence[str] = ()) -> Explanation:
    """Explain the record's route, and of each named node why it ships or does not.

    Raises
    ------
    InvalidInput : a node that the network does not know.
    """
    unknown = [node_id for node_id in node_ids if node_id not in planner.sourcing.tables.node_index]
    if unknown:
        raise InvalidInput(*(FieldFault("node_ids", node_id, "a node of the network") for node_id in unknown))
    route = record.route
    stock = snapshot_of(record, planner.sourcing.tables, planner.network)
    return Explanation(
        route.route_id,
        route.cost,
        route.currency,
        route.breakdown,
        tuple(_cost_of(shipment) for shipment in route.shipments),
        None if record.kept else _best_single(planner, record, stock),
        tuple(_verdict(planner, record, stock, node_id) for node_id in node_ids),
        route.certificate,
        route.network_version,
        route.prices_version,
        record.snapshot_hash(),
        route.decision_time,
    )


def _cost_of(shipment: Shipment) -> ShipmentCost:
    lines = tuple(content.line_id for content in shipment.contents)
    return ShipmentCost(shipment.node_id, shipment.carrier_id, shipment.level, lines, shipment.breakdown, shipment.cost)


def _best_single(planner: Planner, record: Record, stock: Snapshot) -> BestSingle | None:
    """The whole order in one shipment, as cheap as it can be; None where no node could."""
    order = replace(record.order, max_shipments=1, partial=False)
    decision = planner.decide(order, stock, record.route.decision_time)
    if len(decision.shipments) != 1:
        return None
    dearer_by = decision.cost - record.route.cost
    shipment = decision.shipments[0]
    if dearer_by == 0:
        why = ""
    elif dearer_by < 0:
        why = "the policy or the rule that decided puts another goal before cost"
    else:
        why = _difference(shipment, record)
    return BestSingle(_cost_of(shipment), dearer_by, why)


def _difference(shipment: Shipment, record: Record) -> str:
    """The components that make it dearer, the largest first."""
    mine = dict(shipment.breakdown)
    its = dict(record.route.breakdown)
    more = {part: mine.get(part, 0) - its.get(part, 0) for part in {**mine, **its}}
    largest = sorted((amount, part.value) for part, amount in more.items() if amount > 0)[::-1][:3]
    parts = ", ".join(f"{part} +{amount / 1e6:.2f}" for amount, part in largest)
    return f"in one shipment from {shipment.node_id} it costs more: {parts}"


def _verdict(planner: Planner, record: Record, stock: Snapshot, node_id: str) -> NodeVerdict:
    route = record.route
    if any(shipment.node_id == node_id for shipment in route.shipments):
        return NodeVerdict(node_id, True, None, "it ships part of this route", None, "")
    order, now = record.order, route.decision_time
    lost_by = _dearer_with(planner, record, stock, node_id)
    if lost_by is None:
        return _kept_out(planner, order, _only(planner, stock, node_id), now, node_id, record)
    if lost_by > 0:
        change = f"costs there lower by {lost_by / 1e6:.2f} {route.currency} for this order"
    else:
        change = "it would do as well: the tie went to the node that stands first"
    return NodeVerdict(node_id, False, None, "it could ship, but not as cheaply", lost_by, change)


def _kept_out(planner: Planner, order: Order, stock: Snapshot, now: int, node_id: str, record: Record) -> NodeVerdict:
    """The node alone, line by line: the constraint of the line that comes closest to going."""
    refused = {line_id for node, lines in record.refused if node == node_id for line_id in lines}
    if refused:
        return NodeVerdict(node_id, False, Reason.CONSTRAINT, "it rejected these lines before", None, "")
    found = [
        (*why_unfilled(planner.sourcing, order, position, line.units, stock, now), line)
        for position, line in enumerate(order.lines)
    ]
    # A line kept out by anything but stock says more about the node than one it simply does not have.
    reason, detail, line = min(found, key=lambda each: each[0] is Reason.NO_STOCK)
    if reason is Reason.NO_STOCK:
        has = int(stock.atp[planner.sourcing.tables.item_index[line.sku]].max(initial=0))
        change = f"{line.units - has} more of {line.sku} there"
    else:
        change = _CHANGES[reason]
    return NodeVerdict(node_id, False, reason, detail, None, change)


def _only(planner: Planner, stock: Snapshot, node_id: str) -> Snapshot:
    """The same stock as if no other node had any."""
    n = planner.sourcing.tables.node_index[node_id]
    atp = np.zeros_like(stock.atp)
    atp[:, n] = stock.atp[:, n]
    return replace_value(stock, atp=atp)


def _dearer_with(planner: Planner, record: Record, stock: Snapshot, node_id: str) -> int | None:
    """How much more the best plan costs in which the node ships something; None where it can ship nothing.

    Exact for orders that are tabulated; above that, by the plan that ships all it can from the node alone.
    """
    ask = planner.sourcing.ask(record.order, record.considered())
    now = record.route.decision_time
    if ask.n_lines > MAX_TABULATED_LINES:
        alone = planner.decide(replace(record.order, only_nodes=frozenset({node_id})), stock, now)
        return alone.cost - record.route.cost if alone.shipments else None
    best = INFEASIBLE
    for store in ask.stores or (-1,):
        best = min(best, _best_with(planner.sourcing.source(ask, stock, now, store), planner, node_id))
    return None if best >= INFEASIBLE else best - record.route.certificate.objective


def _best_with(sourced: Sourced, planner: Planner, node_id: str) -> int:
    """min over sets T that the node can ship: its cheapest shipment of T, and the best plan of the rest."""
    problem, n_lines = sourced.problem, sourced.problem.n_lines
    mine = np.flatnonzero(sourced.options[:, OPTION_NODE] == planner.sourcing.tables.node_index[node_id]).tolist()
    best = INFEASIBLE
    for lines in range(1, 1 << n_lines):
        first = min((problem.shipment_cost(option, lines) for option in mine), default=INFEASIBLE)
        if first < INFEASIBLE:
            best = min(best, first + problem.shipment_weight + _best_rest(problem, lines))
    return best


def _best_rest(problem: OrderProblem, taken: int) -> int:
    """The objective of the lines that are not taken, as shipments that follow one."""
    if taken == (1 << problem.n_lines) - 1:
        return 0
    in_taken = np.array([taken >> line & 1 for line in range(problem.n_lines)], np.bool_)
    left = 0 if problem.max_shipments == 0 else problem.max_shipments - 1
    rest = replace_value(
        problem,
        hold=problem.hold & ~np.int64(taken) if left or problem.max_shipments == 0 else np.zeros_like(problem.hold),
        fixed=problem.fixed + problem.split_penalty,
        backorder_cost=np.where(in_taken, 0, problem.backorder_cost),
        split_penalty=0,
        max_shipments=left,
    )
    certificate = order_solver.solve(rest).certificate
    return INFEASIBLE if certificate.status is Status.INFEASIBLE else certificate.objective
