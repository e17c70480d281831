"""How fast past orders are replayed: the demo network's through the production router, ledger and mirror, on one core.

Counted from the first order, network and opening stock laid out, to the last; everything that an order sets off is in it. Twice,
and the fates must be the same byte for byte.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import msgspec

from engine.network.files import load_network, load_stock, read_units
from engine.network.us import DIRECTORY
from engine.routing.order_files import read_orders
from engine.simulation.chance import Chance
from engine.simulation.replay import Fate, Replay


@dataclass(frozen=True, slots=True)
class Rate:
    """``cpu_s`` is processor time of the quicker of two runs over ``orders``."""

    orders: int
    cpu_s: float

    @property
    def orders_per_s(self) -> float:
        return self.orders / self.cpu_s


def replay_rate(most: int) -> Rate:
    """Replay the first ``most`` orders twice."""
    network = load_network(DIRECTORY)
    stock = load_stock(DIRECTORY, network)
    read = read_orders(DIRECTORY / "orders.csv", read_units(DIRECTORY).metres)
    orders = sorted(read, key=lambda order: order.order_time)[:most]
    fates, seconds = [], []
    for _ in range(2):
        replay = Replay(network, stock, orders, chance=Chance(1, 0))
        started: list[float] = []

        def decided(fate: Fate, started: list[float] = started) -> None:
            if not started:
                started.append(time.process_time())

        replay.run(decided)
        seconds.append(time.process_time() - started[0])
        fates.append(msgspec.msgpack.encode([(fate.route, fate.rests, fate.rejects) for fate in replay.fates]))
    if fates[0] != fates[1]:
        raise AssertionError("the same orders, stock and seed had different fates (I9)")
    return Rate(len(orders), min(seconds))
