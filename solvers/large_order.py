"""One order of any size, with a proven bound: linear duals, a search at true cost, and CP-SAT with cuts of true prices.

1. Duals of the linear programme under the order (GLOP) give a bound, and show most options to be needless.
2. A greedy plan at those duals and a local search, both at true cost, give a plan.
3. CP-SAT over the options left gives a better bound and another plan; true prices of the shipments it chose become cuts,
   and it is asked again, until the bound meets the best plan's true cost or the work allowed is done.

Work is counted in rounds, price calls and CP-SAT's deterministic time, not in seconds, so the same order gives the same
plan on any machine; ``Effort.seconds`` is a backstop far above. ``Limit.TIME`` says that the work allowed was used up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from solvers.large_order_bound import best_bound, relax
from solvers.large_order_model import OrderModel
from solvers.large_order_problem import LargeOrderProblem
from solvers.large_order_search import Loads, Search
from solvers.problem import INFEASIBLE, Certificate, Limit, Plan, PlannedShipment, Status, Take

_NAME = "large_order"


@dataclass(frozen=True, slots=True)
class Effort:
    """How much work a solve may do: rounds of CP-SAT, its deterministic time in all, price calls of each local search, and
    seconds of wall clock for each round as a backstop."""

    rounds: int = 40
    deterministic_time: float = 0.15
    price_calls: int = 1_000
    seconds: float = 30.0


DEFAULT = Effort()


def solve(problem: LargeOrderProblem, effort: Effort = DEFAULT) -> Plan:
    """The best plan found and its certificate; OPTIMAL only when the proven bound is its true cost (I8).

    INFEASIBLE when that is proven; UNKNOWN, with no shipments, when no plan was found though there may be one.
    """
    relaxed = relax(problem)
    dual = best_bound(problem, relaxed)
    search = Search(problem, relaxed)
    best = search.improve(search.greedy(dual.prices), effort.price_calls)
    upper = search.objective(best)
    nothing = search.objective({})
    if nothing <= upper:
        best, upper = {}, nothing
    bound = min(dual.value, upper)
    model: OrderModel | None = None
    work, portion = effort.deterministic_time, effort.deterministic_time / 16
    for _ in range(effort.rounds):
        if bound >= upper or work <= 0:
            break
        if model is None:
            model = OrderModel(problem, dual, relaxed.most, upper, list(best))
        _add_prices(model, search, best)
        answer = model.solve(best, min(portion, work), effort.seconds)
        work -= answer.work
        if not answer.closed:  # short searches first: each gives the local search another start
            portion *= 2
        bound = max(bound, min(answer.bound, model.outside, upper))
        if answer.loads is None:
            if answer.closed:
                break
            continue
        _add_prices(model, search, answer.loads)
        for trial in (answer.loads, search.improve(answer.loads, effort.price_calls)):
            value = search.objective(trial)
            if value < upper:
                best, upper = trial, value
        bound = min(bound, upper)
    return _plan(problem, search, best, upper, bound)


def _add_prices(model: OrderModel, search: Search, loads: Loads) -> None:
    for option, units in sorted(loads.items()):
        row = int(search.problem.row[option])
        model.add_price(row, units, search.price(row, units))


def _plan(problem: LargeOrderProblem, search: Search, loads: Loads, objective: int, bound: int) -> Plan:
    if objective >= INFEASIBLE:
        proven = bound >= INFEASIBLE
        status = Status.INFEASIBLE if proven else Status.UNKNOWN
        limit = Limit.NONE if proven else Limit.TIME
        return Plan((), (), INFEASIBLE, Certificate(INFEASIBLE, bound, status, limit, _NAME))
    shipments = []
    for option, units in loads.items():
        takes = tuple([Take(line, int(units[line])) for line in np.flatnonzero(units).tolist()])
        cost = search.shipment_cost(option, units) - problem.split_penalty - problem.shipment_weight
        shipments.append(PlannedShipment(option, takes, cost))
    shipments.sort(key=lambda shipment: (shipment.takes[0].line, shipment.option))
    left = search.left_out(loads)
    backorders = tuple([Take(line, int(left[line])) for line in np.flatnonzero(left).tolist()])
    cost = objective - problem.shipment_weight * len(shipments)
    optimal = bound == objective
    status, limit = (Status.OPTIMAL, Limit.NONE) if optimal else (Status.FEASIBLE, Limit.TIME)
    return Plan(tuple(shipments), backorders, cost, Certificate(objective, bound, status, limit, _NAME))
