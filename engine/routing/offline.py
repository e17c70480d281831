"""A batch on a network's opening stock, with no store: the same parts over a ledger in memory."""

from __future__ import annotations

import time
from collections.abc import Sequence

from engine.inventory.memory_ledger import MemoryLedger
from engine.inventory.mirror import Mirror
from engine.inventory.opening import opening_counts
from engine.network.batch_rules import BatchRules
from engine.network.network import StockRow
from engine.routing.batch_answers import Answer, Asked, BatchSummary, Limits, Told
from engine.routing.batches import Batches, summary_of
from engine.routing.order import Order
from engine.routing.planner import Planner
from engine.routing.route import Route
from engine.routing.stock import first_day_of


async def decide_offline(
    planner: Planner,
    stock: Sequence[StockRow],
    entries: Sequence[Asked],
    now: int,
    rules: BatchRules,
    limits: Limits,
    told: Told,
) -> BatchSummary:
    """Decide all orders at ``now`` (UTC seconds). Raises InvalidInput where the rules do not fit the network."""
    network, tables, ledger = planner.network, planner.sourcing.tables, MemoryLedger()
    rules.check(network)
    await ledger.count("opening", opening_counts(network, stock, now), now)
    mirror = Mirror(
        ledger,
        [item.sku for item in network.items],
        [node.node_id for node in network.nodes],
        first_day_of(now),
        tables.n_days,
        tables.order_limits,
        tables.unit_limits,
        monotonic=time.monotonic,
    )
    await mirror.load()

    async def alone(order: Order, request_id: str, fingerprint: bytes) -> Route:
        raise AssertionError(f"order {order.order_id!r} lost a race, and there is nobody else")

    started = time.monotonic()
    batches = Batches(planner, 0, mirror, ledger, lambda: now, alone)
    answered: dict[int, Answer] = {}
    tally = await batches.decide(entries, "offline", answered, told, rules=rules, limits=limits)
    return summary_of(entries, answered, tally, 0, time.monotonic() - started)
