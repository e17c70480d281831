"""The pick list of a wave: one walk through the node for many shipments, in the order of its shelves."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

import msgspec

from engine.network.checks import require
from engine.shipping.documents.paper import MARGIN_MM, SIZES, PageSize, Paper, facts, heading

_IN_ROW = 12
"""Shipments in one row of the list; a SKU that more want has several rows."""


class Pick(msgspec.Struct, frozen=True):
    """Units of one SKU for one shipment. ``shelf`` is where it lies, "" where the node does not say; ``tote`` where it goes."""

    sku: str
    name: str
    units: int
    shipment_id: str
    shelf: str = ""
    tote: str = ""

    def __post_init__(self) -> None:
        require(self.units >= 1, "units", self.units, "a count >= 1")


class PickList(msgspec.Struct, frozen=True):
    """One wave of one node. ``cutoff`` is when it must be done, in the node's words: "16:30"."""

    wave_id: str
    node_id: str
    node_name: str
    day: str
    cutoff: str
    picks: tuple[Pick, ...]

    def __post_init__(self) -> None:
        require(bool(self.picks), "picks", self.picks, "one or more picks")


def pick_list_pdf(wave: PickList, time: int, page: PageSize = "A4") -> bytes:
    """The list, a row for each SKU (or each dozen shipments that want it) with a box to tick; made at ``time``, UTC seconds."""
    paper = Paper(f"Pick list {wave.wave_id}", SIZES[page], time)
    paper.footing = f"Wave {wave.wave_id} · {wave.node_id}"
    paper.add_page()
    y = heading(paper, "Pick list", wave.wave_id, f"{wave.node_name} ({wave.node_id})")
    shipments = {pick.shipment_id for pick in wave.picks}
    pairs = (
        ("Day", wave.day),
        ("Done by", wave.cutoff),
        ("Shipments", str(len(shipments))),
        ("SKUs", str(len({pick.sku for pick in wave.picks}))),
        ("Units", str(sum(pick.units for pick in wave.picks))),
    )
    paper.set_y(facts(paper, y, pairs) + 3)
    rows = []
    for shelf, sku, name, picks in walk(wave.picks):
        for first in range(0, len(picks), _IN_ROW):
            wanted = picks[first : first + _IN_ROW]
            for_whom = ", ".join(f"{pick.units}\u00a0×\u00a0{pick.tote or pick.shipment_id}" for pick in wanted)
            rows.append((shelf, sku, name, str(sum(pick.units for pick in wanted)), for_whom, "[      ]"))
    paper.rows(("Shelf", "SKU", "Item", ">Units", "For", "Picked"), (18, 32, 50, 14, 48, 16), rows, 9.5)
    paper.room_for(20)
    y = paper.get_y() + 12
    for n, name in enumerate(("Picked by", "Short")):
        x = MARGIN_MM + n * (paper.epw / 2)
        paper.rule(y, weight=0.35, x=x, width=paper.epw / 2 - 10)
        paper.put(x, y + 1, name, 8, grey=True)
    return paper.whole()


def walk(picks: Iterable[Pick]) -> Iterable[tuple[str, str, str, tuple[Pick, ...]]]:
    """Shelf, SKU, name and picks in the order of the walk: by shelf, then SKU, then shipment."""
    ordered = sorted(picks, key=lambda pick: (pick.shelf, pick.sku, pick.tote, pick.shipment_id))
    for (shelf, sku), of_sku in groupby(ordered, lambda pick: (pick.shelf, pick.sku)):
        mine = tuple(of_sku)
        yield shelf, sku, mine[0].name, mine
