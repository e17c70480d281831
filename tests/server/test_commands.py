"""The command line against a running server with the real router: route, quote, explain, stock, check, load."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.networks import EU
from tests.server.test_processes import ONEBOX, onebox, onebox_serve


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with ``eu`` and its stock loaded, at the time of its orders."""
    environment = os.environ.copy()
    os.environ["ONEBOX_REPLAY_FROM"] = "2026-03-30T09:00:00+02:00"
    os.environ["ONEBOX_SWEEP_INTERVAL_S"] = (
        "600"  # days pass in a second here: nothing is to expire between two commands
    )
    try:
        with onebox_serve(tmp_path_factory.mktemp("data")) as served:
            loaded = onebox("load", str(EU), "--json", server=served.address)
            assert json.loads(loaded.stdout)["stock_cells"] == 19, loaded.stderr
            yield served.address
    finally:
        os.environ.clear()
        os.environ.update(environment)


def rows(server: str, *arguments: str) -> list[dict[str, Any]]:
    ended = onebox(*arguments, "--json", server=server)
    assert ended.returncode == 0, ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()]


@pytest.fixture(scope="module")
def routed(server: str) -> dict[str, dict[str, Any]]:
    """The routes of orders.csv by order."""
    answers = rows(server, "route", str(EU / "orders.csv"), "--request-prefix", "a-")
    return {answer["order_id"]: answer["answer"]["route"] for answer in answers}


def test_every_order_of_a_file_is_routed_and_the_same_file_again_takes_effect_once(
    server: str, routed: dict[str, dict[str, Any]]
) -> None:
    assert len(routed) == 8
    assert {route["state"] for route in routed.values()} == {"ROUTE_STATE_RESERVED"}
    assert [shipment["node_id"] for shipment in routed["EU-1001"]["shipments"]] == ["dc-berlin"]
    stock = rows(server, "stock", "KETTLE-17", "TEA-ASSAM")
    again = rows(server, "route", str(EU / "orders.csv"), "--request-prefix", "a-")
    assert {answer["order_id"]: answer["answer"]["route"] for answer in again} == routed
    assert rows(server, "stock", "KETTLE-17", "TEA-ASSAM") == stock
    cells = {(cell["sku"], cell["node_id"]): cell for cell in stock[0]["cells"]}
    assert cells["TEA-ASSAM", "dc-berlin"]["reserved"] == "3"


def test_orders_are_read_as_json_too_and_one_that_is_refused_fails_the_command(server: str, tmp_path: Path) -> None:
    good = {
        "order_id": "J-1",
        "order_time": "2026-04-02T16:00:00Z",
        "country": "DE",
        "postal_code": "10115",
        "lines": [{"sku": "TEA-ASSAM", "units": 1}],
    }
    bad = {**good, "order_id": "J-2", "lines": [{"sku": "NOPE", "units": 1}]}
    file = tmp_path / "orders.json"
    file.write_text(json.dumps([good, bad]))
    ended = onebox("route", str(file), "--json", "--validate-only", server=server)
    answers = {row["order_id"]: row["answer"] for row in map(json.loads, ended.stdout.splitlines())}
    assert ended.returncode == 1
    assert answers["J-1"]["route"]["state"] == "ROUTE_STATE_PLANNED"
    assert (answers["J-2"]["error"]["reason"], "NOPE" in answers["J-2"]["error"]["message"]) == ("INVALID_INPUT", True)
    file.write_text(json.dumps([{**good, "lines": [{"sku": "TEA-ASSAM", "units": 0}]}]))
    ended = onebox("route", str(file), server=server)
    assert (ended.returncode, "lines[0].units" in ended.stderr) == (1, True)


def test_a_quote_and_an_explanation_come_as_json(server: str, routed: dict[str, dict[str, Any]]) -> None:
    item = ("--item", "TOWEL-70=2", "--postal-code", "20095", "--country", "DE")
    (quote,) = rows(server, "quote", *item, "--max-stores", "1")
    assert [option.get("store_node_id", "") for option in quote["options"]][-1] == "store-hamburg"
    assert all(option["cost"]["currency_code"] == "EUR" for option in quote["options"])
    route = routed["EU-1001"]
    (answer,) = rows(server, "explain", route["route_id"], "--node", "dc-berlin", "--node", "dc-munich")
    assert (answer["cost"], answer["breakdown"]) == (route["cost"], route["breakdown"])
    berlin, munich = answer["nodes"]
    assert (berlin["used"], "smallest_change" in munich) == (True, True)


def test_what_does_not_exist_ends_with_a_sentence(server: str) -> None:
    for arguments, said in (
        (("explain", "rt_nothing"), "NOT_FOUND: no route 'rt_nothing'"),
        (("stock", "NOPE"), "skus[0]: expected a SKU of the network, got 'NOPE'"),
        (("quote", "--item", "NOPE", "--postal-code", "20095", "--country", "DE"), "got 'NOPE'"),
        (("quote", "--item", "TEA-ASSAM=x", "--postal-code", "1"), "item: expected SKU or SKU=UNITS"),
    ):
        ended = onebox(*arguments, server=server)
        assert (ended.returncode, ended.stdout, "Traceback" in ended.stderr) == (1, "", False)
        assert said in ended.stderr


@pytest.mark.parametrize("columns", ["80", "120"])
def test_what_is_printed_fits_the_terminal_and_names_are_whole(
    server: str, routed: dict[str, dict[str, Any]], columns: str
) -> None:
    environment = {**os.environ, "ONEBOX_SERVER": server, "COLUMNS": columns}

    def shown(*arguments: str) -> str:
        ended = subprocess.run([str(ONEBOX), *arguments], capture_output=True, text=True, env=environment, check=True)
        return ended.stdout

    orders = shown("route", str(EU / "orders.csv"), "--request-prefix", "a-")
    assert all(route["route_id"] in orders for route in routed.values())
    assert all(len(line) <= 80 for line in orders.splitlines() if not line.startswith("    "))
    quote = shown("quote", "--item", "TOWEL-70=2", "--postal-code", "20095", "--country", "DE")
    stock = shown("stock", "TOWEL-70")
    assert all(len(line) <= int(columns) for line in (quote + stock).splitlines())
    assert "store-hamburg" in quote
    assert "store-hamburg" in stock
    assert "2026-04-" in quote


def test_a_good_directory_has_no_faults() -> None:
    assert json.loads(onebox("check", str(EU), "--json").stdout) == []
    assert onebox("check", str(EU)).stdout.endswith("has no faults\n")


def test_a_recurring_order_is_made_listed_paused_and_ended(server: str, tmp_path: Path) -> None:
    content = {
        "channel": "web",
        "channel_order_id": "weekly-tea",
        "currency_code": "EUR",
        "lines": [{"sku": "TEA-ASSAM", "units": 2, "gross": {"currency_code": "EUR", "units": "18"}}],
        "ship_to": {"country": "DE", "postal_code": "10115", "city": "Berlin", "street": ["Torstr. 1"]},
        "on_account": True,
    }
    schedule = {"content": content, "first_time": "2030-01-07T08:00:00Z", "unit": "SCHEDULE_UNIT_WEEK", "every": 2}
    file = tmp_path / "weekly.json"
    file.write_text(json.dumps(schedule))
    (made,) = rows(server, "schedule", "create", str(file))
    assert (made["schedule_id"], made["next_time"]) == ("web:weekly-tea", "2030-01-07T08:00:00Z")
    (skipped,) = rows(server, "schedule", "skip", "web:weekly-tea")
    assert skipped["next_time"] == "2030-01-21T08:00:00Z"
    (paused,) = rows(server, "schedule", "pause", "web:weekly-tea")
    assert (paused["state"], "next_time" in paused) == ("SCHEDULE_STATE_PAUSED", False)
    (resumed,) = rows(server, "schedule", "resume", "web:weekly-tea")
    assert resumed["state"] == "SCHEDULE_STATE_ACTIVE"
    assert "2 x TEA-ASSAM" in onebox("schedule", "list", server=server).stdout
    (ended,) = rows(server, "schedule", "end", "web:weekly-tea", "--reason", "moved away")
    assert ended["state"] == "SCHEDULE_STATE_ENDED"
    file.write_text("{")
    assert "a schedule as JSON" in onebox("schedule", "create", str(file), server=server).stderr


def test_an_order_is_taken_by_hand_held_released_and_cancelled(server: str) -> None:
    """What a call centre does; the timeline says who did what and why."""
    address = (
        "--street",
        "Torstr. 1",
        "--postal-code",
        "10115",
        "--city",
        "Berlin",
        "--country",
        "DE",
        "--name",
        "Ada",
    )
    goods = ("--item", "KETTLE-17=1@49.90", "--currency", "EUR", "--shipping", "4.99", "--channel", "web")
    (taken,) = rows(server, "order", "capture", "call-7", *address, *goods)
    assert (taken["order_id"], taken["state"]) == ("web:call-7", "ORDER_STATE_CAPTURED")
    (held,) = rows(server, "order", "hold", "web:call-7", "--reason", "asks his wife", "--actor", "bob")
    assert held["hold_reason"] == "asks his wife"
    assert onebox("order", "release", "web:call-7", server=server).returncode == 1
    rows(server, "order", "lift", "web:call-7")
    (released,) = rows(server, "order", "release", "web:call-7")
    assert [shipment["state"] for shipment in released["shipments"]] == ["SHIPMENT_STATE_RELEASED"]
    (cancelled,) = rows(server, "order", "cancel", "web:call-7", "--reason", "she said no")
    assert cancelled["state"] == "ORDER_STATE_CANCELLED"
    (shown,) = rows(server, "order", "show", "web:call-7")
    assert shown["payment"]["state"] == "PAYMENT_STATE_VOIDED"
    assert onebox("order", "reconcile", "web:call-7", "--mend", server=server).stdout == "no difference\n"
    assert onebox("order", "reconcile", "--from", "2026-01-01", "--to", "2026-01-02", server=server).returncode == 0
    assert "a date such as" in onebox("order", "reconcile", "--from", "yesterday", server=server).stderr
    printed = onebox("order", "timeline", "web:call-7", server=server).stdout
    assert "bob: asks his wife" in printed
    assert "VOIDED" in printed
    refused = onebox("order", "capture", "x", *address, "--item", "KETTLE-17", server=server)
    assert "expected SKU=UNITS@PRICE, got 'KETTLE-17'" in refused.stderr
