"""``onebox simulate``: scenarios beside the base, over processes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import polars as pl

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
    assert len(names) == 2 * 2 * 2 + 1
    for name in names:
        assert (outs[0] / name).read_bytes() == (outs[1] / name).read_bytes()
    orders = pl.read_parquet(outs[0] / "orders-base-0.parquet")
    parts = [column for column in orders.columns if column.endswith("_micros") and column != "cost_micros"]
    assert (orders.select(pl.sum_horizontal(parts)).to_series() == orders["cost_micros"]).all()  # I7


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
