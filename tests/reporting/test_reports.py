"""Reports beside a reckoning of their own, in plain loops over the same records and events."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from engine.errors import InvalidInput, NotFound
from engine.inventory.ledger import Cell, ReservationState
from engine.lifecycle.events import Event
from engine.lifecycle.states import Kind
from engine.network.carriers import ServiceLevel
from engine.network.components import Component, Reason
from engine.reporting.answer import Answer, answer
from engine.reporting.questions import QUESTIONS
from engine.reporting.tables import SCHEMAS, Rows
from engine.routing.order import Destination, Line, Order
from engine.routing.record import Record
from engine.routing.route import Content, Package, Route, RouteState, Shipment, Unfilled
from solvers.problem import Certificate, Status

DAY = 86_400
START = 1_772_323_200  # 2026-03-01
CERTIFICATE = Certificate(0, 0, Status.OPTIMAL)


def shipment(number: int, node: str, sku: str, units: int, time: int) -> Shipment:
    content = Content("1", sku, units)
    late = number % 5 == 0
    carrier = "USPS" if node != "ST-1" else ""
    level = ServiceLevel.GROUND if carrier else ServiceLevel.PICKUP
    parts = ((Component.HANDLING, 1_500_000), (Component.CARRIER, 7_000_001 + number))
    package = Package("S", 200, 150, 100, 400, 400, (content,))
    promise = None if number % 7 == 0 else time + 3 * DAY
    arrival = time + (4 if late else 2) * DAY
    cost = sum(amount for _, amount in parts)
    contents = (content,)
    return Shipment(
        node,
        carrier,
        level,
        "",
        time // DAY,
        time + 3_600,
        arrival,
        promise,
        int(late),
        contents,
        (package,),
        parts,
        cost,
    )


def record(number: int) -> Record:
    """The number-th order of three a day: split, short, whole by turns; each tenth takes the place of the one before."""
    time = START + number * DAY // 3
    sku = f"SKU-{number % 4}"
    shipments = [shipment(number, f"DC-{number % 3}", sku, 1 + number % 3, time)]
    if number % 4 == 1:
        shipments.append(shipment(number, "ST-1", "SKU-9", 2, time))
    left = (Unfilled("2", "SKU-8", 3, Reason.NO_STOCK, "none", True),) if number % 6 == 2 else ()
    amounts: Counter[Component] = Counter()
    for one in shipments:
        amounts.update(dict(one.breakdown))
    if left:
        amounts[Component.BACKORDER] = 15_000_000
    parts = tuple((part, amounts[part]) for part in Component if amounts[part])
    order = Order(f"web:{number}", time, (Line("1", sku, 1),), Destination("US", "10001"))
    route = Route(
        f"r-{number}",
        f"web:{number}",
        RouteState.RESERVED,
        tuple(shipments),
        left,
        parts,
        sum(amounts.values()),
        "USD",
        time,
        time + 900,
        1,
        0,
        CERTIFICATE,
    )
    replaces = f"r-{number - 1}" if number % 10 == 9 else ""
    return Record(order, (), (), (), replaces, "exact", 0, (), b"", 1, 50, route)


RECORDS = [record(number) for number in range(60)]
STATES = {one.route.route_id: ReservationState.CONFIRMED for one in RECORDS} | {
    "r-5": ReservationState.RELEASED,
    "r-7": ReservationState.REPLACED,
}  # r-7 became allocations


def happened(
    kind: Kind, subject_id: str, order_id: str, before: str, after: str, time: int, reason: str = "", **more: Any
) -> Event:
    return Event(kind, subject_id, order_id, before, after, "tester", time, reason, **more)


def events() -> list[Event]:
    told = []
    for one in RECORDS:
        for n, sent in enumerate(one.route.shipments):
            key = (Kind.SHIPMENT, f"{one.route.order_id}-{n}", one.route.order_id)
            at, where = one.route.decision_time, {"node_id": sent.node_id}
            begun = {
                "route_id": one.route.route_id,
                "carrier_id": sent.carrier_id,
                "level": sent.level.value,
                "ship_time": sent.ship_time,
            }
            told.append(happened(*key, "", "PLANNED", at, data={**where, **begun}))
            told.append(happened(*key, "PLANNED", "RELEASED", at + 600, data=where))
            if sent.cost % 11 == 0:
                told.append(happened(*key, "RELEASED", "REJECTED", at + 4_000, "not found", data=where))
                continue
            for before, after, later in (
                ("RELEASED", "ACCEPTED", 1_800 + sent.cost % 900),
                ("ACCEPTED", "PICKED", 7_200),
                ("PICKED", "PACKED", 9_000),
                ("PACKED", "SHIPPED", 14_400),
            ):
                told.append(happened(*key, before, after, at + later, data=where))
            told.append(happened(*key, "SHIPPED", "DELIVERED", sent.arrival_time, data=where))
        number = int(one.route.order_id.split(":")[1])
        if number % 12 == 3:
            reason = "too small" if number % 24 == 3 else "damaged"
            back = (Kind.RETURN, f"back-{number}", one.route.order_id)
            told.append(happened(*back, "", "AUTHORISED", one.route.decision_time + 6 * DAY, reason))
    return sorted(told, key=lambda event: event.time)


EVENTS = events()
CELLS = [
    Cell("SKU-0", "DC-0", 40, 2, 0, 0),
    Cell("SKU-7", "DC-0", 10, 0, 0, 0),
    Cell("SKU-1", "DC-1", 5, 0, 0, 0),
    Cell("SKU-2", "DC-1", 0, 0, 0, 0),
]
END = START + 20 * DAY


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = Rows()
    for one in RECORDS:
        rows.add_record(one, STATES[one.route.route_id])
    for number, event in enumerate(EVENTS):
        rows.add_event(f"{number}-0", event)
    rows.add_stock(CELLS, END)
    directory = tmp_path_factory.mktemp("export's")
    assert rows.write(directory)["decisions"] == 60
    return directory


def final() -> list[Record]:
    replaced = {one.replaces for one in RECORDS}
    return [one for one in RECORDS if one.route.route_id not in replaced | {"r-5"}]


def by(found: Answer, *keys: str) -> dict[Any, dict[str, Any]]:
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    keyed = {(tuple(row[key] for key in keys) if len(keys) > 1 else row[keys[0]]): row for row in rows}
    assert len(keyed) == len(rows)
    return keyed


def test_best_sellers_count_what_was_ordered_filled_or_not(export: Path) -> None:
    units: Counter[str] = Counter()
    for one in final():
        for sent in one.route.shipments:
            units.update({content.sku: content.units for content in sent.contents})
        units.update({line.sku: line.units for line in one.route.unfilled})
    found = answer("best-sellers", export)
    assert {sku: row["units"] for sku, row in by(found, "sku").items()} == dict(units)
    assert [row[1] for row in found.rows] == sorted(units.values(), reverse=True)
    assert by(found, "sku")["SKU-8"]["filled"] is None or by(found, "sku")["SKU-8"]["filled"] == 0


def test_fill_and_split_rates_are_those_of_each_day(export: Path) -> None:
    days: dict[str, list[Record]] = defaultdict(list)
    for one in final():
        days[f"2026-03-{1 + (one.route.decision_time - START) // DAY:02d}"].append(one)
    filled, split = by(answer("fill-rate", export), "day"), by(answer("split-rate", export), "day")
    assert list(filled) == list(split) == sorted(days)
    for day, records in days.items():
        left = sum(line.units for one in records for line in one.route.unfilled)
        sent = sum(content.units for one in records for each in one.route.shipments for content in each.contents)
        assert filled[day]["units_filled"] == pytest.approx(sent / (sent + left))
        assert filled[day]["orders_whole"] == sum(not one.route.unfilled for one in records) / len(records)
        assert split[day]["split"] == sum(len(one.route.shipments) > 1 for one in records) / len(records)
        assert split[day]["orders"] == len(records)


def test_the_costs_of_the_components_are_the_cost_of_the_orders(export: Path) -> None:
    found = by(answer("cost", export), "component")
    records = final()
    for part in Component:
        total = sum(dict(one.route.breakdown).get(part, 0) for one in records)
        if total:
            assert found[part.value]["total"] == pytest.approx(total / 1e6, abs=1e-9)
            assert found[part.value]["per_order"] == pytest.approx(total / 1e6 / len(records))
        else:
            assert part.value not in found
    assert sum(row["total"] for row in found.values()) == pytest.approx(sum(one.route.cost for one in records) / 1e6)
    assert sum(row["share"] for row in found.values()) == pytest.approx(1)


def test_turnaround_is_the_time_between_two_moves_of_a_shipment(export: Path) -> None:
    stays: dict[tuple[str, str], list[int]] = defaultdict(list)
    last: dict[str, int] = {}
    for event in EVENTS:
        if event.kind is Kind.SHIPMENT:
            if event.before:
                key = (event.data["node_id"], f"{event.before} to {event.after}")
                stays[key].append(event.time - last[event.subject_id])
            last[event.subject_id] = event.time
    found = by(answer("turnaround", export), "node_id", "stage")
    assert found.keys() == stays.keys()
    for key, row in found.items():
        assert row["shipments"] == len(stays[key])
        assert row["median_hours"] == pytest.approx(median(stays[key]) / 3_600)


def test_on_time_sets_what_came_beside_what_was_planned(export: Path) -> None:
    planned = [sent for one in final() for sent in one.route.shipments if sent.carrier_id and sent.promise_time]
    row = by(answer("on-time", export), "carrier_id", "level")["USPS", "GROUND"]
    assert row["planned"] == len(planned)
    assert row["planned_on_time"] == sum(not sent.late_days for sent in planned) / len(planned)
    came = {event.subject_id: event.time for event in EVENTS if event.after == "DELIVERED"}
    held = [
        came[f"{one.route.order_id}-{n}"] <= sent.promise_time
        for one in RECORDS
        for n, sent in enumerate(one.route.shipments)
        if sent.carrier_id and sent.promise_time and f"{one.route.order_id}-{n}" in came
    ]
    assert (row["arrived"], row["on_time"]) == (len(held), sum(held) / len(held))


def test_reject_rates_are_of_what_a_node_was_asked(export: Path) -> None:
    asked = Counter(event.data["node_id"] for event in EVENTS if event.after == "RELEASED")
    refused = Counter(event.data["node_id"] for event in EVENTS if event.after == "REJECTED")
    assert refused
    found = by(answer("rejects", export), "node_id")
    assert {node: row["asked"] for node, row in found.items()} == dict(asked)
    for node, row in found.items():
        assert row["rejected"] == refused[node]
        assert (row["reject_rate"] or 0) == refused[node] / asked[node]
        assert row["commonest_reason"] == ("not found" if refused[node] else None)


def test_returns_are_told_by_reason(export: Path) -> None:
    reasons = Counter(event.reason for event in EVENTS if event.kind is Kind.RETURN)
    found = by(answer("returns", export), "reason")
    assert {reason: row["returns"] for reason, row in found.items()} == dict(reasons)
    assert sum(row["share"] for row in found.values()) == pytest.approx(1)


def test_stock_ages_from_the_last_unit_that_left(export: Path) -> None:
    found = by(answer("stock-ageing", export, 0, END), "node_id")
    assert found["DC-0"]["units"] == 50
    assert found["DC-0"]["never_left"] == 10  # SKU-7
    assert found["DC-0"]["under_30_days"] == 40
    given_up = {"r-5"}
    times = [
        one.route.decision_time
        for one in RECORDS
        for sent in one.route.shipments
        if (sent.node_id, sent.contents[0].sku) == ("DC-1", "SKU-1") and one.route.route_id not in given_up
    ]
    assert found["DC-1"]["mean_days"] == pytest.approx((END - max(times)) / DAY)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_period_holds_only_what_happened_in_it(export: Path, name: str) -> None:
    nothing = answer(name, export, 1, 2)
    assert nothing.rows == () or name == "stock-ageing"
    assert nothing.columns == answer(name, export).columns
    if name == "fill-rate":
        days = answer(name, export, START + DAY, START + 3 * DAY).rows
        assert [row[0] for row in days] == ["2026-03-02", "2026-03-03"]


@pytest.mark.parametrize("name", QUESTIONS)
def test_an_export_of_nothing_is_answered_with_nothing(tmp_path: Path, name: str) -> None:
    assert set(Rows().write(tmp_path)) == set(SCHEMAS)
    assert answer(name, tmp_path).rows == ()


def test_what_is_not_there_is_named(export: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="horoscope"):
        answer("horoscope", export)
    with pytest.raises(InvalidInput, match=r"decisions\.parquet"):
        answer("cost", tmp_path)
    with pytest.raises(InvalidInput, match="to"):
        answer("cost", export, 5, 5)
