"""``onebox simulate``: scenarios beside the base, over processes."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path

import polars as pl
import psutil
import pytest

from engine.network.files import load_network, load_stock
from tests.networks import EU
from tests.server.test_processes import ONEBOX


def _simulate(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(ONEBOX), "simulate", *arguments], capture_output=True, text=True, check=False)


def test_a_scenario_stands_beside_the_base_and_its_tables_are_the_same_again(tmp_path: Path) -> None:  # I9
    change = tmp_path / "dear.toml"
    change.write_text('name = "dear splits"\n[policy]\nsplit_penalty = 20\n[demand]\nresample = true\n')
    outs = [tmp_path / "one", tmp_path / "two"]
    for out in outs:
        ended = _simulate(str(EU), str(change), "--reps", "2", "--out", str(out), "--json", "--workers", "1")
        assert ended.returncode == 0, ended.stderr
        found = json.loads(ended.stdout)
        assert [each["scenario"] for each in found] == ["base", "dear splits"]
        assert found[0]["differences"]["cost"] == {"mean": 0.0, "half_width": 0.0}
    names = sorted(path.name for path in outs[0].iterdir())
    assert len(names) == 2 * 2 * 4 + 1
    for name in names:
        assert (outs[0] / name).read_bytes() == (outs[1] / name).read_bytes()
    orders = pl.read_parquet(outs[0] / "orders-base-0.parquet")
    parts = [column for column in orders.columns if column.endswith("_micros") and column != "cost_micros"]
    assert (orders.select(pl.sum_horizontal(parts)).to_series() == orders["cost_micros"]).all()  # I7


def test_what_is_left_and_what_went_add_up_to_what_was_there(tmp_path: Path) -> None:  # I4
    ended = _simulate(str(EU), "--out", str(tmp_path), "--csv", "--workers", "1")
    assert ended.returncode == 0, ended.stderr
    shipments, stock = (pl.read_csv(tmp_path / f"{name}-base-0.csv") for name in ("shipments", "stock"))
    opening = sum(row.on_hand for row in load_stock(EU, load_network(EU)))
    assert stock["reserved"].sum() == shipments["units"].sum()
    assert stock["on_hand"].sum() == opening
    days = pl.read_csv(tmp_path / "utilisation-base-0.csv")
    assert days["units"].sum() == shipments["units"].sum()


def test_a_replay_that_is_ended_from_outside_says_so(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [str(ONEBOX), "simulate", "us", "--workers", "1"], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    while not (found := _replaying(process)):
        time.sleep(0.2)
    found.kill()
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "ended from outside" in said


def _replaying(process: subprocess.Popen[str]) -> psutil.Process | None:
    """The process that replays, once it is at it."""
    assert process.poll() is None, process.communicate()
    children = psutil.Process(process.pid).children()
    return next((one for one in children if "spawn_main" in " ".join(one.cmdline())), None)


def test_faulty_scenarios_are_refused_before_anything_is_replayed(tmp_path: Path) -> None:
    for name, text in (("a.toml", 'nodes.close = ["NOWHERE"]'), ("b.toml", 'solver = "magic"')):
        (tmp_path / name).write_text(text)
    ended = _simulate(str(EU), str(tmp_path / "a.toml"), str(tmp_path / "b.toml"))
    assert ended.returncode == 1
    assert "a.toml:nodes.close" in ended.stderr
    assert "b.toml:solver" in ended.stderr
    assert not ended.stdout


def test_the_page_needs_nothing_but_itself_and_names_what_differs(tmp_path: Path) -> None:
    change, page = tmp_path / "dear.toml", tmp_path / "page.html"
    change.write_text('name = "dear splits"\n[policy]\nsplit_penalty = 20\n[[stock.scale]]\nby = 0.3\n')
    ended = _simulate(str(EU), str(change), "--reps", "2", "--html", str(page), "--workers", "1")
    assert ended.returncode == 0, ended.stderr
    text = page.read_text(encoding="utf-8")
    assert "http" not in text.replace("http://www.w3.org", "")
    for told in ("dear splits", "95% intervals", "cost more", 'id="map-0-title"', 'id="map-1-title"'):
        assert told in text


def test_what_was_paid_stands_beside_what_no_policy_could_have_undercut() -> None:
    ended = _simulate(str(EU), "--rules", "--hindsight", "--json", "--workers", "1")
    assert ended.returncode == 0, ended.stderr
    for each in json.loads(ended.stdout):
        figures = {key: found["mean"] for key, found in each["figures"].items()}
        assert 0 < figures["hindsight"] <= figures["cost"], each["scenario"]
        assert figures["regret"] == pytest.approx(figures["cost"] / figures["hindsight"] - 1)
