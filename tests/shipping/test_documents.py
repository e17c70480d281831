from __future__ import annotations

import itertools
import re
from collections import Counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.capture.captured import Address
from engine.errors import InvalidInput
from engine.shipping.documents.label import label_pdf
from engine.shipping.documents.label_text import LabelText
from engine.shipping.documents.manifest import manifest_pdf
from engine.shipping.documents.packing_slip import SlipLine, SlipPackage, packing_slip_pdf
from engine.shipping.documents.paper import SIZES, code_128, written
from engine.shipping.documents.pick_list import Pick, pick_list_pdf, walk
from engine.shipping.documents.zpl import HIGH, WIDE, label_zpl
from engine.shipping.numbers import SerialRange
from tests.network.sample import day
from tests.shipping.building import MEMPHIS, NOW, ZOE
from tests.shipping.papers import manifest, slip, wave
from tests.shipping.reading import barcodes_of, texts_of, zpl_labels

LONG = Address(
    "US",
    "10001-2345",
    "NY",
    "New York",
    ("The Very Long Name Building, East Wing, 20 West 34th Street", "Apartment 1200, behind the lift on the left"),
    "Maximiliana Wolfeschlegelsteinhausenbergerdorff-Łukasiewicz",
    "Ελληνική Εταιρεία Москва Trading Company",
)
PRINTABLE = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=40).filter(
    lambda text: bool(text.strip()) and text.isprintable()
)


def label(recipient: Address = ZOE, **changes: object) -> LabelText:
    given: dict[str, object] = {
        "carrier": "Postal Service",
        "service": "Ground",
        "sender": MEMPHIS,
        "recipient": recipient,
        "sscc": SerialRange().number(17),
        "reference": "web:1001",
        "ship_day": day("2025-11-05"),
        "weight_g": 2_780,
        "sides_mm": (300, 250, 200),
        "position": 1,
        "count": 2,
    }
    return LabelText(**{**given, **changes})  # type: ignore[arg-type]


def words(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_a_label_says_where_it_goes_and_its_barcode_says_which_it_is() -> None:
    pdf = label_pdf([label()], NOW)
    (text,) = texts_of(pdf)
    for part in (
        "Zoë Łukasiewicz",
        "20 W 34th St",
        "NEW YORK, NY 10001-2345",
        "Ground",
        "2025-11-05",
        "2.78 kg",
        "1 of 2",
    ):
        assert part in text
    assert barcodes_of(pdf) == [[f"]C1(00){SerialRange().number(17)}"]]


@given(st.integers(0, SerialRange().size - 1))
@settings(max_examples=12, deadline=None)
def test_every_number_is_read_from_a_cheap_printers_dots(serial: int) -> None:
    sscc = SerialRange().number(serial)
    assert barcodes_of(label_pdf([label(sscc=sscc)], NOW)) == [[f"]C1(00){sscc}"]]


def test_a_long_address_is_set_smaller_and_whole() -> None:
    (text,) = texts_of(label_pdf([label(LONG)], NOW))
    for part in (LONG.name, LONG.company, *LONG.street, "10001-2345"):
        assert words(part) in words(text)


def test_a_return_says_so_in_both_forms() -> None:
    back = label(MEMPHIS, sender=ZOE, returning=True)
    assert "RETURN" in texts_of(label_pdf([back], NOW))[0]
    assert "RETURN" in [field.text for field in zpl_labels(label_zpl([back]))[0]]


def test_zpl_says_what_the_pdf_says() -> None:
    (fields,) = zpl_labels(label_zpl([label()]))
    texts = [field.text for field in fields]
    for part in (
        "Zoë Łukasiewicz",
        "20 W 34th St",
        "NEW YORK, NY 10001-2345",
        "Ground",
        "2025-11-05",
        "2.78 kg",
        "1 of 2",
    ):
        assert part in texts
    (bars,) = [field for field in fields if field.barcode]
    assert bars.barcode == f"]C100{SerialRange().number(17)}"
    assert bars.height >= 32 * 8  # 32 mm
    modules = 11 * 13 + 13
    assert bars.x >= 10 * bars.module
    assert bars.x + modules * bars.module <= WIDE - 10 * bars.module


@given(PRINTABLE, PRINTABLE)
@example("^XZ^XA^FO0,0^FDforged^FS", "~JR_5E\\&")
@settings(max_examples=60, deadline=None)
def test_nothing_a_customer_types_steers_the_printer(name: str, street: str) -> None:
    labels = zpl_labels(label_zpl([label(Address("US", "10001", "NY", "New York", (street,), name))]))
    assert len(labels) == 1
    plain = zpl_labels(label_zpl([label(Address("US", "10001", "NY", "New York", ("s",), "n"))]))
    assert len(labels[0]) == len(plain[0])
    assert all(0 <= field.x < WIDE and 0 <= field.y < HIGH for field in labels[0])


@given(PRINTABLE)
@example("Zoë Łukasiewicz")
@example("山田太郎 🎁 שרה")
@settings(max_examples=80, deadline=None)
def test_no_letter_is_left_to_an_empty_box(name: str) -> None:
    assert written(written(name)) == written(name)


def test_names_of_many_scripts_can_be_read() -> None:
    assert written("Ångström Łódź Ελλάδα Москва") == "Ångström Łódź Ελλάδα Москва"
    assert written("山田") == "ShanTian"
    assert written("A\u030angström") == "Ångström"


def test_a_packing_slip_lists_what_is_here_and_what_follows() -> None:
    pdf = packing_slip_pdf(slip(), NOW)
    (text,) = texts_of(pdf)
    for part in (
        "4 of 6",
        "The Ångström Atlas, second edition",
        "To follow",
        "Happy birthday, Zoë! – Łukasz",
        "7 units in all",
    ):
        assert part in text
    assert barcodes_of(pdf) == [["]C0web-1001-1"]]


@pytest.mark.parametrize("page", ["A4", "LETTER"])
def test_many_lines_run_over_pages_with_the_heading_on_each(page: str) -> None:
    lines = tuple(SlipLine(f"SKU-{n:04d}", "A name long enough to be broken " * (1 + n % 3), 1, 1) for n in range(200))
    texts = texts_of(packing_slip_pdf(slip(lines=lines, later=()), NOW, page))  # type: ignore[arg-type]
    assert len(texts) > 4
    for n, text in enumerate(texts, 1):
        assert f"Page {n} of {len(texts)}" in text
    full = [text for text in texts if "SKU-" in text]
    assert all("SKU" in text.replace("SKU-", "") for text in full)
    found = list(itertools.chain.from_iterable(re.findall(r"SKU-\d{4}", text) for text in texts))
    assert found == [line.sku for line in lines]


def test_texts_of_any_length_leave_a_paper_that_can_be_printed() -> None:
    endless = "very " * 2_000
    lines = (SlipLine("S" * 3_000, endless, 1, 1),)
    text = "".join(texts_of(packing_slip_pdf(slip(lines=lines, message="\n".join(["x"] * 500), returns=endless), NOW)))
    assert "Page 1 of" in text
    picks = tuple(Pick("MUG", endless, 1, f"web-{n:05d}-1", "A-1", f"T{n:04d}") for n in range(500))
    sheet = wave()
    pages = texts_of(pick_list_pdf(type(sheet)("W", "N", endless, sheet.day, sheet.cutoff, picks), NOW))
    assert set(re.findall(r"T\d{4}", " ".join(pages))) == {pick.tote for pick in picks}


def test_the_same_paper_has_the_same_bytes() -> None:
    assert packing_slip_pdf(slip(), NOW) == packing_slip_pdf(slip(), NOW)
    assert packing_slip_pdf(slip(), NOW + 1) != packing_slip_pdf(slip(), NOW)


def test_a_wave_is_one_walk_along_the_shelves() -> None:
    walked = list(walk(wave(20).picks))
    assert [(shelf, sku) for shelf, sku, _, _ in walked] == sorted((shelf, sku) for shelf, sku, _, _ in walked)
    assert Counter(pick for *_, picks in walked for pick in picks) == Counter(wave(20).picks)


def test_a_pick_list_adds_up_each_sku_and_says_for_whom() -> None:
    picks = (Pick("MUG", "Mug", 2, "S-1", "A-1", "T01"), Pick("MUG", "Mug", 3, "S-2", "A-1"))
    sheet = wave()
    pdf = pick_list_pdf(type(sheet)(sheet.wave_id, sheet.node_id, sheet.node_name, sheet.day, sheet.cutoff, picks), NOW)
    (text,) = texts_of(pdf)
    assert "A-1 MUG Mug 5 3 × S-2, 2 × T01" in " ".join(text.split())
    assert barcodes_of(pdf) == [[f"]C0{sheet.wave_id}"]]


def test_a_manifest_counts_what_it_lists() -> None:
    many = manifest(120)
    texts = texts_of(manifest_pdf(many, NOW))
    assert len(texts) > 2
    assert [number for text in texts for number in re.findall(r"\b09521234\d{10}\b|\b0952\d{14}\b", text)] == sorted(
        row.tracking_number for row in many.rows
    )
    assert "120" in texts[0]
    assert f"{sum(row.weight_g for row in many.rows) / 1000:.2f} kg" in texts[0]
    assert "signature" in texts[-1]


def test_a_package_stands_on_a_manifest_once() -> None:
    rows = manifest(2).rows
    with pytest.raises(InvalidInput, match="tracking_number"):
        type(manifest())("M", "N", "n", "c", "d", (rows[0], rows[0]))


def test_a_line_lies_in_a_package_that_there_is() -> None:
    with pytest.raises(InvalidInput, match=r"lines\.package"):
        slip(lines=(SlipLine("MUG", "Mug", 1, 1, 2),), packages=(SlipPackage("", 400),))


def test_an_identifier_that_no_scanner_could_read_is_refused() -> None:
    with pytest.raises(InvalidInput, match="barcode"):
        code_128("Größe")


def test_paper_is_what_printers_have() -> None:
    assert SIZES == {"A4": (210.0, 297.0), "LETTER": (215.9, 279.4)}
