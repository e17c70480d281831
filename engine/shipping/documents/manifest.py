"""The manifest: what a node hands to a carrier at one departure, for both to sign."""

from __future__ import annotations

import msgspec

from engine.network.checks import require
from engine.shipping.documents.paper import MARGIN_MM, SIZES, PageSize, Paper, facts, heading, weight_text


class ManifestRow(msgspec.Struct, frozen=True):
    """One package. ``destination`` in one line; ``weight_g`` grams."""

    tracking_number: str
    shipment_id: str
    service: str
    destination: str
    weight_g: int

    def __post_init__(self) -> None:
        require(self.weight_g >= 0, "weight_g", self.weight_g, "grams >= 0")


class Manifest(msgspec.Struct, frozen=True):
    """One departure of one carrier at one node."""

    manifest_id: str
    node_id: str
    node_name: str
    carrier: str
    departure: str
    rows: tuple[ManifestRow, ...]

    def __post_init__(self) -> None:
        require(bool(self.rows), "rows", self.rows, "one or more packages")
        numbers = [row.tracking_number for row in self.rows]
        twice = next((each for place, each in enumerate(numbers) if each in numbers[:place]), None)
        require(twice is None, "rows.tracking_number", twice, "numbers that stand on it once")


def manifest_pdf(manifest: Manifest, time: int, page: PageSize = "A4") -> bytes:
    """The manifest, its rows by tracking number; made at ``time``, UTC seconds."""
    paper = Paper(f"Manifest {manifest.manifest_id}", SIZES[page], time)
    paper.footing = f"Manifest {manifest.manifest_id} · {manifest.carrier} · {manifest.departure}"
    paper.add_page()
    y = heading(paper, "Manifest", manifest.manifest_id, f"{manifest.node_name} ({manifest.node_id})")
    weight = sum(row.weight_g for row in manifest.rows)
    pairs = (
        ("Carrier", manifest.carrier),
        ("Departure", manifest.departure),
        ("Shipments", str(len({row.shipment_id for row in manifest.rows}))),
        ("Packages", str(len(manifest.rows))),
        ("Weight", weight_text(weight)),
    )
    paper.set_y(facts(paper, y, pairs) + 3)
    rows = [
        (str(n), row.tracking_number, row.shipment_id, row.service, row.destination, weight_text(row.weight_g))
        for n, row in enumerate(sorted(manifest.rows, key=lambda row: row.tracking_number), 1)
    ]
    columns = (">No.", "Tracking number", "Shipment", "Service", "To", ">Weight")
    paper.rows(columns, (11, 42, 33, 24, 48, 20), rows, 8.5)
    paper.room_for(26)
    y = paper.get_y() + 16
    for n, name in enumerate(("For the node: name, signature", "For the carrier: name, signature, time")):
        x = MARGIN_MM + n * (paper.epw / 2)
        paper.rule(y, weight=0.35, x=x, width=paper.epw / 2 - 10)
        paper.put(x, y + 1, name, 8, grey=True)
    return paper.whole()
