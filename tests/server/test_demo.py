"""``onebox demo`` end to end: its figures are consistent, and its page needs nothing but itself."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import time
from dataclasses import dataclass
from dataclasses import replace as amended
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import psutil
import pytest
import vl_convert
import zxingcpp
from msgspec.structs import replace
from onebox.v1 import route_pb2
from PIL import Image

from engine.network.components import Component, Reason
from engine.network.files import load_network, load_stock, read_units
from engine.network.nodes import NodeType
from engine.network.us import DIRECTORY
from engine.routing.order import Destination, Line, Order
from engine.routing.order_files import read_orders
from engine.routing.planner import RULES
from engine.routing.route import Unfilled
from engine.simulation.outcome import figures_of, outcome_of
from engine.simulation.replay import undisturbed
from server.conversion.routes import route_fields
from server.demo.answered import outcome_of_message
from server.demo.living import Turn
from server.demo.report import GROUPS
from tests.server.canned import route_of
from tests.server.test_processes import ONEBOX, onebox

ORDERS = 200
EU = Path(__file__).parent.parent / "networks" / "eu"
_VOID = {"meta", "input", "br", "link", "img"}


@dataclass
class Shown:
    figures: dict[str, Any]
    page: str

    def policy(self, name: str) -> dict[str, Any]:
        return next(one for one in self.figures["policies"] if one["policy"] == name)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    page = tmp_path_factory.mktemp("demo") / "page.html"
    command = [str(ONEBOX), "demo", "--orders", str(ORDERS), "--in-flight", "1", "--json", "--html", str(page)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return Shown(json.loads(ended.stdout), page.read_text(encoding="utf-8"))


def test_every_policys_cost_is_the_sum_of_its_parts(demo: Shown) -> None:  # I7
    assert demo.figures["policies"][0]["policy"] == "onebox"
    assert {one["policy"] for one in demo.figures["policies"]} == {"onebox", *RULES}
    for one in demo.figures["policies"]:
        assert sum(one["parts_micros"].values()) == one["cost_micros"] > 0
        assert 0 < one["in_one_box"] <= 1
        assert 0 < one["on_time"] <= 1


def test_the_whole_sequence_costs_less_than_by_any_rule(demo: Shown) -> None:
    served = demo.policy("onebox")["cost_micros"]
    assert all(served < demo.policy(rule)["cost_micros"] for rule in RULES)
    assert demo.figures["saving_over_best_rule"] > 0


def test_the_server_decides_past_orders_as_the_planner_alone_does_at_their_own_time(demo: Shown) -> None:  # I9
    network = load_network(DIRECTORY)
    orders = read_orders(DIRECTORY / "orders.csv", read_units(DIRECTORY).metres)[:ORDERS]
    alone = figures_of("auto", undisturbed(network, load_stock(DIRECTORY, network), orders))
    served = demo.policy("onebox")
    assert {part.value: amount for part, amount in alone.parts} == served["parts_micros"]
    assert (alone.cost_micros, alone.shipments, alone.packages) == (
        served["cost_micros"],
        served["shipments"],
        served["packages"],
    )
    assert (alone.in_one_box / ORDERS, alone.on_time / ORDERS) == (served["in_one_box"], served["on_time"])


def test_latency_is_told_by_percentiles_that_do_not_fall(demo: Shown) -> None:
    times = list(demo.figures["latency_ms"].values())
    assert list(demo.figures["latency_ms"]) == ["p50", "p90", "p99", "p99.9", "max"]
    assert times == sorted(times)
    assert times[0] > 0


def test_the_decision_it_explains_is_a_split_that_one_shipment_would_have_made_dearer(demo: Shown) -> None:
    told = demo.figures["explanation"]
    assert len(told["shipments"]) == 2
    assert int(told["best_single"]["dearer_by"]["units"]) > 0
    cost = int(told["cost"]["units"]) * 1_000_000 + told["cost"].get("nanos", 0) // 1_000
    assert sum(map(int, told["breakdown"].values())) == cost  # I7
    assert told["nodes"]
    assert told["route_id"] in demo.page


def test_the_page_asks_nothing_of_any_network(demo: Shown) -> None:
    assert not re.search(r"https?:|//[a-z]|src=|@import|url\(|<link|fetch\(|xmlns:", demo.page)


def test_the_page_is_well_formed_and_every_picture_has_its_words(demo: Shown) -> None:
    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.open: list[str] = []
            self.seen: dict[str, int] = {}
            self.titled: list[bool] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.seen[tag] = self.seen.get(tag, 0) + 1
            if tag == "svg":
                self.titled.append(dict(attrs).get("role") == "img" and "aria-labelledby" in dict(attrs))
            if tag not in _VOID:
                self.open.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert self.open.pop() == tag

    reader = Reader()
    reader.feed(demo.page)
    assert reader.open == []
    assert reader.titled == [True, True, True, True]
    assert reader.seen["circle"] == 432
    assert reader.seen["table"] >= 5
    assert f"<dd>{demo.policy('onebox')['cost_per_order']:.2f}</dd>" in demo.page


def test_one_order_is_told_from_capture_to_refund(demo: Shown) -> None:
    """Routed, rejected by a store, routed again, worked at, shipped by its label, delivered, a line back and paid back."""
    events = demo.figures["timeline"]
    moves = [(event["kind"], event["after"]) for event in events if event.get("before", "") != event["after"]]
    wanted = [
        ("ORDER", "CAPTURED"),
        ("ORDER", "ROUTED"),
        ("SHIPMENT", "RELEASED"),
        ("SHIPMENT", "REJECTED"),
        ("SHIPMENT", "RELEASED"),
        ("SHIPMENT", "ACCEPTED"),
        ("SHIPMENT", "PICKED"),
        ("SHIPMENT", "PACKED"),
        ("SHIPMENT", "SHIPPED"),
        ("PAYMENT", "CAPTURED"),
        ("SHIPMENT", "IN_TRANSIT"),
        ("SHIPMENT", "DELIVERED"),
        ("ORDER", "DELIVERED"),
        ("RETURN", "AUTHORISED"),
        ("RETURN", "RECEIVED"),
        ("RETURN", "CLOSED"),
        ("PAYMENT", "PARTLY_REFUNDED"),
    ]
    following = iter(moves)
    assert all(move in following for move in wanted), moves
    rejected = next(event for event in events if event["after"] == "REJECTED")
    network = load_network(DIRECTORY)
    stores = {node.node_id for node in network.nodes if node.type is NodeType.STORE}
    assert rejected["actor"] in stores
    shipments = demo.figures["lives"][0]["life"]["shipments"]
    assert shipments[0]["node_id"] == rejected["actor"] != shipments[1]["node_id"]
    assert not [event for event in events if event.get("data", {}).get("what") == "exception"]


def test_every_turn_that_an_order_may_take_ends_as_it_should(demo: Shown) -> None:
    ended = {each["turn"]: each["life"] for each in demo.figures["lives"]}
    assert set(ended) == {turn.value for turn in Turn}
    states = {turn: life["state"].removeprefix("ORDER_STATE_") for turn, life in ended.items()}
    assert states.pop(Turn.CANCELLED.value) == "CANCELLED"
    assert set(states.values()) == {"DELIVERED"}
    assert ended[Turn.CANCELLED.value]["payment"]["state"] == "PAYMENT_STATE_VOIDED"
    short = ended[Turn.SHORT.value]
    assert len({shipment["node_id"] for shipment in short["shipments"]}) > 1
    picked_up = ended[Turn.PICKED_UP.value]["shipments"][0]
    assert picked_up["state"] == "SHIPMENT_STATE_HANDED_OVER"


def test_the_label_on_the_page_is_the_one_that_the_order_left_with(demo: Shown) -> None:
    """A scanner reads it."""
    drawn = re.search(r'<svg class="label".*?</svg>', demo.page, re.DOTALL)
    assert drawn is not None
    svg = drawn[0].replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ').replace('class="paper"', 'fill="#fff"')
    picture = Image.open(io.BytesIO(vl_convert.svg_to_png(svg))).convert("L")
    (read,) = zxingcpp.read_barcodes(picture)
    shipped = next(event for event in demo.figures["timeline"] if event["after"] == "SHIPPED")
    assert read.text == f"(00){shipped['data']['tracking']}"


def an_order(n_lines: int) -> Order:
    lines = tuple(Line(str(number), f"SKU-{number}", 1) for number in range(n_lines))
    return Order("O-1", 1_760_000_000, lines, Destination("US", "38103"))


def test_a_network_of_another_country_and_shape_has_its_demo_too(tmp_path: Path) -> None:
    ended = onebox("demo", "--network", str(EU), "--keep", str(tmp_path / "kept"), "--html", str(tmp_path / "eu.html"))
    assert ended.returncode == 0, ended.stderr
    assert "network 'eu' routed and reserved over gRPC" in ended.stdout
    assert "EUR per order" in (tmp_path / "eu.html").read_text(encoding="utf-8")
    assert "orders through their whole life" in ended.stdout
    assert f"onebox serve --data-dir {tmp_path / 'kept'}" in ended.stdout.replace("\n", "")


def test_units_left_out_count_also_where_the_order_takes_none_later() -> None:
    route = route_of(an_order(2))
    refused = Unfilled("9", "MUG", 3, Reason.NO_STOCK, "", False)
    outcome = outcome_of(replace(route, unfilled=(refused,)), 50_000_000)
    assert outcome.cost == route.cost + 150_000_000
    assert dict(outcome.parts)[Component.BACKORDER] == 150_000_000
    assert sum(amount for _, amount in outcome.parts) == outcome.cost  # I7


def test_the_answer_over_the_wire_tells_the_same_outcome() -> None:
    route = route_of(an_order(2))
    assert outcome_of_message(route_pb2.Route(**route_fields(route)), 7) == outcome_of(route, 7)


def test_in_one_box_is_whole_in_one_shipment_and_on_time_is_whole_by_its_promise() -> None:
    whole = outcome_of(route_of(an_order(1)), 0)
    short = outcome_of(route_of(an_order(2)), 0)
    assert [sent.late for sent in whole.shipments] == [True]
    in_time = amended(whole, shipments=tuple(amended(sent, late=False) for sent in whole.shipments))
    figures = figures_of("x", [whole, short, in_time])
    assert (figures.in_one_box, figures.on_time, figures.shipments, figures.units_left_out) == (2, 1, 3, 1)


def test_every_component_is_shown_in_one_group() -> None:
    shown = [part for parts in GROUPS.values() for part in parts]
    assert sorted(part.value for part in shown) == sorted(part.value for part in Component)


def test_a_directory_to_keep_is_new_or_empty(tmp_path: Path) -> None:
    (tmp_path / "there").touch()
    ended = onebox("demo", "--keep", str(tmp_path))
    assert (ended.returncode, "a directory that is new or empty" in ended.stderr) == (1, True)


def test_a_page_goes_where_there_is_a_directory(tmp_path: Path) -> None:
    ended = onebox("demo", "--html", str(tmp_path / "nowhere" / "page.html"))
    assert (ended.returncode, "a file in a directory that exists" in ended.stderr) == (1, True)


def test_a_demo_that_is_interrupted_leaves_nothing_running(tmp_path: Path) -> None:
    command = [str(ONEBOX), "demo", "--html", str(tmp_path / "page.html")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True) as process:
        running = psutil.Process(process.pid)
        children: list[psutil.Process] = []
        while process.poll() is None and "valkey-server" not in [child.name() for child in children]:
            time.sleep(0.02)
            children = running.children(recursive=True)
        time.sleep(4)  # in the midst of loading or routing
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 130
    _, alive = psutil.wait_procs(children, timeout=30)
    assert alive == []
