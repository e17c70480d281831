"""What is sent to Stripe, against a double over a real socket that keeps payment intents as the API does."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from engine.errors import NotFound
from engine.inventory.memory_ledger import MemoryLedger
from engine.lifecycle.gateway import Declined, GatewayUnavailable, Standing
from engine.lifecycle.memory_lives import MemoryLives
from engine.lifecycle.reconciling import Amiss
from engine.lifecycle.stripe_gateway import StripeGateway
from tests.lifecycle.test_returns import wanted
from tests.lifecycle.world import World, an_order

pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")  # of stripe's use of httpx
EURO = 1_000_000


@dataclass
class Double:
    """One payment intent of 50.00 EUR, and every call: (method, path, form, idempotency key)."""

    calls: list[tuple[str, str, dict[str, str], str]] = field(default_factory=list)
    answers: dict[str, bytes] = field(default_factory=dict)  # by idempotency key
    intent: dict[str, Any] = field(
        default_factory=lambda: {
            "id": "pi_1",
            "object": "payment_intent",
            "status": "requires_capture",
            "currency": "eur",
            "amount": 5_000,
            "amount_capturable": 5_000,
            "amount_received": 0,
            "latest_charge": {"id": "ch_1", "object": "charge", "amount_refunded": 0},
        }
    )
    failure: tuple[int, dict[str, Any]] | None = None

    def answer(self, method: str, path: str, form: dict[str, str], key: str) -> tuple[int, dict[str, Any]]:
        if self.failure is not None:
            return self.failure
        intent = self.intent
        if path == "/v1/payment_intents/pi_1/capture":
            taken = int(form["amount_to_capture"])
            if taken > intent["amount_capturable"]:
                return 400, _error("invalid_request_error", "The amount is above what is capturable.")
            intent["amount_received"] += taken
            last = form.get("final_capture") != "false"
            intent["amount_capturable"] = 0 if last else intent["amount_capturable"] - taken
            intent["status"] = "succeeded" if last else "requires_capture"
        elif path == "/v1/payment_intents/pi_1/cancel":
            intent["status"], intent["amount_capturable"] = "canceled", 0
        elif path == "/v1/payment_intents/pi_1/increment_authorization":
            intent["amount"] = intent["amount_capturable"] = int(form["amount"])
        elif path == "/v1/payment_intents/pi_1/confirm":
            intent["status"] = "requires_capture"
        elif path == "/v1/refunds":
            intent["latest_charge"]["amount_refunded"] += int(form["amount"])
            return 200, {"id": "re_1", "object": "refund", "status": "succeeded"}
        elif path != "/v1/payment_intents/pi_1":
            return 404, _error("invalid_request_error", "No such payment_intent")
        return 200, intent


def _error(kind: str, message: str) -> dict[str, Any]:
    return {"error": {"type": kind, "message": message}}


@pytest.fixture
async def double() -> AsyncIterator[tuple[Double, StripeGateway]]:
    kept = Double()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
            assert self.headers["authorization"] == "Bearer sk_test_1"
            assert self.command == "GET" or self.headers["content-type"] == "application/x-www-form-urlencoded"
            key, parts = self.headers["idempotency-key"] or "", urlsplit(self.path)
            form = dict(parse_qsl(body or parts.query))
            kept.calls.append((self.command, parts.path, form, key))
            status, answer = 200, kept.answers.get(key, b"") if self.command == "POST" else b""
            if not answer:
                status, found = kept.answer(self.command, parts.path, form, key)
                answer = json.dumps(found).encode()
                if status == 200:
                    kept.answers[key] = answer
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST  # noqa: N815

        def log_message(self, *args: Any) -> None:
            """The test's output is its own."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        gateway = StripeGateway("sk_test_1", f"http://127.0.0.1:{server.server_address[1]}")
        yield kept, gateway
        await gateway.close()
        server.shutdown()
        thread.join()


async def test_parts_are_captured_once_each_and_the_last_is_final(double: tuple[Double, StripeGateway]) -> None:
    """I5: a task's id is the idempotency key."""
    kept, gateway = double
    assert await gateway.authorise("o/T1", "o", 50 * EURO, "EUR", "pi_1") == "pi_1"
    for _ in range(2):
        await gateway.capture("o/T2", "pi_1", 20_500_000, "EUR", final=False)
    await gateway.capture("o/T3", "pi_1", 29_500_000, "EUR", final=True)
    assert kept.calls[1:] == [
        ("POST", "/v1/payment_intents/pi_1/capture", {"amount_to_capture": "2050", "final_capture": "false"}, "o/T2"),
        ("POST", "/v1/payment_intents/pi_1/capture", {"amount_to_capture": "2050", "final_capture": "false"}, "o/T2"),
        ("POST", "/v1/payment_intents/pi_1/capture", {"amount_to_capture": "2950"}, "o/T3"),
    ]
    await gateway.refund("o/T4", "pi_1", 10 * EURO, "EUR")
    assert kept.calls[-1] == ("POST", "/v1/refunds", {"payment_intent": "pi_1", "amount": "1000"}, "o/T4")
    assert await gateway.standing("pi_1", "EUR") == Standing(50 * EURO, 50 * EURO, 10 * EURO, False)


async def test_more_is_asked_for_where_the_order_has_grown(double: tuple[Double, StripeGateway]) -> None:
    kept, gateway = double
    await gateway.authorise("o/T1", "o", 61 * EURO, "EUR", "pi_1")
    path = "/v1/payment_intents/pi_1/increment_authorization"
    assert kept.calls[-1] == ("POST", path, {"amount": "6100"}, "o/T1/more")


async def test_a_hold_is_let_go_of(double: tuple[Double, StripeGateway]) -> None:
    kept, gateway = double
    await gateway.void("o/T1", "pi_1")
    assert kept.calls[-1][1:] == ("/v1/payment_intents/pi_1/cancel", {}, "o/T1")
    assert (await gateway.standing("pi_1", "EUR")).voided
    with pytest.raises(Declined, match="canceled"):
        await gateway.authorise("o/T2", "o", EURO, "EUR", "pi_1")


@pytest.mark.parametrize(
    ("status", "kind", "expected"),
    [
        (402, "card_error", Declined),
        (400, "invalid_request_error", Declined),
        (404, "invalid_request_error", NotFound),
        (401, "invalid_request_error", GatewayUnavailable),
        (429, "invalid_request_error", GatewayUnavailable),
        (500, "api_error", GatewayUnavailable),
    ],
)
async def test_a_no_for_good_is_told_from_one_for_now(
    double: tuple[Double, StripeGateway], status: int, kind: str, expected: type[Exception]
) -> None:
    kept, gateway = double
    kept.failure = status, _error(kind, "no")
    with pytest.raises(expected):
        await gateway.capture("o/T1", "pi_1", EURO, "EUR", final=True)


async def test_who_does_not_answer_is_asked_again_later() -> None:
    gateway = StripeGateway("sk_test_1", "http://127.0.0.1:9")
    with pytest.raises(GatewayUnavailable):
        await gateway.void("o/T1", "pi_1")
    await gateway.close()


async def test_nothing_is_held_without_a_payment_of_the_customer(double: tuple[Double, StripeGateway]) -> None:
    with pytest.raises(Declined, match="names no payment intent"):
        await double[1].authorise("o/T1", "o", EURO, "EUR", "")


async def test_an_order_goes_its_way_with_stripe_and_its_books_are_reconciled(
    double: tuple[Double, StripeGateway],
) -> None:
    """Held at the checkout, captured as it ships, part of it paid back; then a capture made twice is paid back too."""
    kept, gateway = double
    memory = MemoryLedger()
    world = World(memory, MemoryLives(memory))
    world.desk.gateway = gateway
    for sku in ("cup", "pot"):
        await world.stock(sku, "east", 5)
    kept.intent["amount"] = kept.intent["amount_capturable"] = 3_649
    life = await world.shipped()
    assert (kept.intent["amount_received"], kept.intent["status"]) == (3_649, "succeeded")
    await world.desk.deliver(life.shipments[0].shipment_id, world.asked())
    life = await world.desk.authorise_return(life.order_id, wanted({"2": 1}), world.asked(), node_id="west")
    await world.desk.receive_return(life.returns[0].return_id, "", world.asked())
    await world.desk.grade_return(life.returns[0].return_id, {}, world.asked())
    assert kept.intent["latest_charge"]["amount_refunded"] == 1_050
    assert await world.desk.reconcile(life.order_id, world.asked(), mend=True) == []
    kept.intent["amount_received"] += 1_000
    (found,) = await world.desk.reconcile(life.order_id, world.asked(), mend=True)
    assert (found.what, found.ours, found.theirs) == (Amiss.CAPTURED, 36_490_000, 46_490_000)
    assert kept.intent["latest_charge"]["amount_refunded"] == 2_050
    assert await world.desk.reconcile(life.order_id, world.asked(), mend=True) == []
    await world.check()


async def test_a_cancelled_order_lets_go_of_what_stripe_holds(double: tuple[Double, StripeGateway]) -> None:
    kept, gateway = double
    memory = MemoryLedger()
    world = World(memory, MemoryLives(memory))
    world.desk.gateway = gateway
    life = await world.desk.capture(an_order(), world.asked())
    await world.desk.cancel(life.order_id, None, world.asked())
    assert kept.intent["status"] == "canceled"
    assert await world.desk.reconcile(life.order_id, world.asked(), mend=True) == []
