"""``onebox batch`` and ``onebox reoptimize``, on a directory and by a server."""

from __future__ import annotations

import json
from pathlib import Path

from tests.networks import EU
from tests.server.test_commands import rows, server
from tests.server.test_processes import onebox

__all__ = ["server"]  # a fixture
ORDERS = str(EU / "orders.csv")


def test_a_file_is_decided_together_on_a_directory_and_drawn(tmp_path: Path) -> None:
    chart = tmp_path / "closing.svg"
    ended = onebox("batch", ORDERS, "--network", str(EU), "--json", "--chart", str(chart))
    *answers, last = [json.loads(line) for line in ended.stdout.splitlines()]
    assert (ended.returncode, len(answers)) == (0, last["summary"]["orders"]), ended.stderr
    certificate = last["summary"]["certificate"]
    assert int(certificate["bound"]) <= int(certificate["objective"])
    assert "<polyline" in chart.read_text()
    bad = onebox("batch", ORDERS, "--network", str(EU), "--at", "yesterday")
    assert (bad.returncode, "at: expected an instant with its offset" in bad.stderr) == (1, True)


def test_a_server_decides_the_same_batch_once_and_looks_at_its_routes_again(server: str) -> None:
    first = rows(server, "batch", ORDERS, "--request-id", "b1")
    assert rows(server, "batch", ORDERS, "--request-id", "b1")[-1] == first[-1]
    held = [row for row in first[:-1] if row["answer"]["route"]["state"] == "ROUTE_STATE_RESERVED"]
    assert len(held) > 3
    (summary,) = rows(server, "reoptimize", "--validate-only", "--max-moves", "1")[-1:]
    assert summary["summary"]["looked_at"] == len(held)


def test_the_queue_is_asked_for_instead_of_a_file(server: str) -> None:
    (last,) = rows(server, "batch", "--queue", "--channel", "web", "--limit", "5")
    assert last["summary"].get("orders", 0) == 0
    for wrong in ((), (ORDERS, "--queue")):
        ended = onebox("batch", *wrong, "--server", server)
        assert (ended.returncode, "a file of orders, or --queue and none" in ended.stderr) == (1, True), ended.stderr
