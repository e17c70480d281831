"""The embedded store: started, stopped, killed, left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import tempfile
from pathlib import Path
from typing import Any

import pytest

from engine.errors import StoreUnavailable
from engine.inventory.audit import audit
from engine.inventory.committer import Committer
from engine.inventory.connection import StoreAddress, open_client
from engine.inventory.embedded import Durability, EmbeddedStore
from engine.inventory.ledger import Reserved
from engine.inventory.redis_ledger import RedisLedger
from tests.inventory.building import NOW, reserve, stock_up


def path_of(store: EmbeddedStore) -> Path:
    return Path(store.url.removeprefix("unix://"))


async def test_acknowledged_reservations_survive_the_store_being_killed(tmp_path: Path) -> None:
    """I6: killed in the middle of traffic, durability always."""
    acknowledged: list[str] = []
    with EmbeddedStore(tmp_path, "always") as store:
        client = open_client(StoreAddress(store.url, timeout_s=1.0))
        ledger = RedisLedger(client, tries=1)
        await stock_up(ledger, "cup", "north", 1_000_000)
        committer = Committer(ledger, batch=8)

        async def shop() -> None:
            while True:
                request = reserve(("cup", "north", 1))
                try:
                    outcome = await committer.reserve(request, NOW)
                except StoreUnavailable:
                    return
                assert isinstance(outcome, Reserved)
                acknowledged.append(request.route_id)
                if len(acknowledged) == 500:
                    os.kill(store.process_id, signal.SIGKILL)

        await asyncio.gather(*(shop() for _ in range(16)))
        await ledger.close()
        await client.aclose()
    with EmbeddedStore(tmp_path, "always") as store:
        client = open_client(StoreAddress(store.url))
        ledger = RedisLedger(client)
        live = {route.route_id async for routes in ledger.live_routes() for route in routes}
        assert len(acknowledged) >= 500
        assert set(acknowledged) <= live
        assert (await audit(ledger)).faults == ()
        await ledger.close()
        await client.aclose()


@pytest.mark.parametrize("durability", ["always", "everysec", "none"])
async def test_data_in_a_named_directory_is_there_after_a_clean_stop(tmp_path: Path, durability: Durability) -> None:
    for value in (None, b"kept"):
        with EmbeddedStore(tmp_path / "data", durability) as store:
            client: Any = open_client(StoreAddress(store.url))
            assert await client.get("key") == value
            await client.set("key", "kept")
            wanted = "no" if durability == "none" else durability
            assert (await client.config_get("appendfsync"))["appendfsync"] == wanted
            await client.aclose()


def test_nothing_is_left_of_a_store_without_a_directory() -> None:
    with EmbeddedStore() as store:
        scratch = path_of(store).parent
        assert scratch.is_relative_to(tempfile.gettempdir())
        process_id = store.process_id
    assert not scratch.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(process_id, 0)


def test_one_directory_has_one_owner(tmp_path: Path) -> None:
    with (
        EmbeddedStore(tmp_path),
        pytest.raises(StoreUnavailable, match="is in use by another process"),
        EmbeddedStore(tmp_path),
    ):
        pass


def test_a_store_left_behind_is_shut_down_before_a_new_one_starts(tmp_path: Path) -> None:
    """Its owner was killed: the lock is free, the server still runs and has the data."""
    left = EmbeddedStore(tmp_path).start()
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path_of(left)))
        connection.sendall(b"SET key kept\r\n")
        assert connection.recv(10) == b"+OK\r\n"
    assert left._lock is not None
    left._lock.close()
    with EmbeddedStore(tmp_path) as store:
        assert left._process is not None
        assert left._process.wait(timeout=10) == 0
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(path_of(store)))
            connection.sendall(b"GET key\r\n")
            assert connection.recv(20) == b"$4\r\nkept\r\n"


def test_a_directory_that_can_not_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a directory")
    with (
        pytest.raises(StoreUnavailable, match=r"the embedded store can't use .*file"),
        EmbeddedStore(tmp_path / "file"),
    ):
        pass


def test_a_store_that_does_not_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "appendonlydir").write_text("in the way")
    with pytest.raises(StoreUnavailable, match=r"exited with code 1: .*appendonlydir"), EmbeddedStore(tmp_path):
        pass


def test_a_long_path_is_no_obstacle(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path / ("d" * 150)) as store:
        assert len(str(path_of(store))) < 100
