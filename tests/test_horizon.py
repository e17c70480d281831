"""The published model: its policies decide as the engine would, its roundings keep their marginals, its bounds hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from benchmarks import horizon
from benchmarks.horizon_model import (
    PER_MILE,
    SMALL,
    SMALL_PAIRS,
    UNIT,
    Instance,
    LinearProgramme,
    draw,
    linear_programme,
)
from benchmarks.horizon_policies import MYOPIC, OURS, POLICIES, Priced, Replay
from benchmarks.horizon_rounding import dilate, force_open, independent, jasin_sinha
from solvers import fluid, order, rules
from solvers.fluid_ascent import Float64
from solvers.problem import INFEASIBLE, UNLIMITED, Int64, OrderProblem

T = 300
SCHEMES: list[Callable[[Float64, Int64], None]] = [independent, jasin_sinha, dilate, force_open]


@cache
def sample() -> tuple[Instance, LinearProgramme]:
    instance = draw(SMALL, T, seed=3)
    return instance, linear_programme(instance)


def as_order(instance: Instance, kind: int, stock: Int64, price: Float64) -> OrderProblem:
    """The order as the engine's solver takes it, at live stock and prices."""
    problem = instance.problem
    items = problem.sku[problem.lines_of(kind)]
    held = stock[items] > 0
    return OrderProblem(
        n_lines=len(items),
        hold=(held * (1 << np.arange(len(items)))[:, None]).sum(axis=0).astype(np.int64),
        fixed=problem.fixed[problem.options_of(kind)],
        line_cost=problem.line_costs_of(kind) + np.rint(price[items]).astype(np.int64).T,
        row=np.zeros(problem.n_nodes, np.int32),
        set_cost=np.zeros((1, 1 << len(items)), np.int64),
        room=np.full(problem.n_nodes, UNLIMITED),
        units=np.ones(len(items), np.int64),
        node=np.arange(problem.n_nodes, dtype=np.int32),
        backorder_cost=np.full(len(items), INFEASIBLE),
    )


def paid_by(instance: Instance, orders: Int64, price: Float64) -> int:
    """The same replay without compiled loops: the engine's solver, one order after another."""
    stock = instance.problem.stock.astype(np.int64)
    total = 0
    for kind in orders[orders >= 0].tolist():
        problem = as_order(instance, kind, stock, price)
        plan = order.solve(problem)
        items = instance.problem.sku[instance.problem.lines_of(kind)]
        unit = instance.problem.line_costs_of(kind)
        for shipment in plan.shipments:
            total += int(problem.fixed[shipment.option])
            for take in shipment.takes:
                total += int(unit[shipment.option, take.line])
                stock[items[take.line], shipment.option] -= 1
    return total


@pytest.mark.parametrize("name", [MYOPIC, "prices: averaged, static"])
def test_compiled_policies_decide_as_the_engines_solver(name: str) -> None:
    instance, _ = sample()
    orders = instance.sequence(np.random.default_rng(1))
    policy = POLICIES[name]
    assert isinstance(policy, Priced)
    price = np.zeros(instance.problem.stock.shape)
    if policy.start == "fluid":
        price = fluid.solve(instance.problem, instance.expected).unit.astype(np.float64)
    assert Replay(instance).cost(policy, orders, seed=0) == paid_by(instance, orders, price)


def test_fewest_splits_opens_the_fewest_centres() -> None:
    ample = draw(SMALL, 10 * T, seed=4)
    counted = replace(ample, problem=replace(ample.problem, line_cost=np.zeros_like(ample.problem.line_cost)))
    problem = counted.problem
    far = np.where(np.arange(problem.n_nodes) == problem.n_nodes - 1, 1 << 40, 0)
    stock, zero = problem.stock.astype(np.int64), np.zeros(problem.stock.shape)
    for kind in range(0, problem.n_orders, 7):
        plan = rules.fewest_splits(as_order(counted, kind, stock, zero), far)
        paid = Replay(counted).cost(POLICIES["fewest splits"], np.array([kind]), seed=0)
        assert paid == sum(int(problem.fixed[shipment.option]) for shipment in plan.shipments)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_roundings_keep_every_marginal(scheme: Callable[[Float64, Int64], None]) -> None:
    share = np.array([[0.6, 0.3, 0.1], [0.0, 0.6, 0.0], [0.35, 0.1, 0.2], [0.05, 0.0, 0.7]])
    out, draws = np.zeros(3, np.int64), 40_000
    counts = np.zeros_like(share)
    for _ in range(draws):
        scheme(share, out)
        counts[out, range(3)] += 1
    error = np.sqrt(0.25 / draws)
    assert np.abs(counts / draws - share).max() < 4.5 * error
    assert (counts[share == 0] == 0).all()


@pytest.mark.parametrize("scheme", [jasin_sinha, dilate])
def test_items_of_equal_shares_go_together(scheme: Callable[[Float64, Int64], None]) -> None:
    share = np.repeat([[0.5], [0.3], [0.2]], 4, axis=1)
    out = np.zeros(4, np.int64)
    for _ in range(200):
        scheme(share, out)
        assert len(set(out.tolist())) == 1


def test_correlated_roundings_use_fewer_centres_than_independent_ones() -> None:
    rng = np.random.default_rng(5)
    share = rng.dirichlet(np.ones(5), size=4).T.copy()
    out = np.zeros(4, np.int64)

    def centres(scheme: Callable[[Float64, Int64], None]) -> float:
        used = 0
        for _ in range(4_000):
            scheme(share, out)
            used += len(set(out.tolist()))
        return used / 4_000

    alone, *together = (centres(scheme) for scheme in SCHEMES)
    assert max(together) < alone


def test_the_bounds_are_below_every_policy_and_the_programme_is_below_the_fluid_one() -> None:
    instance, programme = sample()
    replay = Replay(instance, programme)
    whole = fluid.solve(instance.problem, instance.expected, sweeps=500).bound
    assert whole > 0.999 * programme.value  # whole shipments cost more than parts of them
    for number in range(2):
        orders = instance.sequence(np.random.default_rng(number))
        hindsight = replay.hindsight(orders)
        costs = {name: replay.cost(policy, orders, seed=1) for name, policy in POLICIES.items()}
        assert hindsight <= min(costs.values())


def test_the_programme_shares_out_every_item_within_stock() -> None:
    instance, programme = sample()
    problem = instance.problem
    assert programme.share.sum(axis=1) == pytest.approx(np.ones(problem.n_lines))
    used = np.zeros(problem.stock.shape)
    np.add.at(used, problem.sku, programme.share * np.repeat(instance.expected, np.diff(problem.line_start))[:, None])
    assert (used <= problem.stock + 1e-6).all()
    assert programme.price[:, -1].max() == 0.0


def test_stock_and_costs_are_as_published() -> None:
    instance, _ = sample()
    problem = instance.problem
    n_unserved = problem.n_nodes - 1
    assert set(problem.fixed.tolist()) == {8_759_000, 2 * 8_759_000}
    unit = problem.line_costs_of(0)[:, 0]
    assert unit[n_unserved] == pytest.approx(2 * unit[:n_unserved].max(), abs=2)
    assert UNIT < unit.min() < UNIT + 3_000 * PER_MILE
    expected = np.zeros(SMALL.n_items)
    np.add.at(expected, problem.sku, np.repeat(instance.expected, np.diff(problem.line_start)))
    total = problem.stock[:, :-1].sum(axis=1)
    carried = (instance.closest < n_unserved).all(axis=1)
    assert (total[carried] > expected[carried] - 3).all()  # what is expected, and some safety stock
    assert (total[~carried] == 0).all()


def test_equal_seeds_replay_to_equal_costs() -> None:
    instance, programme = sample()
    orders = instance.sequence(np.random.default_rng(8))
    for name in (OURS, "Ma, dilate"):
        costs = {Replay(instance, programme).cost(POLICIES[name], orders, seed=2) for _ in range(2)}
        assert len(costs) == 1


@pytest.mark.parametrize("wrong", list(horizon.WRONG))
def test_no_forecast_makes_looking_ahead_two_per_cent_dearer_than_myopic(wrong: str) -> None:
    for seed in range(3):
        instance = draw(SMALL_PAIRS, 1_000, seed)
        replay = Replay(instance, forecast=horizon.WRONG[wrong](instance, np.random.default_rng(seed)))
        sequences = [instance.sequence(np.random.default_rng((seed, number))) for number in range(2)]
        paid, myopic = (
            sum(replay.cost(POLICIES[name], orders, seed=0) for orders in sequences) for name in (OURS, MYOPIC)
        )
        assert paid <= 1.02 * myopic


def test_no_price_makes_a_guarded_policy_leave_out_what_myopic_would_serve() -> None:
    instance, _ = sample()
    replay = Replay(instance)
    replay._averaged = np.full(instance.problem.stock.shape, 1e9)  # a thousand an item: far above being unserved
    guarded, unguarded = Priced("fluid", guarded=True), Priced("fluid")
    kinds = np.flatnonzero(instance.rate > 0)[::17]
    for kind in kinds:
        one = np.array([kind])
        assert replay.cost(guarded, one, seed=0) == replay.cost(POLICIES[MYOPIC], one, seed=0)
        assert replay.cost(unguarded, one, seed=0) > replay.cost(guarded, one, seed=0)


def test_a_guarded_policy_serves_an_item_at_any_prices() -> None:
    instance, _ = sample()
    problem, replay = instance.problem, Replay(instance)
    rng = np.random.default_rng(6)
    alone = np.flatnonzero((np.diff(problem.line_start) == 1) & (instance.rate > 0))
    held = [kind for kind in alone if problem.stock[problem.sku[problem.line_start[kind]], :-1].any()]
    assert held
    for kind in map(int, held):
        replay._averaged = rng.uniform(0, 1e9, problem.stock.shape)
        unserved = 2 * problem.fixed[0] + problem.line_costs_of(kind)[-1, 0]
        assert replay.cost(Priced("fluid", guarded=True), np.array([kind]), seed=0) < unserved


def test_the_figure_is_a_line_of_json_and_below_exact_myopic(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = horizon.Scene("small", SMALL, 500, instances=2, sequences=1)
    monkeypatch.setattr(horizon, "QUICK", (scene,))
    horizon.main(["--quick", "--json", "--figure", horizon.LOOK_AHEAD])
    [line] = capsys.readouterr().out.splitlines()
    said = json.loads(line)
    costs = horizon.simulate(scene, lambda share: None)
    myopic = (costs.of[MYOPIC] / costs.hindsight).mean()
    assert (said["figure"], said["unit"]) == ("look_ahead_vs_hindsight", "x")
    assert 1.0 <= said["value"] < myopic
