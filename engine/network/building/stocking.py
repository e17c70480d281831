"""Opening stock: which node keeps which item, and how much of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.network.building.geography import Centre, miles_between
from engine.network.building.goods import Goods
from engine.network.building.sampler import Flags, Floats, Ints, Sampler
from engine.network.building.sites import NodeRow
from engine.network.building.tables import write_table


@dataclass(frozen=True, slots=True)
class Demand:
    """What is expected over the horizon: ``units`` per item, and people per prefix for where they go."""

    units: Floats
    centres: tuple[Centre, ...]
    people: Floats


@dataclass(frozen=True, slots=True)
class Assortment:
    """How widely items are kept. Shares are of the DCs that may keep an item, by its popularity rank.

    fast_share of the items, the most popular, are in a DC with probability ``fast``; slow ones with ``slow``; in between on the
    straight line between the two. ``cover`` is opening stock over expected demand, DCs together; ``vendor_share`` of the items
    are drop-shipped alone; of ``scarce_share`` of them the DCs have ``scarce_cover`` of the demand and the stores nothing: those
    run out. ``store_items`` is the range of the number of items a store keeps.
    """

    fast_share: float
    fast: float
    slow: float
    cover: float
    vendor_share: float
    scarce_share: float
    scarce_cover: float
    store_items: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Stock:
    """Units by (node, item). What may be promised is on hand less protected (but for VIP orders) less safety stock."""

    on_hand: Ints
    protected: Ints
    safety: Ints

    @property
    def promised(self) -> Ints:
        """Units open to every order at opening."""
        return np.asarray(np.maximum(self.on_hand - self.protected - self.safety[:, None], 0), np.int64)


def lay_in(rows: Sequence[NodeRow], goods: Goods, demand: Demand, plan: Assortment, sampler: Sampler) -> Stock:
    """Draw the opening stock."""
    on_hand = np.zeros((len(rows), len(goods.skus)), np.int64)
    protected = np.zeros_like(on_hand)
    kinds = np.array([row.type for row in rows])
    dcs, stores, vendors = (np.flatnonzero(kinds == kind) for kind in ("DC", "STORE", "VENDOR"))
    allowed = _allowed(rows, goods)
    dropped = _drop_shipped(goods, demand.units, plan, sampler)
    scarce = sampler.uniform(len(dropped)) < plan.scarce_share
    share = _share(rows, dcs, demand)
    for i in np.flatnonzero(~dropped):
        able = dcs[allowed[dcs, i]]
        nodes = _kept_at(able, share, float((demand.units > demand.units[i]).mean()), plan, sampler)
        expected = demand.units[i] * share[nodes] / share[nodes].sum()
        shake = sampler.uniform(len(nodes), 0.6, 1.4)
        spare = sampler.uniform(len(nodes), 1, 5)
        cover, least = (plan.scarce_cover, 0.5 * spare / len(nodes)) if scarce[i] else (plan.cover, spare)
        units = np.rint(expected * cover * shake + least).astype(np.int64)
        kept_back = (sampler.uniform(len(nodes)) < 0.05) & (units >= 10)
        on_hand[nodes, i], protected[nodes, i] = units, np.where(kept_back, units // 10, 0)
    _fill_vendors(on_hand, vendors, dropped, scarce, allowed, demand, sampler)
    _fill_stores(on_hand, stores, dropped | scarce, allowed, demand, plan, sampler)
    return Stock(on_hand, protected, np.array([row.safety_stock for row in rows], np.int64))


def _allowed(rows: Sequence[NodeRow], goods: Goods) -> Flags:
    """(node, item): may the node keep it? Cold and hazardous goods only where they are handled; nothing of either at vendors."""
    allowed = np.ones((len(rows), len(goods.skus)), np.bool_)
    for flag, able in (("COLD", [row.cold for row in rows]), ("HAZMAT", [row.hazmat for row in rows])):
        allowed[np.ix_(~np.array(able), goods.flagged(flag))] = False
    return allowed


def _share(rows: Sequence[NodeRow], dcs: Ints, demand: Demand) -> Floats:
    """Share of the people for whom each node of ``dcs`` is the nearest of them, by node (0 elsewhere)."""
    owner = miles_between([rows[k].site for k in dcs], demand.centres).argmin(axis=0)
    share = np.zeros(len(rows), np.float64)
    share[dcs] = np.bincount(owner, demand.people, minlength=len(dcs)) / demand.people.sum()
    return share


def _drop_shipped(goods: Goods, units: Floats, plan: Assortment, sampler: Sampler) -> Flags:
    """Items kept by vendors alone: plain ones outside the third that sells best."""
    weight = np.array([flag in ("", "OVERSIZE") for flag in goods.flags], np.float64)
    weight[units > np.quantile(units, 2 / 3)] = 0.0
    dropped = np.zeros(len(units), np.bool_)
    dropped[sampler.distinct(weight, round(plan.vendor_share * len(units)))] = True
    return dropped


def _kept_at(able: Ints, share: Floats, rank: float, plan: Assortment, sampler: Sampler) -> Ints:
    """The DCs of ``able`` that keep an item of this popularity rank (0 is the most popular): at least one."""
    along = max(0.0, (rank - plan.fast_share) / (1 - plan.fast_share))
    keeps = sampler.uniform(len(able)) < plan.fast + (plan.slow - plan.fast) * along
    if not keeps.any():
        keeps[int(np.argmax(share[able] * sampler.uniform(len(able), 0.2)))] = True
    return able[keeps]


def _fill_vendors(
    on_hand: Ints, vendors: Ints, dropped: Flags, scarce: Flags, allowed: Flags, demand: Demand, sampler: Sampler
) -> None:
    """Each drop-shipped item at one vendor; and some of what the DCs keep too, as a second source."""
    for i in np.flatnonzero(dropped):
        on_hand[vendors[sampler.whole(0, len(vendors) - 1)], i] = int(demand.units[i] * 2) + sampler.whole(3, 12)
    for vendor in vendors:
        others = sampler.distinct(np.where(dropped | scarce | ~allowed[vendor], 0.0, 1.0), 120)
        on_hand[vendor, others] = np.rint(sampler.uniform(len(others), 2, 15)).astype(np.int64)


def _fill_stores(
    on_hand: Ints, stores: Ints, elsewhere: Flags, allowed: Flags, demand: Demand, plan: Assortment, sampler: Sampler
) -> None:
    """Popular items mostly (by the square root of demand), a few units of each; nothing of what is kept ``elsewhere``."""
    appeal = np.sqrt(demand.units)
    for store in stores:
        kept = sampler.distinct(np.where(elsewhere | ~allowed[store], 0.0, appeal), sampler.whole(*plan.store_items))
        shelf = 2 + sampler.uniform(len(kept)) * 4 + demand.units[kept] / max(1, len(stores)) * 2
        on_hand[store, kept] = np.rint(shelf).astype(np.int64)


def write_stock(rows: Sequence[NodeRow], goods: Goods, stock: Stock, out: Path) -> None:
    """Write stock.csv, nodes in their order."""
    cells = (
        (rows[k].node_id, goods.skus[i], int(stock.on_hand[k, i]), int(stock.protected[k, i]) or None)
        for k, i in zip(*np.nonzero(stock.on_hand), strict=True)
    )
    write_table(out / "stock.csv", ("node_id", "sku", "on_hand", "protected"), cells)
