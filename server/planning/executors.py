"""Where replications run: in processes of this machine, or on a Dask cluster, by one interface."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from math import sqrt
from multiprocessing.queues import SimpleQueue
from threading import Thread

from engine.errors import FieldFault, InvalidInput, OneboxError
from engine.simulation import study
from engine.simulation.comparison import Estimate
from engine.simulation.replay import Fate
from engine.simulation.scenario import Scenario
from engine.simulation.study import Run, Task, unpacked

_EVERY = 100
"""Orders between two words on how far a replication is."""

_NORMAL_95 = 1.96

_spawn = multiprocessing.get_context("spawn")  # a fork would take this process's threads and locks along
_telling: SimpleQueue[Heard | None] | None = None


class ReplayEnded(OneboxError):
    """A process that replayed was ended from outside, or had no memory left."""


@dataclass(frozen=True, slots=True)
class Heard:
    """How far one replication is: orders decided, of about how many, and what they cost as they were decided, micros, with the
    sum of the squares of each one's cost in the currency's units."""

    scenario: str
    replication: int
    decided: int
    orders: int
    cost: int
    squares: float


def so_far(heard: Iterable[Heard]) -> Estimate:
    """The mean cost of the orders decided so far, in the currency's units, and half of its 95% interval as if they were drawn
    independently: how far the mean may still move, before there are replications to tell."""
    told = list(heard)
    orders = sum(each.decided for each in told)
    mean = sum(each.cost for each in told) / 1e6 / orders
    variance = max(0.0, sum(each.squares for each in told) / orders - mean**2)
    return Estimate(mean, _NORMAL_95 * sqrt(variance / orders))


@dataclass(frozen=True, slots=True)
class Place:
    """Where replications run, and what is to be called there with each task."""

    executor: Executor
    play: Callable[[Task], Run]


@contextmanager
def here(workers: int | None, heard: Callable[[Heard], None] = lambda said: None) -> Iterator[Place]:
    """``workers`` processes, one a core by default. ``heard`` is called on a thread, of each replication again and again."""
    queue = _spawn.SimpleQueue()
    listening = Thread(target=_listen, args=(queue, heard), name="replays", daemon=True)
    listening.start()
    try:
        with ProcessPoolExecutor(workers, _spawn, _tell_by, (queue,)) as executor:
            try:
                yield Place(executor, play_telling)
            except BrokenExecutor as error:
                raise ReplayEnded("a process that replayed was ended from outside, or had no memory left") from error
            except BaseException:
                executor.shutdown(wait=False, cancel_futures=True)
                raise
    finally:
        queue.put(None)
        listening.join()


@contextmanager
def on_cluster(address: str) -> Iterator[Place]:
    """The Dask cluster whose scheduler is at ``address``. It runs again what a worker was at when it died. Raises InvalidInput."""
    try:
        from distributed import Client
    except ImportError:
        raise InvalidInput(FieldFault("dask", address, "Dask installed: pip install 'onebox[dask]'")) from None
    try:
        client = Client(address, timeout="5s", set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise InvalidInput(FieldFault("dask", address, f"the address of a Dask scheduler ({error})")) from None
    with client:
        yield Place(client.get_executor(), study.play)


def play_telling(task: Task) -> Run:
    """``study.play``, and a word now and then on how far it is to whoever started this process."""
    scenario = unpacked(task.scenario)
    tell = _teller(scenario, task.replication)
    return study.run(scenario, task.seed, task.replication, tell, keep_records=task.keep_records)


def _tell_by(queue: SimpleQueue[Heard | None]) -> None:
    global _telling
    _telling = queue


def _teller(scenario: Scenario, replication: int) -> Callable[[Fate], None]:
    queue = _telling
    assert queue is not None  # the pool's initializer set it
    orders = round(sum(map(scenario.scale_of, scenario.base.orders)))
    decided = cost = 0
    squares = 0.0

    def tell(fate: Fate) -> None:
        nonlocal decided, cost, squares
        decided += 1
        cost += fate.route.cost
        squares += (fate.route.cost / 1e6) ** 2
        if decided % _EVERY == 0:
            queue.put(Heard(scenario.name, replication, decided, orders, cost, squares))

    return tell


def _listen(queue: SimpleQueue[Heard | None], heard: Callable[[Heard], None]) -> None:
    while (said := queue.get()) is not None:
        heard(said)
