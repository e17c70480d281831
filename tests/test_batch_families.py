"""The families that batches are measured on are what the design says, and the same for the same seed."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from benchmarks.batch_families import CONTENDED, UNIFORM, Family, draw, draw_two_tier
from solvers.problem import INFEASIBLE


@pytest.mark.parametrize("family", [UNIFORM, CONTENDED])
def test_a_family_has_the_stock_the_room_and_the_lines_that_the_design_gives_it(family: Family) -> None:
    p = draw(family, 2_000, 100).problem
    demand = np.bincount(p.sku, p.units, 400)
    assert p.stock.sum(axis=1).tolist() == (np.ceil(np.round(demand / family.used, 9)) + family.spare).tolist()
    assert set(p.orders_most.tolist()) == {int(family.room * 20)}
    widths = np.diff(p.line_start)
    assert np.abs(np.bincount(widths)[1:] / 2_000 - family.lines).max() < 0.03
    assert np.abs(np.bincount(p.units)[1:] / p.n_lines - family.units).max() < 0.03
    order_of = np.repeat(np.arange(2_000), widths)
    assert len({*zip(order_of.tolist(), p.sku.tolist(), strict=True)}) == p.n_lines
    assert demand[0] == demand.max()
    assert (p.stock > 0).sum(axis=1).max() <= 40


def test_every_node_that_can_ship_a_line_is_an_option_and_costs_what_the_design_says() -> None:
    instance = draw(UNIFORM, 300, 20)
    p = instance.problem
    for order in range(0, 300, 7):
        lines, options = p.lines_of(order), p.options_of(order)
        held = p.stock[p.sku[lines]] >= p.units[lines][:, None]
        assert p.node[options].tolist() == np.flatnonzero(held.any(axis=0)).tolist()
        bits = (held.T << np.arange(lines.stop - lines.start)).sum(axis=1)
        assert p.hold[options].tolist() == bits[p.node[options]].tolist()
        d = 8 * np.linalg.norm(instance.node_at - instance.order_at[order], axis=1)[p.node[options]]
        assert np.abs(p.fixed[options] / 1e6 - (6 + d)).max() < 1e-6
        weight = p.line_costs_of(order) / 1e6 / (0.25 * (1 + d[:, None]))
        assert np.abs(weight - weight[0]).max() < 1e-4
        assert 0.3 * 0.999 <= weight.min() <= weight.max() <= 6.001
    assert (p.unfilled_cost == 60_000_000).all()
    assert (p.backorder_cost == INFEASIBLE).all()


def test_a_two_tier_batch_has_candidates_at_warehouses_and_stores_and_leaves_out_single_lines() -> None:
    p = draw_two_tier(1_000).problem
    assert np.diff(p.option_start).max() == 8
    assert (p.node < 5).any()
    assert (p.node >= 5).any()
    assert (p.backorder_cost == 25_000_000).all()
    assert (p.unfilled_cost == np.diff(p.line_start) * 25_000_000).all()


def test_the_same_seed_gives_the_same_batch_and_another_seed_another() -> None:
    first, again, other = (draw(CONTENDED, 500, 50, seed).problem for seed in (1, 1, 2))
    for field in dataclasses.fields(first):
        a, b = getattr(first, field.name), getattr(again, field.name)
        assert np.array_equal(a, b), field.name
    assert not np.array_equal(first.line_cost, other.line_cost)
