"""Orders are read from CSV and JSON alike, and every fault of a file is named at once."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import NetworkFaults
from engine.network.carriers import ServiceLevel
from engine.network.nodes import NodeType
from engine.network.policy import Divide
from engine.routing.order import Destination, Fulfilment, Line, Order, PickupAt
from engine.routing.order_files import read_orders, write_orders
from tests.network.networks import ID, LEVELS
from tests.networks import EU

HEADER = (
    "order_id,order_time,country,postal_code,pickup_node,pickup_radius,max_shipments,line_id,sku,units,fulfilment\n"
)
NOON = "2026-03-02T12:00:00Z"
FORMATS = ("csv", "json", "jsonl", "csv.gz", "jsonl.gz")


def faults_in(path: Path) -> set[tuple[int, str, str]]:
    with pytest.raises(NetworkFaults) as raised:
        read_orders(path)
    assert {fault.file for fault in raised.value.network_faults} == {path.name}
    return {(fault.row, fault.column, fault.value) for fault in raised.value.network_faults}


def faults_of_rows(tmp_path: Path, *rows: str) -> set[tuple[int, str, str]]:
    path = tmp_path / "orders.csv"
    path.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    return faults_in(path)


def faults_of_json(tmp_path: Path, document: object) -> set[tuple[int, str, str]]:
    path = tmp_path / "orders.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return faults_in(path)


def test_an_orders_own_columns_are_read_from_its_first_row() -> None:
    orders = {order.order_id: order for order in read_orders(EU / "orders.csv")}
    assert len(orders) == 8
    assert orders["EU-1004"] == Order(
        "EU-1004",
        1_774_981_200,
        (Line("a", "LAMP-OAK", 1, Fulfilment.PICKUP), Line("b", "PLATE-SET", 1)),
        Destination("AT", "1010"),
        pickup=PickupAt("store-vienna"),
        pickup_by=1_775_664_000,
    )
    assert orders["EU-1005"].only_node_types == {NodeType.VENDOR}
    assert (orders["EU-1005"].late_allowed, orders["EU-1005"].partial) == (True, False)
    assert orders["EU-1006"].only_nodes == {"dc-berlin", "store-hamburg"}
    assert orders["EU-1007"].divide is Divide.FREELY
    assert [line.line_id for line in orders["EU-1007"].lines] == ["1", "2"]
    assert orders["EU-1008"].pickup == PickupAt(radius_m=8_500)


def test_a_radius_is_in_the_unit_of_the_network() -> None:
    in_miles = read_orders(EU / "orders.csv", Fraction("1609.344"))
    assert in_miles[-1].pickup == PickupAt(radius_m=13_679)


def test_json_has_numbers_booleans_lists_and_one_order_alone(tmp_path: Path) -> None:
    path = tmp_path / "order.json"
    line = {"sku": "A", "units": 2, "fulfilment": "pickup"}
    order = {"order_id": "J", "order_time": NOON, "vip": True, "only_nodes": ["a", "b"], "pickup_radius": 2.5}
    path.write_text(json.dumps({**order, "country": "DE", "postal_code": "10115", "lines": [line], "divide": None}))
    (read,) = read_orders(path)
    assert read.lines == (Line("1", "A", 2, Fulfilment.PICKUP),)
    assert read.vip
    assert read.only_nodes == {"a", "b"}
    assert read.pickup == PickupAt(radius_m=2_500)


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_reads_back_what_was_written(tmp_path: Path, kind: str) -> None:
    orders = read_orders(EU / "orders.csv")
    write_orders(orders, tmp_path / f"orders.{kind}")
    assert read_orders(tmp_path / f"orders.{kind}") == orders


def test_every_fault_of_a_csv_is_named_at_its_row_and_column(tmp_path: Path) -> None:
    assert faults_of_rows(
        tmp_path,
        f"A,{NOON},DE,10115,,,,,SKU,0,",
        "B,2026-03-02 12:00,DE,10115,,,,,SKU,1,",
        f"C,{NOON},Germany,,,,,,SKU,1000001,",
        f"D,{NOON},,,,,,,SKU,1,PICKUP",
        f"E,{NOON},,,store,4,,,SKU,1,PICKUP",
        f"F,{NOON},DE,10115,,,-1,,,1,TAKE",
        f"G,{NOON},DE,10115,,,,x,SKU,1,",
        f"G,{NOON},AT,10115,,,,x,SKU,1,",
        f"A,{NOON},DE,10115,,,,,SKU,1,",
        "H,,DE,10115,,,,,SKU,1,",
        f"I,{NOON},DE,10115,,,,,SKU",
    ) == {
        (2, "units", "0"),
        (3, "order_time", "2026-03-02 12:00"),
        (4, "country", "Germany"),
        (4, "postal_code", ""),
        (4, "units", "1000001"),
        (5, "pickup_node", ""),
        (6, "country", ""),
        (6, "postal_code", ""),
        (6, "pickup_radius", "4"),
        (7, "max_shipments", "-1"),
        (7, "sku", ""),
        (7, "fulfilment", "TAKE"),
        (9, "country", "AT"),
        (9, "line_id", "x"),
        (10, "order_id", "A"),
        (11, "order_time", ""),
        (12, "", "9 cells"),
    }


def test_every_fault_of_a_json_is_named_by_order_and_line(tmp_path: Path) -> None:
    good = {"order_id": "A", "order_time": NOON, "country": "DE", "postal_code": "10115"}
    line = {"sku": "S", "units": 1}
    assert faults_of_json(
        tmp_path,
        [
            {**good, "lines": [{"sku": "S", "units": 1.5}, {"sku": "S", "units": True}, {"units": 3, "color": "red"}]},
            {**good, "order_id": "B", "lines": []},
            7,
            {**good, "lines": [line]},
            {**good, "order_id": "C", "express": True, "vip": {"a": 1}, "lines": [line]},
            {"order_id": "D", "lines": [line, 3]},
        ],
    ) == {
        (1, "lines[0].units", "1.5"),
        (1, "lines[1].units", "yes"),
        (1, "lines[2].sku", ""),
        (1, "lines[2].color", "red"),
        (2, "lines", "[]"),
        (3, "", "7"),
        (4, "order_id", "A"),
        (5, "express", "True"),
        (5, "vip", "{'a': 1}"),
        (6, "order_time", ""),
        (6, "country", ""),
        (6, "postal_code", ""),
        (6, "lines[1].sku", "3"),
        (6, "lines[1].units", ""),
    }


def test_two_json_orders_of_one_name_are_not_one_order(tmp_path: Path) -> None:
    order = {
        "order_id": "A",
        "order_time": NOON,
        "country": "DE",
        "postal_code": "1",
        "lines": [{"sku": "S", "units": 1}],
    }
    assert faults_of_json(tmp_path, [order, order]) == {(2, "order_id", "A")}


def test_a_broken_line_of_a_jsonl_is_named_by_its_number(tmp_path: Path) -> None:
    path = tmp_path / "orders.jsonl"
    path.write_bytes(b'{"order_id": "A"\n\n[1]\n\xff\n')
    assert {(row, column) for row, column, _ in faults_in(path)} == {(1, ""), (3, ""), (4, "")}


@pytest.mark.parametrize("units", ["1e999999999", "1e-999999999", "9" * 40, "9" * 6_000])
def test_a_number_of_absurd_size_is_a_fault_and_no_more(tmp_path: Path, units: str) -> None:
    order = f'{{"order_id": "A", "order_time": "{NOON}", "country": "DE", "postal_code": "1"'
    found = faults_of_json(tmp_path, f'{order}, "lines": [{{"sku": "S", "units": {units}}}]}}')
    assert len(found) == 1


@pytest.mark.parametrize("text", ["", "{", "[1, 2"])
def test_what_is_no_json_is_one_fault(tmp_path: Path, text: str) -> None:
    assert len(faults_of_json(tmp_path, text)) == 1


def test_more_than_a_thousand_lines_are_a_fault_of_the_line_too_many(tmp_path: Path) -> None:
    rows = [f"A,{NOON},DE,10115,,,,,SKU,1,"] * 1_002
    assert faults_of_rows(tmp_path, *rows) == {(1_002, "sku", "SKU")}


@pytest.mark.parametrize("name", ["orders.xlsx", "orders", "orders.gz"])
def test_another_format_is_refused_by_its_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("")
    assert len(faults_in(tmp_path / name)) == 1


@pytest.mark.parametrize("name", ["none.csv", "none.json", "none.jsonl.gz"])
def test_a_missing_file_is_a_fault(tmp_path: Path, name: str) -> None:
    assert faults_in(tmp_path / name) == {(0, "", "")}


INSTANT = st.integers(0, 4_000_000_000)
LINES = st.lists(
    st.builds(Line, ID, ID, st.integers(1, 1_000_000), st.sampled_from(Fulfilment)),
    min_size=1,
    max_size=4,
    unique_by=lambda line: line.line_id,
).map(tuple)
ORDERS = st.builds(
    Order,
    order_id=ID,
    order_time=INSTANT,
    lines=LINES,
    destination=st.builds(Destination, st.sampled_from(("DE", "US")), ID, st.booleans()),
    channel=ID,
    service_level=st.sampled_from(LEVELS),
    exact_service=st.booleans(),
    deliver_by=st.none() | INSTANT,
    pickup=st.builds(PickupAt, node_id=ID) | st.builds(PickupAt, radius_m=st.integers(1, 10**6)),
    pickup_by=st.none() | INSTANT,
    late_allowed=st.none() | st.booleans(),
    partial=st.none() | st.booleans(),
    divide=st.none() | st.sampled_from(Divide),
    max_shipments=st.integers(0, 1_000),
    only_nodes=st.frozensets(ID, max_size=2),
    not_nodes=st.frozensets(ID, max_size=2),
    only_node_types=st.frozensets(st.sampled_from(NodeType)),
    not_node_types=st.frozensets(st.sampled_from(NodeType)),
    vip=st.booleans(),
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(st.lists(ORDERS, min_size=1, max_size=4, unique_by=lambda order: order.order_id), st.sampled_from(FORMATS))
def test_whatever_orders_are_written_the_same_are_read(tmp_path: Path, orders: list[Order], kind: str) -> None:
    path = tmp_path / f"orders.{kind}"
    write_orders(orders, path)
    assert read_orders(path) == tuple(orders)


def test_a_levels_name_for_pickup_is_no_level_for_shipped_lines(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    header = "order_id,order_time,country,postal_code,service_level,sku,units\n"
    path.write_text(header + f"A,{NOON},DE,1,{ServiceLevel.PICKUP.name},S,1\n")
    assert faults_in(path) == {(2, "service_level", "PICKUP")}
