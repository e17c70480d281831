"""The best plan in which a given node ships something, for every node of one order at once."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace

from engine.routing.asking import Kept
from engine.routing.bids import NO_PRICES, Pricing
from engine.routing.candidates import OPTION_NODE
from engine.routing.order import Order
from engine.routing.planner import Planner
from engine.routing.sourcing import MAX_TABULATED_LINES
from engine.routing.stock import Stock
from solvers.problem import INFEASIBLE, Int64, OrderProblem


class Alternatives:
    """One order on one stock, lines whole.

    The best plan that uses a node is the least, over sets T of lines, of the node's cheapest shipment of T and the best
    plan of the other lines, whose shipments all follow one. The second is one table for all nodes (``solvers.order`` has
    the recursion). What two shipments of one plan share is not seen: for lines of one SKU the figure may be too low.
    """

    def __init__(
        self, planner: Planner, order: Order, stock: Stock, kept: Kept, now: int, pricing: Pricing = NO_PRICES
    ) -> None:
        self._planner = planner
        self._order, self._stock, self._kept, self._now = order, stock, kept, now
        ask = planner.sourcing.asking.ask(order, kept)
        planner.lay_bids(ask, stock, now, pricing)
        self._pricing = pricing
        self.shipment_weight = ask.shipment_weight
        self._best: dict[int, int] = {}
        self._tabulated = ask.n_lines <= MAX_TABULATED_LINES
        for store in (ask.stores or (-1,)) if self._tabulated else ():
            sourced = planner.sourcing.source(ask, stock, now, store)
            for node, objective in _best_by_node(sourced.problem, sourced.options[:, OPTION_NODE]).items():
                self._best[node] = min(objective, self._best.get(node, INFEASIBLE))

    def best_with(self, node_id: str) -> int | None:
        """The objective of the best plan that uses the node, None where none does. For an order too wide for a table it is
        that of the plan which ships all it can from the node alone."""
        if self._tabulated:
            return self._best.get(self._planner.sourcing.tables.node_index[node_id])
        alone = replace(self._order, only_nodes=frozenset({node_id}))
        decision = self._planner.decide(alone, self._stock, self._now, kept=self._kept, pricing=self._pricing)
        return decision.certificate.objective if decision.shipments else None


def _best_by_node(problem: OrderProblem, nodes: Int64) -> dict[int, int]:
    """The least objective by node, of the nodes that can ship any set of lines in a plan."""
    costs = _shipment_costs(problem)
    cheapest = costs.min(axis=0, initial=INFEASIBLE)
    rest = _following(problem, cheapest)
    others = rest[::-1]  # of the lines that are not in the set
    total = np.where((costs < INFEASIBLE) & (others < INFEASIBLE), costs + others, INFEASIBLE).min(axis=1)
    best: dict[int, int] = {}
    for node, objective in zip(nodes.tolist(), total.tolist(), strict=True):
        if objective < INFEASIBLE:
            best[node] = min(best.get(node, INFEASIBLE), objective + problem.shipment_weight)
    return best


def _shipment_costs(problem: OrderProblem) -> Int64:
    """int64[J, 2**L], INFEASIBLE where the option can't ship the set."""
    sets = np.arange(1 << problem.n_lines, dtype=np.int64)
    members = (sets[:, None] >> np.arange(problem.n_lines)) & 1
    of_set = problem.set_cost[problem.row]
    allowed = (sets[None, :] & ~problem.hold[:, None]) == 0
    allowed &= (members @ problem.units)[None, :] <= problem.room[:, None]
    allowed &= of_set < INFEASIBLE
    allowed[:, 0] = False
    return np.where(allowed, problem.fixed[:, None] + problem.line_cost @ members.T + of_set, INFEASIBLE)


def _following(problem: OrderProblem, cheapest: Int64) -> Int64:
    """int64[2**L]: the least objective of each set of lines, as shipments that all follow one, or left out."""
    n_sets = 1 << problem.n_lines
    charge = problem.split_penalty + problem.shipment_weight
    backorder, ship = problem.backorder_cost.tolist(), cheapest.tolist()
    layers = problem.max_shipments - 1 if problem.max_shipments else problem.n_lines
    layer = [0] * n_sets
    for s in range(1, n_sets):
        line = (s & -s).bit_length() - 1
        layer[s] = min(INFEASIBLE, backorder[line] + layer[s & s - 1])
    for _ in range(min(layers, problem.n_lines)):
        more = [0] * n_sets
        for s in range(1, n_sets):
            lowest = s & -s
            rest = s ^ lowest
            best = min(INFEASIBLE, backorder[lowest.bit_length() - 1] + more[rest])
            sub = rest
            while True:
                first = ship[sub | lowest]
                if first < INFEASIBLE:
                    best = min(best, first + charge + layer[rest ^ sub])
                if sub == 0:
                    break
                sub = (sub - 1) & rest
            more[s] = best
        if more == layer:
            break
        layer = more
    return np.array(layer, np.int64)
