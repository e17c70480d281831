"""The planner's plan is the cheapest there is: 20,000 random orders against enumeration (I7, I8)."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from msgspec.structs import replace

from engine.network.cost import CostModel
from engine.network.policy import Divide, Objective
from engine.network.prices import BidPrices
from engine.routing.asking import Kept
from engine.routing.planner import Decision, Planner
from solvers.problem import Status
from tests.routing.brute_force import BruteForce, Value
from tests.routing.instances import Case, random_case, random_network, random_prices

NETWORKS_PER_SEED = 10
ORDERS_PER_NETWORK = 50
SEEDS = 40  # times the two above: 20,000 orders


def planner_of(rng: np.random.Generator, *, of_days: bool = True) -> Planner:
    """Without prices ``of_days``, a later day is never cheaper: then it matters to no cost how many are looked at."""
    network = random_network(rng)
    prices = random_prices(rng, network)
    return Planner(network, prices if of_days or prices is None else BidPrices(1, prices.unit))


def model_of(planner: Planner, decision: Decision) -> CostModel:
    """The cost model at the prices that the decision weighed."""
    return planner.model if decision.bids is None else planner.model.with_prices(decision.bids.prices)


def value_of(planner: Planner, decision: Decision) -> Value:
    """What the objective compares."""
    if planner.network.policy.objective is Objective.SHIPMENTS:
        left_out = sum(line.units for line in decision.unfilled)
        return left_out, len(decision.shipments), decision.cost
    return 0, 0, decision.cost


def assert_optimal(planner: Planner, case: Case) -> bool:
    """Equal to the micro; returns whether anything ships. ``verify`` ran within, or there were no decision."""
    decision = planner.decide(case.order, case.stock, case.now)
    expected = BruteForce(model_of(planner, decision), case).whole()
    if expected is None:
        assert decision.certificate.status is Status.INFEASIBLE
        assert not decision.shipments
    else:
        assert value_of(planner, decision) == expected
        assert decision.certificate.status is Status.OPTIMAL
        assert decision.certificate.bound == decision.certificate.objective
    return bool(decision.shipments)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_no_plan_is_cheaper_than_the_planners(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shipped = 0
    for at in range(NETWORKS_PER_SEED):
        planner = planner_of(rng)
        for k in range(ORDERS_PER_NETWORK):
            case = random_case(rng, planner.network)
            try:
                shipped += assert_optimal(planner, case)
            except Exception as error:
                raise AssertionError(f"seed {seed}, network {at}, order {k}: {case.order}") from error
    assert shipped > NETWORKS_PER_SEED * ORDERS_PER_NETWORK / 4


def assert_within(planner: Planner, case: Case, kept: int = 0, solver: str = "auto") -> Decision:
    """The certificate's bound <= the optimum by enumeration <= the plan's value (I8)."""
    decision = planner.decide(case.order, case.stock, case.now, kept=Kept(kept), solver=solver)
    exact = BruteForce(model_of(planner, decision), case, kept)
    whole = exact.whole()
    divides = exact.order.divide is Divide.FREELY and any(exact.divisible)
    if exact.order.divide is Divide.WHEN_NEEDED:
        never = planner.sourcing.asking.ask(replace(case.order, divide=Divide.NEVER), Kept(kept))
        never.bids = decision.bids
        left_out = planner._decided(never, case.stock, case.now, "auto", False).left_out
        divides = exact.needs_dividing([line for line, units in enumerate(left_out) if units])
    expected = exact.divided() if divides else whole
    certificate = decision.certificate
    if expected is None:
        assert certificate.status in (Status.INFEASIBLE, Status.UNKNOWN)
        return decision
    weight = planner.sourcing.asking.ask(case.order).shipment_weight
    units_out, shipments, cost = expected
    optimum = cost + weight * (shipments + units_out * (len(case.order.lines) + 1))
    assert certificate.bound <= optimum <= certificate.objective
    if certificate.status is Status.OPTIMAL:
        assert value_of(planner, decision) == expected
    return decision


@pytest.mark.parametrize("seed", range(8))
def test_divided_lines_cost_no_less_than_the_bound_and_no_less_than_the_optimum(seed: int) -> None:
    rng = np.random.default_rng((7, seed))
    statuses = Counter[Status]()
    divided = 0
    for _ in range(12):
        planner = planner_of(rng, of_days=False)
        for _ in range(10):
            case = random_case(rng, planner.network, divide=True, most_units=3, most_lines=2)
            decision = assert_within(planner, case)
            statuses[decision.certificate.status] += 1
            nodes = Counter(content.line_id for shipment in decision.shipments for content in shipment.contents)
            divided += max(nodes.values(), default=0) > 1
    assert statuses[Status.OPTIMAL] > sum(statuses.values()) / 3
    assert divided


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("solver", ["mip", "large", "exact"])
def test_every_exact_solver_gives_the_same_cost(seed: int, solver: str) -> None:
    rng = np.random.default_rng((11, seed))
    for _ in range(4):
        planner = planner_of(rng, of_days=False)
        for _ in range(6):
            case = random_case(rng, planner.network)
            decision = assert_within(planner, case, solver=solver)
            if solver != "large":
                assert decision.certificate.status in (Status.OPTIMAL, Status.INFEASIBLE)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("solver", ["auto", "large"])
def test_shipments_that_earlier_decisions_keep_count_as_splits_and_against_the_limit(seed: int, solver: str) -> None:
    rng = np.random.default_rng((13, seed))
    for _ in range(10 if solver == "auto" else 2):
        planner = planner_of(rng, of_days=False)
        for _ in range(20 if solver == "auto" else 5):
            case = random_case(rng, planner.network)
            kept = int(rng.integers(1, 3))
            decision = assert_within(planner, case, kept, solver)
            limits = [limit for limit in (case.order.max_shipments, planner.network.policy.max_shipments) if limit]
            if decision.shipments and limits:
                assert len(decision.shipments) + kept <= min(limits)
