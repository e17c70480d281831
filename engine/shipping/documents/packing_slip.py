"""The packing slip: what is in the box, for who opens it. No prices, as it may be a present."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from engine.capture.captured import Address
from engine.network.checks import require
from engine.shipping.addresses import printed
from engine.shipping.documents.paper import (
    MARGIN_MM,
    MOST_LETTERS,
    SIZES,
    PageSize,
    Paper,
    cut,
    day_text,
    facts,
    heading,
    weight_text,
)

_MOST_LINES = 8


class SlipLine(msgspec.Struct, frozen=True):
    """One line: ``units`` of it are in this shipment, of ``ordered`` in all. ``package`` is the number of its package, from 1."""

    sku: str
    name: str
    units: int
    ordered: int
    package: int = 1

    def __post_init__(self) -> None:
        require(1 <= self.units <= self.ordered, "units", self.units, f"a count in 1..{self.ordered}, as was ordered")


class SlipPackage(msgspec.Struct, frozen=True):
    """One package: its tracking number ("" where it has none) and its weight in grams."""

    tracking_number: str
    weight_g: int


class LaterLine(msgspec.Struct, frozen=True):
    """What the order has that is not here: how many units, and when or how they come, in words."""

    sku: str
    name: str
    units: int
    how: str


class PackingSlip(msgspec.Struct, frozen=True):
    """What stands on it. ``message`` is the customer's own, to who gets the goods; of it and of ``returns`` 8 lines are shown."""

    seller: str
    order_number: str
    order_day: int
    shipment_id: str
    ship_day: int
    service: str
    sender: Address
    recipient: Address
    lines: tuple[SlipLine, ...]
    packages: tuple[SlipPackage, ...]
    later: tuple[LaterLine, ...] = ()
    message: str = ""
    returns: str = ""

    def __post_init__(self) -> None:
        require(bool(self.lines), "lines", self.lines, "one or more lines")
        require(bool(self.packages), "packages", self.packages, "one or more packages")
        most = len(self.packages)
        for line in self.lines:
            require(1 <= line.package <= most, "lines.package", line.package, f"the number of a package, 1..{most}")


def packing_slip_pdf(slip: PackingSlip, time: int, page: PageSize = "A4") -> bytes:
    """The slip on as many pages as its lines take; made at ``time``, UTC seconds."""
    paper = Paper(f"Packing slip {slip.shipment_id}", SIZES[page], time)
    paper.footing = f"{slip.seller} · order {slip.order_number} · shipment {slip.shipment_id}"
    paper.add_page()
    y = heading(paper, "Packing slip", slip.shipment_id, slip.seller)
    pairs = (
        ("Order", slip.order_number),
        ("Ordered", day_text(slip.order_day)),
        ("Shipped", day_text(slip.ship_day)),
        ("By", slip.service),
        ("Packages", str(len(slip.packages))),
    )
    y = facts(paper, y, pairs) + 3
    half = paper.epw / 2
    paper.put(MARGIN_MM, y, "To", 7.5, grey=True)
    paper.put(MARGIN_MM + half, y, "From", 7.5, grey=True)
    to = paper.put_lines(MARGIN_MM, y + 4, half - 6, printed(slip.recipient, slip.sender.country), 11)
    out = paper.put_lines(MARGIN_MM + half, y + 4, half - 6, printed(slip.sender, slip.recipient.country), 9, grey=True)
    y = max(to, out) + 6
    if slip.message:
        y = (
            paper.put_lines(
                MARGIN_MM + 4, y, paper.epw - 8, cut(slip.message, MOST_LETTERS).splitlines()[:_MOST_LINES], 11
            )
            + 6
        )
    paper.set_y(y)
    _contents(paper, slip)
    if slip.later:
        _section(paper, "To follow")
        rows = [(str(line.units), line.sku, line.name, line.how) for line in slip.later]
        paper.rows((">Units", "SKU", "Item", "How"), (14, 38, 78, 48), rows)
    if any(package.tracking_number for package in slip.packages):
        _section(paper, "Packages")
        packages = [
            (str(n), package.tracking_number, weight_text(package.weight_g))
            for n, package in enumerate(slip.packages, 1)
        ]
        paper.rows((">No.", "Tracking number", ">Weight"), (14, 128, 36), packages)
    if slip.returns:
        _section(paper, "Returns")
        paper.put_lines(
            MARGIN_MM, paper.get_y(), paper.epw, cut(slip.returns, MOST_LETTERS).splitlines()[:_MOST_LINES], 9
        )
    return paper.whole()


def _contents(paper: Paper, slip: PackingSlip) -> None:
    several = len(slip.packages) > 1
    columns = (">Units", "SKU", "Item", *((">Package",) if several else ()))
    widths: Sequence[float] = (22, 40, 98, 18) if several else (22, 40, 116)
    rows = []
    for line in slip.lines:
        units = str(line.units) if line.units == line.ordered else f"{line.units} of {line.ordered}"
        rows.append((units, line.sku, line.name, *((str(line.package),) if several else ())))
    paper.rows(columns, widths, rows, 10)
    paper.set_y(paper.get_y() + 2)
    total = sum(line.units for line in slip.lines)
    paper.put(MARGIN_MM, paper.get_y(), f"{total} {'unit' if total == 1 else 'units'} in all", 9, grey=True)
    paper.set_y(paper.get_y() + 5)


def _section(paper: Paper, name: str) -> None:
    paper.room_for(26)
    paper.set_y(paper.get_y() + 5)
    paper.put(MARGIN_MM, paper.get_y(), name, 11, bold=True)
    paper.set_y(paper.get_y() + 7)
