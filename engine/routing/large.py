"""Sourcing for orders whose sets of lines are too many to tabulate, or whose lines may be divided.

Lines that may travel alike (shipped or picked up, cold, hazardous) form a class. The options are found for classes as they
are for lines; prices come from an oracle instead of a table, with a line under every rate card for the solver's bound.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.routing import candidates as c
from engine.routing import set_costs as sc
from engine.routing.asking import Ask
from engine.routing.price_floor import PACKAGE, no_floor, price_floor
from engine.routing.sourcing import Sourced, Sourcing, available
from engine.routing.stock import Stock
from engine.routing.tables import Tables
from solvers.large_order_problem import LargeOrderProblem, Price
from solvers.problem import INFEASIBLE, Int64


def large_problem(
    sourcing: Sourcing, ask: Ask, stock: Stock, now: int, store: int, divide: bool, *, bounded: bool = True
) -> tuple[Sourced, LargeOrderProblem]:
    """The problem, and what its options mean: ``Sourced.problem`` is then the classes' and not to be solved.

    ``divide`` allows to divide the lines that the order lets be divided. Not ``bounded``, nothing but zero lies under its
    prices: for a solver that asks for no bound.
    """
    tables, policy = sourcing.tables, sourcing.network.policy
    free = available(stock, ask.items, ask.order.vip)
    classes, of_line = _classes(ask)
    hold = np.zeros(len(tables.nodes), np.int64)
    for index in range(len(classes)):
        any_stock = (free[of_line == index] > 0).any(axis=0)
        hold |= np.where(any_stock & (ask.allowed == 1), np.int64(1) << index, 0)
    by_class = _as_lines(ask, classes, of_line)
    sourced = sourcing.source_held(by_class, stock, now, store, hold)
    classed = sourced.problem
    nodes, days = sourced.options[:, c.OPTION_NODE], sourced.options[:, c.OPTION_DAY]
    bits = np.int64(1) << of_line
    unit_cost = np.broadcast_to(tables.nodes[nodes, c.UNIT_HANDLING][:, None], (len(nodes), ask.n_lines)).copy()
    if ask.bids is not None:
        unit_cost += ask.bids.units[:, nodes].T
    may_carry = (classed.hold[:, None] & bits[None, :]) != 0
    for node, lines in sourcing.refused(ask):
        may_carry[np.ix_(nodes == node, [bool(lines >> line & 1) for line in range(ask.n_lines)])] = False
    places, capacity = np.unique(nodes * tables.n_days + days, return_inverse=True)
    backorder = np.full(ask.n_lines, INFEASIBLE, np.int64)
    if ask.partial:
        backorder[:] = ask.left_out_cost(policy)
    skus, sku = np.unique(ask.items, return_inverse=True)
    may_divide = np.array([divide and bool(ask.divisible_lines >> line & 1) for line in range(ask.n_lines)])
    floor = price_floor(tables, ask, policy.carbon_price_per_kg) if bounded else no_floor(tables, ask)
    may_carry &= floor.per_unit[classed.row] < INFEASIBLE
    problem = LargeOrderProblem(
        ask.units,
        may_divide,
        backorder,
        sku.astype(np.int32),
        nodes.astype(np.int32),
        capacity.astype(np.int32),
        classed.row.copy(),
        may_carry,
        classed.fixed.copy(),
        unit_cost,
        available(stock, skus, ask.order.vip).T * (ask.allowed == 1)[:, None],
        stock.units_left[places // tables.n_days, places % tables.n_days].copy(),
        _oracle(tables, ask, policy.carbon_price_per_kg),
        floor.base,
        floor.per_unit,
        classed.split_penalty,
        ask.shipment_weight,
        classed.max_shipments,
        floor.size,
        PACKAGE,
    )
    meaning = Sourced(ask, store, classed, sourced.options.copy(), sourced.tight.copy(), sourced.first_day)
    return meaning, problem


def amount_prices(sourcing: Sourcing, ask: Ask, amount: Int64) -> Int64:
    """int64[R, V]: ``LargeOrderProblem.price`` of every row and of each row of ``amount`` (int64[V, L] units), at once."""
    tables = sourcing.tables
    price = np.empty((tables.n_services * tables.n_zones, len(amount)), np.int64)
    sc.fill_amount_costs(
        ask.items,
        amount,
        np.array([bool(ask.pickup_lines >> line & 1) for line in range(ask.n_lines)]),
        1 if ask.ship_to is not None and ask.ship_to.residential else 0,
        sourcing.network.policy.carbon_price_per_kg,
        tables.transfer_service,
        tables.pickup_service,
        ask.services,
        tables.items,
        tables.cartons,
        tables.largest,
        tables.rules,
        tables.steps,
        tables.rates,
        tables.carbon,
        tables.served,
        tables.per_kg,
        np.empty((sc.MAX_PACKAGES, 5), np.int64),
        np.empty((sc.MAX_PACKAGES, 5), np.int64),
        price,
    )
    return price


def _classes(ask: Ask) -> tuple[list[tuple[bool, bool, bool]], Int64]:
    """The classes (picked up, cold, hazardous) in the order, and int64[L], each line's."""
    kinds = [
        (bool(ask.pickup_lines >> x & 1), bool(ask.cold_lines >> x & 1), bool(ask.hazmat_lines >> x & 1))
        for x in range(ask.n_lines)
    ]
    classes = sorted(set(kinds))
    return classes, np.array([classes.index(kind) for kind in kinds], np.int64)


def _as_lines(ask: Ask, classes: list[tuple[bool, bool, bool]], of_line: Int64) -> Ask:
    """The ask with a line for each class. Its items are not read; what a unit bids is laid on afterwards."""
    bit = [1 << index for index in range(len(classes))]
    return replace(
        ask,
        items=np.zeros(len(classes), np.int64),
        units=np.bincount(of_line, ask.units, len(classes)).astype(np.int64),
        ship_lines=sum(b for b, (pickup, _, _) in zip(bit, classes, strict=True) if not pickup),
        pickup_lines=sum(b for b, (pickup, _, _) in zip(bit, classes, strict=True) if pickup),
        cold_lines=sum(b for b, (_, cold, _) in zip(bit, classes, strict=True) if cold),
        hazmat_lines=sum(b for b, (_, _, hazmat) in zip(bit, classes, strict=True) if hazmat),
        bids=None
        if ask.bids is None
        else replace(ask.bids, units=np.zeros((len(classes), len(ask.allowed)), np.int64)),
    )


def _oracle(tables: Tables, ask: Ask, carbon_price: int) -> Price:
    rows = np.empty((ask.n_lines, sc.ITEM_COLUMNS), np.int64)
    order = np.empty(ask.n_lines, np.int64)
    sc.rows_in_order(ask.items, tables.items, rows, order)
    open_, packed = np.zeros((sc.MAX_PACKAGES, 5), np.int64), np.zeros((sc.MAX_PACKAGES, 5), np.int64)
    sums = np.empty(tables.n_zones, np.int64)
    residential = 1 if ask.ship_to is not None and ask.ship_to.residential else 0

    def price(row: int, units: Int64) -> int:
        s, z = divmod(row, tables.n_zones)
        if s == tables.pickup_service:
            return 0
        if s == tables.transfer_service:
            goods = int(rows[:, sc.WEIGHT] @ units)
            return int(sc.transfer_price(goods, tables.per_kg[z], tables.carbon[s, z], carbon_price))
        return int(
            sc.price_units(
                s,
                z,
                units,
                order,
                rows,
                residential,
                carbon_price,
                tables.cartons,
                tables.largest,
                tables.rules,
                tables.steps,
                tables.rates,
                tables.carbon,
                tables.served,
                open_,
                packed,
                sums,
            )
        )

    return price
