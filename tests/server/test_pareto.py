"""``onebox pareto``: the command, and its page in a real browser."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from engine.simulation.pareto import AIMS
from tests.networks import EU
from tests.server.browsing import opened
from tests.server.test_processes import ONEBOX


def _pareto(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(ONEBOX), "pareto", str(EU), *arguments], capture_output=True, text=True, check=False)


def test_the_present_policy_stands_first_and_the_page_draws_every_point(tmp_path: Path) -> None:
    page = tmp_path / "front.html"
    ended = _pareto(
        "--split",
        "0,50",
        "--late",
        "4",
        "--carbon",
        "0.09",
        "--workers",
        "1",
        "--reps",
        "2",
        "--json",
        "--html",
        str(page),
    )
    assert ended.returncode == 0, ended.stderr
    points = json.loads(ended.stdout)
    assert [point["name"] for point in points] == [
        "present",
        "split 0, late 4, carbon 0.09",
        "split 50, late 4, carbon 0.09",
    ]
    assert points[0]["weights_micros"]["split_penalty"] == 1_500_000
    assert any(point["on_front"] for point in points)
    for point in points:
        assert set(point["aims"]) == set(AIMS)
        assert point["on_front"] == (point["beaten_by"] is None)
    assert points[2]["aims"]["shipments_per_order"]["mean"] <= points[1]["aims"]["shipments_per_order"]["mean"]
    assert "http" not in page.read_text(encoding="utf-8").replace("http://www.w3.org", "")
    document, console = opened(page)
    assert not console
    assert document.count('class="present"') == 3
    assert document.count('<circle class="') == 3 * (3 + 1)


def test_weights_that_are_no_amounts_are_refused_all_at_once() -> None:
    ended = _pareto("--split", "0,x", "--late=-1")
    assert ended.returncode == 1
    assert "--split" in ended.stderr
    assert "--late" in ended.stderr
