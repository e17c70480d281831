"""``python -m engine.routing.warm``: compile every kernel once, so that no order waits for the compiler.

Numba compiles a function when it is first called and keeps the result beside the source, or in ``NUMBA_CACHE_DIR``. A few
orders on the demo network reach all of them: ten seconds the first time, one when all are kept.
"""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace

from engine.network.carriers import ServiceLevel
from engine.network.files import load_network
from engine.network.policy import Divide
from engine.network.us import DIRECTORY
from engine.routing.batch_decisions import BatchPlanner
from engine.routing.order import Destination, Fulfilment, Line, Order, PickupAt
from engine.routing.planner import RULES, Planner
from engine.routing.sourcing import MAX_TABULATED_LINES
from engine.routing.stock import Snapshot, first_day_of
from solvers.batch import solve as solve_batch
from solvers.batch_builder import BatchBuilder
from solvers.problem import UNLIMITED, OrderProblem
from solvers.wide_batch import solve

NOW = 1_762_200_000
"""A Monday afternoon within the demo's two weeks."""


def main() -> None:
    """Decide orders of every kind: shipped and picked up, narrow and large, by each solver."""
    planner = Planner(load_network(DIRECTORY))
    network, tables = planner.network, planner.sourcing.tables
    stock = Snapshot.empty(len(network.items), len(network.nodes), tables.n_days, first_day_of(NOW))
    stock = Snapshot(np.full_like(stock.atp, 9), stock.protected, stock.orders_left, stock.units_left, stock.first_day)
    skus = [item.sku for item in network.items if not item.flags][: MAX_TABULATED_LINES + 2]
    place = next(place for place in network.places.values() if place.country == "US")
    store = next(node.node_id for node in network.nodes if ServiceLevel.PICKUP in node.services)

    def order(*lines: Line) -> Order:
        to = Destination(place.country, place.postal_prefix)
        return Order("warm", NOW, lines, to, pickup=PickupAt(node_id=store))

    shipped = [Line(sku, sku, 2) for sku in skus]
    picked = Line("picked", skus[0], 1, Fulfilment.PICKUP)
    for solver in ("auto", "mip", *RULES):
        planner.decide(order(*shipped[:3]), stock, NOW, solver=solver)
    planner.decide(order(shipped[1], picked), stock, NOW)
    planner.decide(replace(order(shipped[0]), divide=Divide.FREELY), stock, NOW)
    elsewhere = frozenset({store})  # so that what is picked up there is transferred
    planner.decide(replace(order(*shipped, picked), not_nodes=elsewhere), stock, NOW)
    together = [replace(order(*shipped[x : x + 2]), order_id=str(x)) for x in range(4)]
    BatchPlanner(planner, lambda problem, wide, tell, rough: solve(problem, wide, rough=rough)).decide(
        [*together, order(*shipped)], stock, NOW
    )
    _decide_together()


def _decide_together() -> None:
    """Many orders on less stock than they want, so that prices, master and search all have something to do.

    Of most seeds greedy at the prices leaves no gap, and the master is not asked; of this one it does.
    """
    rng = np.random.default_rng(3)
    n_orders, n_nodes, n_skus = 60, 6, 12
    builder = BatchBuilder()
    node = np.arange(n_nodes, dtype=np.int32)
    for _ in range(n_orders):
        n_lines = int(rng.integers(1, 4))
        problem = OrderProblem(
            n_lines,
            np.full(n_nodes, (1 << n_lines) - 1, np.int64),
            rng.integers(1_000, 9_000, n_nodes),
            rng.integers(0, 900, (n_nodes, n_lines)),
            np.zeros(n_nodes, np.int32),
            rng.integers(0, 3_000, (1, 1 << n_lines)),
            np.full(n_nodes, UNLIMITED, np.int64),
            rng.integers(1, 3, n_lines),
            node,
            np.full(n_lines, 30_000, np.int64),
            500,
        )
        builder.add(problem, rng.choice(n_skus, n_lines, replace=False).astype(np.int32), node, 60_000)
    stock = rng.integers(0, 4, (n_skus, n_nodes)).astype(np.int32)
    limits = np.full(n_nodes, n_orders // n_nodes, np.int64)
    solve_batch(builder.build(stock, limits, 3 * limits, protected=np.zeros_like(stock)))
    solve_batch(builder.build(stock, limits, np.full(n_nodes, UNLIMITED, np.int64)))


if __name__ == "__main__":
    main()
