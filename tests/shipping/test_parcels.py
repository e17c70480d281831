from __future__ import annotations

import pytest

from engine.errors import InvalidInput
from engine.network.cost import CostModel
from engine.routing.route import Content, Package
from engine.shipping.book import MemoryBook
from engine.shipping.carrier import LabelFormat, Parcel
from engine.shipping.local import LocalCarrier
from engine.shipping.parcels import parcels_of
from tests.network.sample import SAMPLE
from tests.shipping.building import NOW, consignment
from tests.shipping.reading import texts_of

MUGS = Package("S", 200, 150, 100, 1_280, 1_280, (Content("1", "MUG", 3), Content("2", "BOOK", 1)))


def test_a_shipments_packages_are_handed_over_as_they_were_packed() -> None:
    assert parcels_of((MUGS,)) == (Parcel(200, 150, 100, 1_280, "3 × MUG, 1 × BOOK"),)
    assert parcels_of((MUGS,), {"MUG": "Mug, sand"})[0].contents == "3 × Mug, sand, 1 × BOOK"
    many = Package("S", 200, 150, 100, 1_280, 1_280, tuple(Content(str(n), f"SKU-{n}", 1) for n in range(40)))
    assert len(parcels_of((many,))[0].contents) == 60


async def test_a_label_says_what_is_in_its_package() -> None:
    sent = consignment(parcels=parcels_of((MUGS,), {"MUG": "Mug"}))
    local = LocalCarrier("USPS", CostModel(SAMPLE), MemoryBook())
    await local.label(sent, NOW)
    pdf = (await local.bought(sent.consignment_id, NOW)).file(LabelFormat.PDF)
    assert pdf is not None
    assert "3 × Mug, 1 × BOOK" in texts_of(pdf)[0]


@pytest.mark.parametrize(
    ("packages", "field"), [((), "packages"), ((Package("", 0, 0, 0, 400, 400, ()),), "length_mm")]
)
def test_goods_that_are_not_packed_have_no_label(packages: tuple[Package, ...], field: str) -> None:
    with pytest.raises(InvalidInput, match=field):
        parcels_of(packages)
