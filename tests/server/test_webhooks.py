"""A running server sends the life cycle's events to the endpoints of its file."""

from __future__ import annotations

import asyncio
import itertools
import json
from pathlib import Path
from typing import Any

import grpc
import pytest
from onebox.v1 import webhook_service_pb2 as pb
from onebox.v1.webhook_service_pb2_grpc import WebhookServiceStub

from engine.errors import InvalidInput
from engine.inventory.connection import Client, StoreAddress, open_client
from engine.inventory.embedded import EmbeddedStore
from engine.lifecycle.events import encode
from server.webhooks import read_endpoints
from tests.outgoing.test_webhooks import SECRET, Receiver, an_event
from tests.server.canned import CannedRouter, canned
from tests.server.running import reason, serving, violations
from tests.server.test_processes import onebox


async def test_events_are_sent_while_the_server_runs(
    store: EmbeddedStore, ledger_name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_SECRET", SECRET)
    receiver, file = Receiver(), tmp_path / "webhooks.toml"
    async with receiver.listening() as port:
        file.write_text(f'[crm]\nurl = "http://127.0.0.1:{port}/hook"\nsecret_env = "CRM_SECRET"\n')
        async with serving(store, canned(CannedRouter()), ledger=ledger_name, webhooks=file):
            client = open_client(StoreAddress(store.url))
            for number in range(3):
                event = encode(an_event("shop:1", number))
                await client.xadd(f"onebox:{{{ledger_name}}}:events", {"e": event})
            async with asyncio.timeout(30):
                await receiver.after(3)
            await client.aclose()
    assert receiver.got == [("shop:1", 0), ("shop:1", 1), ("shop:1", 2)]


async def test_what_an_endpoint_refused_is_listed_shown_and_revived_in_order(
    store: EmbeddedStore, ledger_name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    monkeypatch.setenv("CRM_SECRET", SECRET)
    receiver, file = Receiver(), tmp_path / "webhooks.toml"
    receiver.answers = itertools.repeat(410)
    async with receiver.listening() as port:
        file.write_text(f'[crm]\nurl = "http://127.0.0.1:{port}/hook"\nsecret_env = "CRM_SECRET"\n')
        async with serving(store, canned(CannedRouter()), ledger=ledger_name, webhooks=file) as server:
            address = f"127.0.0.1:{server.worker.port}"

            async def run(*arguments: str) -> list[Any]:
                ended = await asyncio.to_thread(onebox, "webhooks", *arguments, server=address)
                assert ended.returncode == 0, ended.stderr
                return [json.loads(line) for line in ended.stdout.splitlines()]

            for order, number in (("a", 0), ("b", 0), ("a", 1), ("a", 2)):
                event = encode(an_event(order, number))
                await client.xadd(f"onebox:{{{ledger_name}}}:events", {"e": event})
            async with asyncio.timeout(30):
                await receiver.after(4)
                while (await run("list", "--json"))[0].get("dead_letters") != "4":
                    pass  # asking takes long enough
            letters = await run("dead", "crm", "--order", "a", "--json")
            assert [letter["event"]["data"]["number"] for letter in letters] == [0, 1, 2]
            assert {letter["status"] for letter in letters} == {410}
            assert await run("show", "crm", letters[0]["webhook_id"]) == letters[:1]
            stub: Any = WebhookServiceStub(server.channel)
            for request, status, said in (
                (pb.ListDeadLettersRequest(endpoint="erp"), "NOT_FOUND", "NOT_FOUND"),
                (pb.GetDeadLetterRequest(endpoint="crm", webhook_id="evt_1-1"), "NOT_FOUND", "NOT_FOUND"),
                (pb.GetDeadLetterRequest(endpoint="crm"), "INVALID_ARGUMENT", "webhook_id"),
                (pb.ListDeadLettersRequest(endpoint="crm", limit=-1), "INVALID_ARGUMENT", "limit"),
            ):
                with pytest.raises(grpc.aio.AioRpcError) as refused:
                    await getattr(stub, type(request).__name__.removesuffix("Request"))(request)
                assert refused.value.code().name == status
                assert said in (reason(refused.value), *violations(refused.value))

            receiver.got.clear()
            receiver.answers = itertools.repeat(200)
            assert await run("revive", "crm", letters[0]["webhook_id"], "--json") == [{"revived": 1}]
            assert await run("revive", "crm", "--json") == [{"revived": 3}]
            async with asyncio.timeout(30):
                await receiver.after(4)
            assert receiver.firsts("a") == [0, 1, 2]
            assert receiver.firsts("b") == [0]
            assert await run("dead", "crm", "--json") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[crm]\n", "crm: expected a table with url and secret_env"),
        ('[crm]\nurl = "https://x"\nsecret_env = "NOT_SET"\n', "crm.secret_env: expected a variable"),
        ('[crm]\nurl = "x"\nsecret_env = "SET"\n', "crm.url: expected an http or https URL"),
        ("[crm\n", "webhooks: expected a TOML file"),
    ],
)
def test_a_faulty_file_is_refused_by_key(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "webhooks.toml"
    file.write_text(text)
    with pytest.raises(InvalidInput, match=said):
        read_endpoints(file, {"SET": SECRET})
