"""A running server sends the life cycle's events to the endpoints of its file."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from engine.errors import InvalidInput
from engine.inventory.connection import StoreAddress, open_client
from engine.inventory.embedded import EmbeddedStore
from engine.lifecycle.events import encode
from server.webhooks import read_endpoints
from tests.outgoing.test_webhooks import SECRET, Receiver, an_event
from tests.server.canned import CannedRouter, canned
from tests.server.running import serving


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
