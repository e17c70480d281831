"""Hindsight: no policy that met these orders one by one can have paid less than this bound.

All orders of the horizon are one batch (``engine.pricing.horizon``), which asks no more of a plan than the days did:

- units that come in later are there from the start, and safety stock apart all are anybody's, VIP or not;
- a node's days have room without end, and what a node has any of it has enough of, one line at a time: stock is shared through
  its prices alone;
- every unit of a line that may be divided goes where it likes; an order too wide for a table goes line by line.

Prices of stock >= 0 then prove a bound, whatever they are, as every order is priced over all of its options (weak duality):
sum of each order's least cost at the prices, less prices x stock. A dual ascent finds good ones. Money only: what bid prices
add to a decision nobody pays.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from engine.network.checks import require
from engine.network.network import Network, StockRow
from engine.pricing.horizon import Expected, lay_out
from engine.routing.opening_stock import opening_stock
from engine.routing.order import Order
from engine.routing.planner import Planner
from solvers import fluid

SWEEPS = 200
_FIRST_STEP = 2.0
"""Of a mean order's cost: what runs out everywhere is worth many orders' cost, as what is left out costs that."""


@dataclass(frozen=True, slots=True)
class Hindsight:
    """``bound``: micros, of all ``orders`` together, whoever decides them."""

    bound: int
    orders: int

    def regret(self, paid: float) -> float:
        """How far ``paid`` micros are above it, as a share of it: the true regret is no more."""
        return paid / self.bound - 1.0 if self.bound > 0 else 0.0


def hindsight(
    network: Network,
    stock: Sequence[StockRow],
    orders: Sequence[Order],
    receipts: Iterable[tuple[int, str, str, int]] = (),
    *,
    sweeps: int = SWEEPS,
    told: Callable[[float], None] = lambda share: None,
) -> Hindsight:
    """The bound on serving these orders, each at its own time, what is left out at the policy's backorder cost.

    Parameters
    ----------
    receipts : (UTC seconds, SKU, node id, units), all that comes in while the orders do.
    sweeps : of the dual ascent; more prove more. told : the share of the work done, 0..1.

    Raises
    ------
    InvalidInput : no orders, or one does not fit the network.
    """
    require(bool(orders), "orders", 0, "one or more orders")
    planner = Planner(network)
    tables = planner.sourcing.tables
    units = opening_stock(tables, stock, orders[0].order_time).atp
    for _, sku, node_id, count in receipts:
        units[tables.item_index[sku], tables.node_index[node_id]] += count
    came = [Expected(order, 1.0) for order in orders]
    horizon = lay_out(planner, came, units, divided=True, told=lambda done: told(0.4 * done / len(orders)))
    found = fluid.solve(horizon.problem, horizon.times, sweeps=sweeps, first_step=_FIRST_STEP)
    told(1.0)
    return Hindsight(math.floor(found.bound * (1 - 1e-12)), len(orders))
