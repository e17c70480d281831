"""Every fault of a directory is reported at once, at its file, row and column, and nothing else is."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import NetworkFaults
from engine.network.documents import validate
from engine.network.files import check, load_network, load_stock
from tests.networks import EU

CELLS = (
    ("nodes.csv", 2, "time_zone", "Europe/Atlantis"),
    ("nodes.csv", 2, "daily_order_capacity", "many"),
    ("nodes.csv", 3, "latitude", "123"),
    ("nodes.csv", 4, "open_hours", "Mon-Fri 18:00-09:00"),
    ("nodes.csv", 5, "reject_rate", "1.2"),
    ("nodes.csv", 5, "cold", "perhaps"),
    ("nodes.csv", 6, "holidays", "es"),
    ("items.csv", 2, "weight", "0"),
    ("items.csv", 3, "flags", "FRAGILE"),
    ("items.csv", 5, "unit_value", "8.4912345"),
    ("items.csv", 6, "length", "1e2"),
    ("cartons.csv", 3, "cost", "0,49"),
    ("services.csv", 3, "oversize_length", ""),
    ("services.csv", 4, "radius", ""),
    ("services.csv", 4, "duration_minutes", "0"),
    ("service_zones.csv", 2, "transit_days", "soon"),
    ("rates.csv", 4, "zone_1", ""),
    ("rates.csv", 8, "carrier_id", "gans"),
    ("zone_distances.csv", 2, "zone", "one"),
    ("zones.csv", 3, "carrier_id", "gans"),
    ("cutoffs.csv", 2, "node_id", "dc-bonn"),
    ("cutoffs.csv", 3, "cutoffs", "Mon 25:00"),
    ("zones.csv", 5, "destination_prefix", "sw1 a"),
    ("transfer_lanes.csv", 3, "destination", "vendor-lisbon"),
    ("holidays.csv", 2, "date", "2026-02-30"),
    ("stock.csv", 2, "on_hand", "-3"),
    ("stock.csv", 3, "sku", "NOPE"),
    ("stock.csv", 4, "node_id", "dc-nowhere"),
)
ROWS = (
    ("items.csv", ["KETTLE-17", "", "1", "1", "1", "1", "", ""], (11, "sku")),
    ("services.csv", ["kranich", "OVERNIGHT", "", "RATE_CARD", "daily 12:00", *[""] * 18], (5, "pricing")),
    ("services.csv", None, (5, "level")),
    ("transfer_lanes.csv", ["dc-bonn", "*", "1", "1", "1", "daily 12:00", "", ""], (4, "origin")),
    ("transfer_lanes.csv", ["VENDOR", "*", "1", "1", "1", "daily 12:00", "", ""], (5, "origin")),
    ("transfer_lanes.csv", ["dc-berlin", "store-vienna", "1", "1", "1", "daily 12:00", "500", ""], (6, "max_distance")),
    ("stock.csv", ["dc-berlin", "MUG-BLUE", "1"], (21, "")),
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return shutil.copytree(EU, tmp_path / "copy")


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    directory = shutil.copytree(EU, tmp_path / "faulty")
    for file in {file for file, *_ in (*CELLS, *ROWS)}:
        with (directory / file).open(encoding="utf-8", newline="") as stream:
            rows = list(csv.reader(stream))
        for _, row, column, value in (cell for cell in CELLS if cell[0] == file):
            rows[row - 1][rows[0].index(column)] = value
        rows += [cells for name, cells, _ in ROWS if name == file and cells]
        with (directory / file).open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(rows)
    for file, old, new in (
        ("cartons.csv", b"\nS,", b"\nS\xff,"),
        ("places.csv", b"latitude", b"lat"),
        ("policy.toml", b'"cost"', b'"fastest"'),
        ("policy.toml", b"divide =", b"boxes ="),
    ):
        data = (directory / file).read_bytes()
        assert old in data
        (directory / file).write_bytes(data.replace(old, new, 1))
    return directory


def test_every_planted_fault_is_found_in_its_place_and_no_others(faulty: Path) -> None:
    planted = {(file, row, column) for file, row, column, _ in CELLS}
    planted |= {(file, row, column) for file, _, (row, column) in ROWS}
    planted |= {
        ("cartons.csv", 2, "carton_id"),
        ("places.csv", 1, "lat"),
        ("places.csv", 1, "latitude"),
        ("policy.toml", 0, "objective.order"),
        ("policy.toml", 0, "routing.boxes"),
    }
    found = check(faulty)
    assert {(fault.file, fault.row, fault.column) for fault in found} == planted
    assert len(found) == len(planted) >= 35
    assert all(fault.expected for fault in found)


def test_each_fault_shows_the_value_that_was_given(faulty: Path) -> None:
    shown = {(fault.file, fault.row, fault.column): fault.value for fault in check(faulty)}
    for file, row, column, value in CELLS:
        assert shown[file, row, column] == value
    assert shown["cartons.csv", 2, "carton_id"] == "S\N{REPLACEMENT CHARACTER}"


def test_loading_raises_them_all_but_the_stocks(faulty: Path) -> None:
    with pytest.raises(NetworkFaults) as raised:
        load_network(faulty)
    assert raised.value.network_faults == tuple(fault for fault in check(faulty) if fault.file != "stock.csv")


def test_a_level_that_nothing_carries_is_a_fault_of_the_node(tmp_path: Path) -> None:
    directory = shutil.copytree(EU, tmp_path / "eu")
    text = (directory / "nodes.csv").read_text(encoding="utf-8")
    (directory / "nodes.csv").write_text(text.replace("GROUND;PICKUP", "GROUND;OVERNIGHT;PICKUP"), encoding="utf-8")
    assert [(fault.file, fault.row, fault.column) for fault in check(directory)] == [("nodes.csv", 5, "services")]


SNIPPETS = (
    b"",
    b"\n",
    b",",
    b'"',
    b";",
    b"-1",
    b"0",
    b"none",
    b"yes",
    b"kranich",
    b"SAME_DAY",
    b"*",
    b"\xff",
    b"9e9",
    b"[",
    b"=",
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(path.name for path in EU.iterdir())), st.data())
def test_whatever_stands_in_a_file_it_is_either_loaded_or_named(copy: Path, file: str, data: st.DataObject) -> None:
    whole = (EU / file).read_bytes()
    text = whole
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = start + data.draw(st.integers(0, 12))
        text = text[:start] + data.draw(st.sampled_from(SNIPPETS)) + text[end:]
    (copy / file).write_bytes(text)
    try:
        if not check(copy):
            network = load_network(copy)
            load_stock(copy, network)
            assert validate(network) == ()
    finally:
        (copy / file).write_bytes(whole)
