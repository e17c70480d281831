"""Prices fitted to expected demand: orders of the past stand for those to come, laid out over the horizon on the stock of now.

Orders alike (the same goods, the same place to the postal prefix, the same level, the same day) are one order type that comes so
often (``cluster``). A type's days ahead are the past's, moved on by whole weeks, as demand goes by the week. The prices are
those of the fluid problem (``solvers.fluid``): a dual ascent by the very programme that decides orders.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from msgspec.structs import replace

from engine.network.checks import require
from engine.network.network import Network, StockRow
from engine.network.prices import BidPrices
from engine.pricing.horizon import Expected, Horizon, lay_out
from engine.routing.opening_stock import opening_stock
from engine.routing.order import Order
from engine.routing.planner import Planner
from solvers import fluid
from solvers.problem import Int32, Int64

_DAY_S, _WEEK_S = 86_400, 7 * 86_400
MAX_DAYS = 60


@dataclass(frozen=True, slots=True)
class Fitting:
    """How prices are fitted.

    Attributes
    ----------
    valid_from : UTC seconds, when they begin to count. days : of the horizon, 1..60.
    sweeps : over the order types, 2..10,000.
    step_cents : what a unit that lacks or is over moves its price by, hundredths of the currency, 0..10,000; 0: prices stand
        still until they are fitted anew.
    """

    valid_from: int
    days: int = 14
    sweeps: int = 100
    step_cents: int = 0

    def __post_init__(self) -> None:
        require(self.valid_from >= 0, "valid_from", self.valid_from, "an instant")
        require(1 <= self.days <= MAX_DAYS, "days", self.days, f"days in 1..{MAX_DAYS}")
        require(2 <= self.sweeps <= 10_000, "sweeps", self.sweeps, "2..10000")
        require(0 <= self.step_cents <= 10_000, "step_cents", self.step_cents, "hundredths in 0..10000")

    @property
    def valid_until(self) -> int:
        return self.valid_from + self.days * _DAY_S


@dataclass(frozen=True, slots=True)
class Fitted:
    """Prices, and what they rest on: order ``types``, ``expected`` orders to come, and the proven bound on what serving these
    can cost (micros)."""

    prices: BidPrices
    types: int
    expected: float
    bound: float

    def parameters(self, fitting: Fitting) -> dict[str, str]:
        """For the document."""
        return {
            "order_types": str(self.types),
            "expected_orders": f"{self.expected:.1f}",
            "bound": f"{self.bound / 1e6:.2f}",
            "days": str(fitting.days),
            "sweeps": str(fitting.sweeps),
        }


def moved(order: Order, seconds: int) -> Order:
    """The same order so much later, its dates too."""
    return replace(
        order,
        order_time=order.order_time + seconds,
        deliver_by=None if order.deliver_by is None else order.deliver_by + seconds,
        pickup_by=None if order.pickup_by is None else order.pickup_by + seconds,
    )


def expected_of(
    past: Sequence[Order], fitting: Fitting, scale: Callable[[Order], float] = lambda order: 1.0
) -> list[Expected]:
    """What the past says of the horizon: its orders moved on by whole weeks onto the days to come, so often as its weeks have
    them. ``scale``: what a forecast makes of an order's kind, on its day to come."""
    require(bool(past), "orders", 0, "one or more orders of the past")
    first = min(order.order_time for order in past)
    last = max(order.order_time for order in past)
    weeks = max(1.0, (last // _DAY_S - first // _DAY_S + 1) / 7)
    found = []
    for order in past:
        ahead = -(-(fitting.valid_from - order.order_time) // _WEEK_S) * _WEEK_S
        places = -(-(fitting.valid_until - order.order_time - ahead) // _WEEK_S)
        if places > 0:  # one of them stands for all, in turn
            later = moved(order, ahead + (order.order_time - first) // _WEEK_S % places * _WEEK_S)
            found.append(Expected(later, scale(later) * places / weeks))
    return found


def cluster(expected: Sequence[Expected]) -> list[Expected]:
    """Order types: orders alike become one, which comes as often as all of them. The first of them stands for it."""
    times: dict[tuple[object, ...], float] = {}
    first: dict[tuple[object, ...], Order] = {}
    for each in expected:
        key = _kind(each.order)
        times[key] = times.get(key, 0.0) + each.times
        first.setdefault(key, each.order)
    return [Expected(first[key], count) for key, count in times.items() if count > 0]


def _kind(order: Order) -> tuple[object, ...]:
    """What orders of one type have in common: all but their names, their hour and what lies behind the postal prefix."""
    to = order.destination
    lines = tuple(sorted((line.sku, line.units, line.fulfilment.value) for line in order.lines))
    place = None if to is None else (to.country, to.postal_code[:3], to.residential)
    deliver = None if order.deliver_by is None else order.deliver_by // _DAY_S
    rules = (order.partial, order.divide, order.max_shipments, order.vip, order.late_allowed, order.exact_service)
    nodes = (order.only_nodes, order.not_nodes, order.only_node_types, order.not_node_types)
    day = order.order_time // _DAY_S
    return lines, place, order.channel, order.service_level, order.pickup, day, deliver, rules, nodes


def fit(
    network: Network,
    stock: Sequence[StockRow],
    expected: Sequence[Expected],
    fitting: Fitting,
    told: Callable[[str, float], None] = lambda stage, share: None,
) -> Fitted:
    """Prices for what is expected. The same arguments give the same prices (I9).

    ``stock``: what is on hand at ``valid_from``. ``told``: the stage that begins and the share of the work done, 0..1.

    Raises
    ------
    InvalidInput : an order does not fit the network, or none is expected.
    """
    types = cluster(expected)
    require(bool(types), "expected", 0, "one or more orders to come")
    planner = Planner(network)
    units = opening_stock(planner.sourcing.tables, stock, fitting.valid_from).atp
    told("laying out", 0.0)
    horizon = lay_out(
        planner, types, units, divided=False, told=lambda done: told("laying out", 0.6 * done / len(types))
    )
    told("pricing", 0.6)
    found = fluid.solve(horizon.problem, horizon.times, sweeps=fitting.sweeps)
    told("done", 1.0)
    step = fitting.step_cents * 10_000
    prices = BidPrices(
        1,
        _named(network, horizon, found.unit),
        {},
        _on_hand(network, units) if step else {},
        step,
        fitting.valid_from,
        fitting.valid_until,
    )
    return Fitted(prices, len(types), float(sum(each.times for each in types)), found.bound)


def _named(network: Network, horizon: Horizon, unit: Int64) -> Mapping[tuple[str, str], int]:
    """(SKU, node id) -> micros, of those above zero."""
    rows, columns = np.nonzero(unit)
    return {
        (network.items[horizon.items[k]].sku, network.nodes[n].node_id): int(unit[k, n])
        for k, n in zip(rows.tolist(), columns.tolist(), strict=True)
    }


def _on_hand(network: Network, units: Int32) -> Mapping[tuple[str, str], int]:
    rows, columns = np.nonzero(units > 0)
    return {
        (network.items[k].sku, network.nodes[n].node_id): int(units[k, n])
        for k, n in zip(rows.tolist(), columns.tolist(), strict=True)
    }
