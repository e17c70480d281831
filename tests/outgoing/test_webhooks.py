"""Webhooks against a real endpoint that is away, fails and forgets: each event at least once, in order per order."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import httpx
import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.errors import InvalidInput
from engine.inventory.connection import Client
from engine.inventory.redis_ledger import RedisLedger
from engine.lifecycle.events import Event, encode
from engine.lifecycle.redis_lives import RedisLives
from engine.lifecycle.states import Kind
from engine.outgoing.backoff import Backoff
from engine.outgoing.dispatcher import Dispatcher
from engine.outgoing.outbox import Outbox
from engine.outgoing.post import http_post
from engine.outgoing.webhook import Endpoint, message_of
from server.web_server import WebServer
from tests.stores import new_name

SECRET = "whsec_" + "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"


def an_event(order_id: str, number: int, state: str = "RELEASED") -> Event:
    return Event(Kind.ORDER, order_id, order_id, "OPEN", state, "test", 1_750_000_000, data={"number": number})


class Clock:
    """The wall's time, and what the test adds to it."""

    def __init__(self) -> None:
        self.added_s = 0

    def __call__(self) -> int:
        return int(time.time()) + self.added_s


class Receiver:
    """An endpoint that verifies what it gets, and answers as the test says."""

    def __init__(self) -> None:
        self.got: list[tuple[str, int]] = []
        self.ids: dict[str, tuple[str, int]] = {}
        self.answers: Iterator[int] = itertools.repeat(200)
        self.refuses: set[str] = set()
        self._news = asyncio.Condition()

    async def after(self, count: int) -> None:
        """Wait until as many have come."""
        async with self._news:
            await self._news.wait_for(lambda: len(self.got) >= count)

    async def take(self, request: Request) -> Response:
        data = Webhook(SECRET).verify(await request.body(), dict(request.headers))["data"]
        found = data["order_id"], data["data"]["number"]
        status = 500 if found[0] in self.refuses else next(self.answers)
        if status != 503:  # with 500 it took the event, and failed to say so
            self.got.append(found)
            assert self.ids.setdefault(request.headers["webhook-id"], found) == found
            async with self._news:
                self._news.notify_all()
        return Response(status_code=status)

    @asynccontextmanager
    async def listening(self, port: int = 0) -> AsyncIterator[int]:
        app = Starlette(routes=[Route("/hook", self.take, methods=["POST"])])
        server = WebServer(app, "127.0.0.1", port, shared=False, tls=None, drain_s=1)
        await server.start()
        yield server.port
        await server.drain()

    def firsts(self, order_id: str) -> list[int]:
        """The numbers of the order's events as they came first."""
        return list(dict.fromkeys(number for order, number in self.got if order == order_id))


@pytest.fixture
async def ledger(client: Client) -> AsyncIterator[RedisLedger]:
    opened = RedisLedger(client, new_name())
    yield opened
    await opened.close()


@pytest.fixture
async def posting() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=5) as opened:
        yield opened


async def tell(client: Client, ledger: RedisLedger, *events: Event) -> None:
    for event in events:
        await client.xadd(f"{ledger.prefix}events", {"e": encode(event)})


def dispatcher(
    client: Client, ledger: RedisLedger, posting: httpx.AsyncClient, port: int, clock: Clock, seed: int = 1, **more: Any
) -> Dispatcher:
    name = ledger.prefix.split("{")[1].split("}")[0]
    endpoint = Endpoint("crm", f"http://127.0.0.1:{port}/hook", SECRET)
    outbox = Outbox(client, name, endpoint.name)
    return Dispatcher(endpoint, RedisLives(ledger), outbox, http_post(posting), clock, Random(seed), **more)


async def until_quiet(dispatchers: list[Dispatcher], clock: Clock, limit: int = 200) -> None:
    """Step until nothing is left, each round a second later."""
    for _ in range(limit):
        tried = await asyncio.gather(*(each.step() for each in dispatchers))
        left = await dispatchers[0].outbox._client.zcard(f"{dispatchers[0].outbox._prefix}due")
        if not left and not any(tried):
            return
        clock.added_s += 1
    pytest.fail("events are left")


async def test_after_an_outage_every_event_arrives_and_none_overtakes_another_of_its_order(
    client: Client, ledger: RedisLedger, posting: httpx.AsyncClient
) -> None:
    receiver, clock = Receiver(), Clock()
    orders = [f"shop:{number}" for number in range(6)]
    events = [an_event(order, number) for number in range(5) for order in orders]
    await tell(client, ledger, *events[:15])
    async with receiver.listening() as port:
        pass  # the port is known, and nobody listens on it
    backoff = Backoff(first_s=1, most_s=4, tries=50)
    both = [dispatcher(client, ledger, posting, port, clock, seed, backoff=backoff) for seed in (1, 2)]
    for _ in range(3):
        await both[0].step()
        clock.added_s += 1
    assert receiver.got == []
    await tell(client, ledger, *events[15:])
    chance = Random(7)
    receiver.answers = iter(lambda: chance.choice((200, 200, 500, 503)), None)
    async with receiver.listening(port):
        await until_quiet(both, clock)
    assert {order: receiver.firsts(order) for order in orders} == {order: [0, 1, 2, 3, 4] for order in orders}
    assert len(receiver.ids) == len(events)
    assert len(receiver.got) > len(events)  # at least once: some came twice
    assert await both[0].outbox.dead() == []


async def test_an_order_that_fails_holds_up_no_other_and_ends_among_the_dead_letters(
    client: Client, ledger: RedisLedger, posting: httpx.AsyncClient
) -> None:
    receiver, clock = Receiver(), Clock()
    await tell(client, ledger, an_event("bad", 0), an_event("good", 0), an_event("good", 1))
    receiver.refuses.add("bad")
    async with receiver.listening() as port:
        sender = dispatcher(client, ledger, posting, port, clock, backoff=Backoff(1, 2, tries=3))
        await sender.step()
        await sender.step()
        assert receiver.firsts("good") == [0, 1]
        await until_quiet([sender], clock)
        assert receiver.got.count(("bad", 0)) == 3
        (letter,) = await sender.outbox.dead()
        assert (letter.event.order_id, letter.status) == ("bad", 500)
        receiver.refuses.clear()
        assert [await sender.outbox.revive([letter], clock()) for _ in range(2)] == [1, 0]
        await until_quiet([sender], clock)
    assert receiver.got.count(("bad", 0)) == 4
    assert await sender.outbox.dead() == []


async def test_a_dispatcher_that_died_in_the_middle_loses_nothing(
    client: Client, ledger: RedisLedger, posting: httpx.AsyncClient
) -> None:
    receiver, clock = Receiver(), Clock()
    await tell(client, ledger, an_event("a", 0), an_event("a", 1))
    async with receiver.listening() as port:
        died = dispatcher(client, ledger, posting, port, clock, lease_s=10)
        await died._queue_new()
        assert len(await died.outbox.lease(clock(), 10, 5)) == 1  # and no answer was ever noted
        other = dispatcher(client, ledger, posting, port, clock)
        assert await other.step() == 0
        clock.added_s += 11
        await until_quiet([other], clock)
    assert receiver.firsts("a") == [0, 1]


def test_only_the_secrets_holder_could_have_signed() -> None:
    endpoint = Endpoint("crm", "https://crm.example/hook", SECRET)
    message = message_of(endpoint, "12-0", an_event("shop:1", 0), int(time.time()))
    said = Webhook(SECRET).verify(message.body, message.headers)
    assert (said["type"], said["timestamp"]) == ("order.released", "2025-06-15T15:06:40Z")
    assert said["data"]["order_id"] == "shop:1"
    assert json.loads(message.body) == said
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "b3RoZXItb3RoZXItb3RoZXItb3RoZXItb3RoZXI=").verify(message.body, message.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(message.body.replace(b"shop:1", b"shop:2"), message.headers)


def test_the_wait_doubles_and_is_spread_and_ends() -> None:
    backoff, chance = Backoff(first_s=10, most_s=100, tries=6), Random(3)
    for failures, most in ((1, 10), (2, 20), (3, 40), (4, 80), (5, 100)):
        waits = {backoff.wait_s(failures, chance) for _ in range(200)}
        assert all(wait is not None and most / 2 <= wait <= most for wait in waits)
        assert len(waits) > 3
    assert backoff.wait_s(6, chance) is None
    assert [Backoff().wait_s(n, Random(1)) for n in (1, 2, 3)] == [Backoff().wait_s(n, Random(1)) for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("endpoint", "said"),
    [
        (("crm", "ftp://x", SECRET), "crm.url: expected an http or https URL"),
        (("crm", "https://x", "whsec_c2hvcnQ="), "crm.secret: expected base64 of 24..64 bytes, got 'hidden'"),
        (("crm", "https://x", "no base64!"), "crm.secret: expected base64"),
        (("", "https://x", SECRET), "endpoint: expected a name"),
    ],
)
def test_a_faulty_endpoint_is_refused_by_field(endpoint: tuple[str, str, str], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        Endpoint(*endpoint)
