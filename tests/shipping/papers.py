"""Papers for the tests and the gallery, with everything that does not matter filled in."""

from __future__ import annotations

from typing import Any

from engine.shipping.documents.manifest import Manifest, ManifestRow
from engine.shipping.documents.packing_slip import LaterLine, PackingSlip, SlipLine, SlipPackage
from engine.shipping.documents.pick_list import Pick, PickList
from engine.shipping.numbers import SerialRange
from tests.network.sample import day
from tests.shipping.building import MEMPHIS, ZOE

SERIALS = SerialRange()


def slip(**changes: Any) -> PackingSlip:
    given: dict[str, Any] = {
        "seller": "Harbour & Home",
        "order_number": "1001",
        "order_day": day("2025-11-04"),
        "shipment_id": "web-1001-1",
        "ship_day": day("2025-11-05"),
        "service": "Postal Service Ground",
        "sender": MEMPHIS,
        "recipient": ZOE,
        "lines": (
            SlipLine("MUG", "Mug, stoneware, sand", 4, 6),
            SlipLine("BOOK", "The Ångström Atlas, second edition", 1, 1),
            SlipLine("ROD", "Curtain rod 100 cm", 2, 2, 2),
        ),
        "packages": (SlipPackage(SERIALS.number(17), 2_780), SlipPackage(SERIALS.number(18), 2_100)),
        "later": (LaterLine("MUG", "Mug, stoneware, sand", 2, "ships from Newark on 2025-11-12"),),
        "message": "Happy birthday, Zoë! – Łukasz",
        "returns": "Send it back within 30 days: a return label is in your account, or bring it to any of our stores.",
    }
    return PackingSlip(**{**given, **changes})


def wave(n_shipments: int = 6) -> PickList:
    goods = (("MUG", "Mug, stoneware, sand", "A-03-2"), ("BOOK", "The Ångström Atlas, second edition", "B-11-1"),
             ("ROD", "Curtain rod 100 cm", "A-01-4"), ("VASE", "Vase, hand-blown, 25 cm", "C-02-1"))  # fmt: skip
    picks = tuple(
        Pick(sku, name, 1 + (n * 7 + k) % 3, f"web-{1001 + n}-1", shelf, f"T{1 + n:02d}")
        for n in range(n_shipments)
        for k, (sku, name, shelf) in enumerate(goods)
        if (n + k) % 2 == 0
    )
    return PickList("W-2025-11-05-2", "DC-MEM", "Memphis", "2025-11-05", "16:30", picks)


def manifest(n_packages: int = 5) -> Manifest:
    rows = tuple(
        ManifestRow(
            SERIALS.number(17 + n), f"web-{1001 + n // 2}-1", "Ground", "New York, NY 10001-2345, US", 900 + 340 * n
        )
        for n in range(n_packages)
    )
    return Manifest("M-2025-11-05-USPS", "DC-MEM", "Memphis", "Postal Service", "2025-11-05 17:00", rows)
