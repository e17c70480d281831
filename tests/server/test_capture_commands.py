"""Capture and quarantine by gRPC and by the command line, against a running server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from onebox.v1 import capture_service_pb2 as pb
from onebox.v1.capture_service_pb2_grpc import CaptureServiceStub

from engine.inventory.embedded import EmbeddedStore
from tests.server.canned import CannedRouter, canned
from tests.server.networks import SMALL
from tests.server.running import Running, reason, serving, violations
from tests.server.test_processes import onebox

COUNTRY, POSTAL_CODE = next(iter(SMALL.places))
GOOD = (
    "order_id,order_time,sku,units,street,postal_code,country\n"
    f"W-1,2025-03-04,{SMALL.items[0].sku},2,7 Yew,{POSTAL_CODE},{COUNTRY}\n"
    f"W-2,2025-03-04,NOPE,1,7 Yew,{POSTAL_CODE},{COUNTRY}\n"
)


@pytest.fixture
async def server(store: EmbeddedStore, ledger_name: str, tmp_path: Path) -> AsyncIterator[Running]:
    channels = tmp_path / "channels.toml"
    channels.write_text(f'[upload]\nadapter = "csv"\ncurrency = "{SMALL.policy.currency}"\n')
    async with serving(store, canned(CannedRouter()), ledger=ledger_name, channels=channels) as running:
        await running.load(SMALL)
        yield running


async def run(server: Running, *arguments: str) -> Any:
    return await asyncio.to_thread(onebox, *arguments, server=f"127.0.0.1:{server.worker.port}")


async def test_a_file_is_captured_and_what_is_not_is_listed_shown_replayed_and_dismissed(
    server: Running, tmp_path: Path
) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(GOOD)
    ended = await run(server, "capture", str(file), "--channel", "upload", "--json")
    first, second = (json.loads(line)["outcome"] for line in ended.stdout.splitlines())
    assert (ended.returncode, first["fate"], second["fate"]) == (1, "FATE_CAPTURED", "FATE_QUARANTINED")
    quarantine_id = second["quarantined"]["quarantine_id"]

    listed = await run(server, "quarantine", "list", "--reason", "unknown-sku", "--json")
    assert [json.loads(line)["quarantine_id"] for line in listed.stdout.splitlines()] == [quarantine_id]
    assert (await run(server, "quarantine", "list", "--reason", "BROKEN", "--json")).stdout == ""

    shown = await run(server, "quarantine", "show", quarantine_id)
    assert "UNKNOWN_SKU: sku: expected SKUs of the network, got NOPE" in shown.stdout
    raw = await run(server, "quarantine", "show", quarantine_id, "--raw")
    assert raw.stdout == "\n".join([GOOD.splitlines()[0], GOOD.splitlines()[2], ""])

    replayed = await run(server, "quarantine", "replay", quarantine_id)
    assert (replayed.returncode, "UNKNOWN_SKU" in replayed.stdout) == (1, True)
    dismissed = await run(server, "quarantine", "dismiss", quarantine_id)
    assert (dismissed.returncode, quarantine_id in dismissed.stdout) == (0, True)
    gone = await run(server, "quarantine", "show", quarantine_id)
    assert (gone.returncode, "NOT_FOUND" in gone.stderr) == (1, True)


async def test_the_same_file_again_is_known(server: Running) -> None:
    stub: Any = CaptureServiceStub(server.channel)
    request = pb.CaptureDocumentRequest(channel="upload", body=GOOD.encode())
    fates = [[each.fate for each in (await stub.CaptureDocument(request)).outcomes] for _ in range(2)]
    assert fates == [[pb.FATE_CAPTURED, pb.FATE_QUARANTINED], [pb.FATE_DUPLICATE, pb.FATE_QUARANTINED]]
    (kept,) = (await stub.ListQuarantine(pb.ListQuarantineRequest())).quarantined
    assert (kept.tries, kept.order_id, kept.channel) == (2, "upload:W-2", "upload")


@pytest.mark.parametrize(
    ("method", "request_", "code", "said"),
    [
        ("CaptureDocument", pb.CaptureDocumentRequest(channel="nobody", body=b"x"), "NOT_FOUND", "NOT_FOUND"),
        ("CaptureDocument", pb.CaptureDocumentRequest(channel="upload"), "INVALID_ARGUMENT", "body"),
        ("ListQuarantine", pb.ListQuarantineRequest(limit=-1), "INVALID_ARGUMENT", "limit"),
        ("ListQuarantine", pb.ListQuarantineRequest(reason=99), "INVALID_ARGUMENT", "reason"),  # type: ignore[arg-type]
        ("ReplayQuarantined", pb.ReplayQuarantinedRequest(quarantine_id="0"), "NOT_FOUND", "NOT_FOUND"),
        ("DismissQuarantined", pb.DismissQuarantinedRequest(quarantine_id="0"), "NOT_FOUND", "NOT_FOUND"),
    ],
)
async def test_bad_requests_are_refused(server: Running, method: str, request_: Any, code: str, said: str) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await getattr(CaptureServiceStub(server.channel), method)(request_)
    assert refused.value.code().name == code
    assert said in (reason(refused.value), *violations(refused.value))
