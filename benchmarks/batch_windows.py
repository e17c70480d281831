"""``python -m benchmarks.batch_windows [us|consumer|wholesale ...]``: what deciding a window together saves over order by order.

On the demo network, and on the real input where the public data lie (see ``benchmarks.rules``). The first orders of the fortnight,
decided at the window's end on its opening stock: one after another as they came, and together. For each window: orders, cost of
both (units of the currency, backorders included), splits, proven gap, seconds of both; and what re-optimising at most 5% of the
routes decided in turn gains of what moving all could.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from engine.network import public_data
from engine.network.files import load_network, load_stock, read_units
from engine.network.us import DIRECTORY
from engine.routing.assembly import assemble
from engine.routing.batch_decisions import BatchPlanner
from engine.routing.moves import Held, find_moves, may_move
from engine.routing.opening_stock import opening_stock
from engine.routing.order import Order
from engine.routing.order_files import read_orders
from engine.routing.planner import Decision, Planner
from engine.routing.record import record_of
from engine.routing.running_stock import RunningStock
from engine.routing.stock import Stock
from solvers.batch_problem import Stop
from solvers.wide_batch import solve
from tests.network.public_files import DATA

WINDOWS_S = {"5 min": 300, "1 h": 3_600, "1 day": 86_400}
GAP = 1e-4


def in_turn(planner: Planner, orders: Sequence[Order], stock: Stock, now: int) -> list[Decision]:
    """Each exactly, on what those before it left."""
    running, decisions = RunningStock(stock, planner.sourcing.tables), []
    for order in orders:
        decisions.append(planner.decide(order, running.left, now))
        running.take(decisions[-1].shipments)
    return decisions


def few_moves(planner: Planner, batches: BatchPlanner, decisions: Sequence[Decision], stock: Stock, now: int) -> str:
    """What re-optimising the routes decided in turn saves with a twentieth of them moved, of all that moving could."""
    network, tables = planner.network, planner.sourcing.tables
    left, held = RunningStock(stock, tables), []
    for x, decision in enumerate(decisions):
        left.take(decision.shipments)
        route = assemble(network, decision, f"rt{x}", now, 1, 0, reserve=True)
        held.append(Held(record_of(decision, tables, stock, route, "auto", 0), False, route.expiry_time))
    movable = [one for one in held if may_move(one, network, now)]
    found = find_moves(planner, batches, movable, left.left, now, len(held) // 20, 0, lambda progress: None)
    saved, full = (micros / 1e6 for micros in (sum(move.saving for move in found.moves), found.full_saving))
    share = saved / full if full > 0 else 0.0
    return f"{len(found.moves)} moves save {saved:,.2f} of {full:,.2f} by {found.full_moves} ({share:.0%})"


def measure(source: str, directory: Path) -> None:
    """Print a network's windows."""
    network = load_network(directory)
    rows, planner = load_stock(directory, network), Planner(network)
    batches = BatchPlanner(
        planner,
        lambda problem, wide, tell, rough: solve(
            problem, wide, Stop(1e-2, 40) if rough else Stop(GAP), progress=tell, rough=rough
        ),
    )
    every = sorted(read_orders(directory / "orders.csv", read_units(directory).metres), key=lambda one: one.order_time)
    for name, seconds_long in WINDOWS_S.items():
        until = every[0].order_time + seconds_long
        orders = [order for order in every if order.order_time < until]
        stock = opening_stock(planner.sourcing.tables, rows, until)
        started = time.monotonic()
        alone = in_turn(planner, orders, stock, until)
        seconds_alone, started = time.monotonic() - started, time.monotonic()
        together = batches.decide(orders, stock, until)
        seconds = time.monotonic() - started
        decisions = [one.decision for one in together.decided]
        cost, joint = sum(one.cost for one in alone) / 1e6, together.cost / 1e6
        splits, joint_splits = (sum(len(one.shipments) > 1 for one in found) for found in (alone, decisions))
        gap = together.certificate.gap if together.certificate is not None else 0.0
        print(
            f"{source}, {name}: {len(orders)} orders, in turn {cost:,.2f}, together {joint:,.2f} ({1 - joint / cost:.3%} less), "
            f"splits {splits} and {joint_splits}, gap {gap:.4%}, {seconds_alone:.1f} and {seconds:.1f} s",
            flush=True,
        )
        print(f"  re-optimised, at most 5% moved: {few_moves(planner, batches, alone, stock, until)}", flush=True)


def main(names: Sequence[str]) -> None:
    if not names or "us" in names:
        measure("us", DIRECTORY)
    if public_data.missing_files(DATA):
        return
    with tempfile.TemporaryDirectory() as directory:
        for basket in get_args(public_data.BasketSize):
            if not names or basket in names:
                public_data.import_public(DATA, Path(directory) / basket, basket)
                measure(basket, Path(directory) / basket)


if __name__ == "__main__":
    main(sys.argv[1:])
