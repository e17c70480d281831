"""Columns put together: each plan once, none lost, and rivals are who shares scarce rows."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from benchmarks.batch_families import CONTENDED, draw
from solvers.batch_columns import Columns
from solvers.batch_layout import layout_of
from solvers.batch_neighbourhood import Rivals
from solvers.batch_pool import columns_of_plans, merged, plans_of_columns
from solvers.batch_usage import no_plans


def columns(plans: list[tuple[int, list[tuple[int, int]]]]) -> Columns:
    """(order, shipments as option and set of lines) each."""
    start = np.cumsum([0, *(len(shipments) for _, shipments in plans)])
    flat = [each for _, shipments in plans for each in shipments]
    return Columns(
        np.array([order for order, _ in plans]),
        start,
        np.array([option for option, _ in flat], np.int64),
        np.array([lines for _, lines in flat], np.uint16),
        np.zeros(len(plans), np.int64),
        np.ones(3, np.bool_),
    )


def test_each_plan_is_there_once_by_order_and_found_again() -> None:
    one = columns([(2, [(7, 1), (8, 2)]), (0, [(1, 3)]), (0, [])])
    other = columns([(0, [(1, 1)]), (2, [(8, 2), (7, 1)]), (1, []), (0, [(1, 3)]), (0, [(3, 1)])])
    both, place = merged([one, other])
    assert both.order.tolist() == [0, 0, 0, 0, 1, 2]
    assert place[0] == place[4]  # the same shipments in another sequence
    assert place[1] == place[6]
    assert len(set(place.tolist())) == 6
    given = [each for part in (one, other) for each in shipments(part)]
    assert all(shipments(both)[at] == plan for plan, at in zip(given, place.tolist(), strict=True))


def shipments(part: Columns) -> list[tuple[int, frozenset[tuple[int, int]]]]:
    flat = list(zip(part.option.tolist(), part.lines.tolist(), strict=True))
    return [(order, frozenset(flat[part.start[p] : part.start[p + 1]])) for p, order in enumerate(part.order.tolist())]


def test_plans_survive_being_columns() -> None:
    layout = layout_of(draw(CONTENDED, 40, 8).problem)
    plans = no_plans(layout)
    plans.n[::2] = 1
    plans.option[layout.line_start[:-1:2]] = layout.option_start[:-1:2]
    plans.lines[layout.line_start[:-1:2]] = 1
    back = plans_of_columns(columns_of_plans(layout, plans, np.arange(40)), np.arange(40), layout)
    assert np.array_equal(plans.n, back.n)
    assert np.array_equal(plans.option, back.option)
    assert np.array_equal(plans.lines, back.lines)


def test_rivals_are_the_orders_that_share_priced_rows() -> None:
    """Orders 0, 1, 2 share priced rows in a chain; order 3 shares a row with 0 that has no price; 4 shares nothing."""
    takes = np.array([[1, 1, 0, 0, 0], [0, 2, 1, 0, 0], [1, 0, 0, 1, 0]])
    rivals = Rivals(sparse.csr_matrix(takes), np.arange(5), 5, np.array([True, True, False]))
    assert rivals.of(0, 5).tolist() == [0, 1, 2]
    assert rivals.of(0, 2).tolist() == [0, 1]
    assert rivals.of(4, 5).tolist() == [4]
