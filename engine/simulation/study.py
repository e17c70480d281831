"""A study: scenarios times replications, over any executor. ``comparison`` says what the difference between them is."""

from __future__ import annotations

import asyncio
import pickle
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from dataclasses import replace as replaced
from functools import lru_cache
from itertools import islice

import msgspec
import polars as pl
from msgspec.structs import replace

from engine.network.checks import require
from engine.routing.order import Order
from engine.simulation.chance import Chance
from engine.simulation.comparison import Figures
from engine.simulation.replay import Fate, Replay
from engine.simulation.results import figures, order_table, shipment_table, stock_table
from engine.simulation.scenario import Scenario

MAX_REPLICATIONS = 1_000
_AHEAD = 64
"""Tasks given to an executor before the first of them has ended: more would only fill its memory."""


@dataclass(frozen=True, slots=True)
class Task:
    """One replication to be run, perhaps on another machine. ``scenario``: as ``packed`` has it."""

    scenario: bytes
    seed: int
    replication: int
    keep_records: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """One replication of one scenario. Tables as ``engine.simulation.results`` describes them.

    ``records`` has the record of each order's last decision by route id, where they were to be kept; see ``records_of``.
    """

    scenario: str
    replication: int
    figures: Figures
    orders: pl.DataFrame
    shipments: pl.DataFrame
    stock: pl.DataFrame
    records: bytes = b""

    def figures_alone(self) -> Run:
        """Without tables and records: many runs of them fill a memory."""
        return replaced(
            self, orders=self.orders.clear(), shipments=self.shipments.clear(), stock=self.stock.clear(), records=b""
        )


def demand(scenario: Scenario, chance: Chance) -> list[Order]:
    """The orders of one replication. An order that comes more than once has a number behind its name."""
    orders: list[Order] = []
    for order in scenario.base.orders:
        mean = scenario.scale_of(order)
        draw = chance.poisson if scenario.resample else chance.whole
        copies = draw(mean, "demand", order.order_id)
        orders += (replace(order, order_id=f"{order.order_id}#{n + 1}") if n else order for n in range(copies))
    return orders


def run(
    scenario: Scenario,
    seed: int,
    replication: int,
    decided: Callable[[Fate], None] = lambda fate: None,
    *,
    keep_records: bool = False,
) -> Run:
    """One replication. Raises InvalidInput where the demand leaves no order, or an order does not fit the network."""
    chance = Chance(seed, replication)
    base = scenario.base
    replay = Replay(
        base.network,
        base.stock,
        demand(scenario, chance),
        chance=chance,
        luck=scenario.luck,
        solver=scenario.solver,
        second_look=scenario.second_look,
    )
    replay.run(decided)
    orders, shipments = order_table(base.network, replay.fates), shipment_table(base.network, replay.fates)
    found = figures(orders, shipments, replay.cells, base.network)
    records = _packed_records(replay) if keep_records else b""
    return Run(scenario.name, replication, found, orders, shipments, stock_table(replay.cells), records)


def _packed_records(replay: Replay) -> bytes:
    found = asyncio.run(replay.world.records([fate.route.route_id for fate in replay.fates]))
    return zlib.compress(msgspec.msgpack.encode(found), 1)


def records_of(run: Run) -> dict[str, bytes]:
    """By route id, each as ``engine.routing.record`` encodes it; none where they were not kept."""
    if not run.records:
        return {}
    return msgspec.msgpack.decode(zlib.decompress(run.records), type=dict[str, bytes])


def packed(scenario: Scenario) -> bytes:
    """The scenario with all that it needs, small enough to be sent with every task."""
    return zlib.compress(pickle.dumps(scenario, pickle.HIGHEST_PROTOCOL), 1)


@lru_cache(maxsize=2)
def unpacked(data: bytes) -> Scenario:
    """What ``packed`` was given. Only for bytes of one's own: reading them can run any code."""
    scenario = pickle.loads(zlib.decompress(data))
    assert isinstance(scenario, Scenario)
    return scenario


def play(task: Task) -> Run:
    """``run`` of a packed scenario."""
    return run(unpacked(task.scenario), task.seed, task.replication, keep_records=task.keep_records)


def run_all(
    scenarios: Sequence[Scenario],
    seed: int,
    replications: int,
    executor: Executor,
    play: Callable[[Task], Run] = play,
    *,
    keep_records: bool = False,
) -> Iterator[Run]:
    """Every replication of every scenario, as they end. What one raises ends all.

    Parameters
    ----------
    executor : anything with the interface of ``concurrent.futures``: processes here, or a cluster's.
    play : what it is to call with each task; importable by name where the tasks run.
    keep_records : of each scenario's first replication, to explain single orders.
    """
    names = [scenario.name for scenario in scenarios]
    require(len(set(names)) == len(names), "scenarios.name", names, "each name once")
    require(1 <= replications <= MAX_REPLICATIONS, "reps", replications, f"1..{MAX_REPLICATIONS}")
    data = [packed(scenario) for scenario in scenarios]
    tasks = (
        Task(each, seed, replication, keep_records and replication == 0)
        for replication in range(replications)
        for each in data
    )
    under_way: set[Future[Run]] = {executor.submit(play, task) for task in islice(tasks, _AHEAD)}
    try:
        while under_way:
            done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            under_way |= {executor.submit(play, task) for task in islice(tasks, len(done))}
            for future in done:
                yield future.result()
    finally:
        for future in under_way:
            future.cancel()


def by_scenario(scenarios: Sequence[str], runs: Sequence[Run]) -> dict[str, list[Figures]]:
    """The figures of each scenario, replication by replication. ``runs`` may be in any order."""
    found: dict[str, list[Figures]] = {name: [] for name in scenarios}
    for each in sorted(runs, key=lambda each: each.replication):
        found[each.scenario].append(each.figures)
    return found
