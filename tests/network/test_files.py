"""A network directory is read whole, exactly, and written so that it reads back."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from engine.errors import NetworkFaults
from engine.network.carriers import ServiceLevel
from engine.network.files import check, load_network, load_stock, read_units, write_network
from engine.network.network import StockRow
from engine.network.policy import Objective
from tests.networks import EU


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A copy of the eu network to break."""
    return shutil.copytree(EU, tmp_path / "eu")


def faults_of(directory: Path) -> set[tuple[str, int, str]]:
    return {(fault.file, fault.row, fault.column) for fault in check(directory)}


def edit(directory: Path, file: str, old: str, new: str) -> None:
    text = (directory / file).read_text(encoding="utf-8")
    assert old in text
    (directory / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_figures_are_exact_in_the_engines_units() -> None:
    network = load_network(EU)
    ground, _, courier = network.services
    assert ground.rate_card is not None
    assert ground.rate_card.prices[0] == (3_490_000, 4_150_000, 8_900_000)
    assert ground.rate_card.max_weight_g[-1] == 31_500
    assert ground.dim_divisor_mm3_per_kg == 5_000_000
    assert ground.dim_threshold_mm3 == 30_000_000
    assert ground.fuel_bp == 650
    assert (courier.price_per_km, courier.radius_m) == (650_000, 25_000)
    assert network.transfer_lanes[1].per_kg == 150_000
    assert network.nodes[2].reject_rate_ppm == 40_000
    assert network.nodes[4].lead_time_s == 86_400
    assert network.cutoffs["dc-berlin", "kranich", ServiceLevel.GROUND] == (*[1_110] * 5, 720, None)
    assert network.carriers[0].zone_matrix["14"]["1010"] == 3
    assert network.policy.objective is Objective.COST
    assert network.policy.late_penalty_per_day == 4_000_000
    assert network.policy.promises[ServiceLevel.OVERNIGHT].days == 1, "a level the file leaves out keeps its default"
    assert load_stock(EU, network)[0] == StockRow("dc-berlin", "KETTLE-17", 40, 4, None)


def test_other_units_are_rounded_half_up_to_the_engines(directory: Path) -> None:
    edit(directory, "policy.toml", 'weight = "kg"\nlength = "cm"\ndistance = "km"', "")
    edit(directory, "policy.toml", "[units]", '[units]\nweight = "lb"\nlength = "in"\ndistance = "mi"')
    network = load_network(directory)
    kettle = network.items[0]
    assert (kettle.weight_g, kettle.length_mm) == (612, 610)  # 1.35 lb = 612.35 g, 24 in = 609.6 mm
    assert network.services[2].price_per_km == 403_891  # 0.65 a mile
    assert network.services[2].radius_m == 40_234
    assert network.services[0].dim_divisor_mm3_per_kg == 180_636_460  # 5000 in³ a pound
    assert str(read_units(directory).metres) == "201168/125"


def test_a_written_network_reads_back_the_same(tmp_path: Path) -> None:
    network = load_network(EU)
    stock = load_stock(EU, network)
    write_network(network, stock, tmp_path / "again")
    assert check(tmp_path / "again") == ()
    assert load_network(tmp_path / "again") == network
    assert load_stock(tmp_path / "again", network) == stock


def test_a_spreadsheets_byte_order_mark_blank_rows_and_spaces_are_passed_over(directory: Path) -> None:
    text = (directory / "carriers.csv").read_text(encoding="utf-8")
    (directory / "carriers.csv").write_text("\ufeff" + text.replace("kranich,", " kranich , ") + ",\n\n", "utf-8")
    assert load_network(directory) == load_network(EU)


def test_optional_files_may_be_missing(directory: Path) -> None:
    for file in ("zones.csv", "cutoffs.csv"):
        (directory / file).unlink()
    assert check(directory) == ()
    assert load_network(directory).cutoffs == {}


@pytest.mark.parametrize("file", [path.name for path in sorted(EU.glob("*.csv")) if path.name != "orders.csv"])
def test_an_empty_file_is_one_fault_of_its_own(directory: Path, file: str) -> None:
    (directory / file).write_text("")
    assert (file, 1, "") in faults_of(directory)


@pytest.mark.parametrize("file", ["nodes.csv", "items.csv", "services.csv", "rates.csv", "stock.csv", "places.csv"])
def test_a_missing_file_is_one_fault_and_brings_no_others(directory: Path, file: str) -> None:
    (directory / file).unlink()
    assert faults_of(directory) == {(file, 0, "")}


def test_a_missing_policy_is_a_fault_and_the_rest_is_still_checked(directory: Path) -> None:
    (directory / "policy.toml").unlink()
    edit(directory, "stock.csv", "dc-berlin,LAMP-OAK,12", "dc-berlin,LAMP-OAK,-12")
    assert faults_of(directory) == {("policy.toml", 0, ""), ("stock.csv", 3, "on_hand")}


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ('name = "eu"', "name = eu", ""),
        ('name = "eu"\n', "", "name"),
        ('"EUR"', '"euro"', "currency"),
        ("[units]", "[unit]", "unit"),
        ('"cm"', '"yd"', "units.length"),
        ('"cost"', '"speed"', "objective.order"),
        ("80\n", "-80\n", "objective.backorder_cost_per_unit"),
        ("true", "1", "objective.late_allowed"),
        ("7.50", "1e999999999", "objective.reject_cost"),
        ("7.50", "9" * 6_000, ""),
        ("7.50", "nan", "objective.reject_cost"),
        ("= 0.8\n", "= 1.01\n", "routing.package_fill"),
        ("= 10\n", "= [10]\n", "routing.quote_minutes"),
        ("[promises.GROUND]", "[promises.PICKUP]", "promises.PICKUP"),
        ('"16:00"', '"16 h"', "promises.GROUND.cutoff"),
    ],
)
def test_a_policy_fault_is_named_by_its_key(directory: Path, old: str, new: str, column: str) -> None:
    edit(directory, "policy.toml", old, new)
    assert faults_of(directory) == {("policy.toml", 0, column)}


def test_a_policy_not_in_utf8_is_named_by_its_row(directory: Path) -> None:
    data = (directory / "policy.toml").read_bytes().replace(b'"EUR"', b'"\xa4"')
    (directory / "policy.toml").write_bytes(data)
    assert faults_of(directory) == {("policy.toml", 2, "")}


def test_a_broken_quote_ends_a_file_and_hides_no_fault_elsewhere(directory: Path) -> None:
    edit(directory, "items.csv", '"Bergkäse, 400 g"', '"Bergkäse" 400 g')
    edit(directory, "cartons.csv", "0.28", "0,28")
    assert faults_of(directory) == {("items.csv", 4, ""), ("cartons.csv", 2, "")}


def test_a_key_that_does_not_read_leaves_references_to_its_file_unjudged(directory: Path) -> None:
    edit(directory, "services.csv", "kranich,TWO_DAY", "kranich,TWODAY")
    assert faults_of(directory) == {("services.csv", 3, "level")}


def test_prices_may_fall_to_nothing_as_weight_grows(directory: Path) -> None:
    edit(directory, "rates.csv", "13.40,17.25,", "0,0,")
    assert check(directory) == ()


@pytest.mark.parametrize("file", ["rates.csv", "zone_distances.csv", "service_zones.csv"])
def test_a_service_needs_its_card_and_zones(directory: Path, file: str) -> None:
    """Each file without a row leaves services.csv the one to blame, save where the matrix gives the zones."""
    path = directory / file
    path.write_text(path.read_text().splitlines()[0] + "\n")
    expected: dict[str, set[tuple[str, int, str]]] = {
        "rates.csv": {("services.csv", row, "pricing") for row in (2, 3)},
        "zone_distances.csv": set(),
        "service_zones.csv": {("services.csv", row, "level") for row in (2, 3, 4)},
    }
    assert faults_of(directory) == expected[file]


def test_load_network_leaves_the_stock_to_load_stock(directory: Path) -> None:
    edit(directory, "stock.csv", "vendor-lisbon,MUG-BLUE", "vendor-porto,MUG-BLUE")
    network = load_network(directory)
    with pytest.raises(NetworkFaults) as raised:
        load_stock(directory, network)
    (fault,) = raised.value.network_faults
    assert (fault.file, fault.row, fault.column, fault.value) == ("stock.csv", 19, "node_id", "vendor-porto")
    assert fault.expected == "a node_id of nodes.csv"


def test_one_wrong_row_among_many_is_found(directory: Path) -> None:
    network = load_network(directory)
    skus = [item.sku for item in network.items]
    with (directory / "stock.csv").open("a", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerows(
            ("store-vienna", skus[row % 9], "1x" if row == 20_000 else row, "", "") for row in range(40_000)
        )
    faults = check(directory)
    assert ("stock.csv", 20_021, "on_hand") in {(fault.file, fault.row, fault.column) for fault in faults}
    assert {fault.column for fault in faults} == {"on_hand", "sku"}, "the rest repeats a node and SKU"
