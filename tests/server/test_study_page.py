"""The page of a study, looked at in a real browser."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from msgspec.structs import replace

from engine.network.files import read_units
from engine.routing.order_files import read_orders, write_orders
from tests.networks import EU
from tests.server.browsing import opened
from tests.server.test_processes import ONEBOX

_PROBE = """<pre id="probe"></pre><script>
for (const one of document.querySelectorAll("details")) one.open = true;
const seen = [...document.querySelectorAll("svg, article.order")].map((part) => ({
  what: part.matches("article") ? part.id : part.querySelector("title").textContent,
  hidden: part.hidden === true,
  width: part.getBoundingClientRect().width,
  height: part.getBoundingClientRect().height,
  drawn: [...part.querySelectorAll("rect, circle")].filter((one) => one.getBoundingClientRect().width > 0).length,
}));
document.querySelector("#probe").textContent = JSON.stringify(seen);
</script>"""


@dataclass
class Studied:
    page: Path
    tables: Path


@pytest.fixture(scope="module")
def studied(tmp_path_factory: pytest.TempPathFactory) -> Studied:
    directory = tmp_path_factory.mktemp("study")
    change = directory / "dear.toml"
    change.write_text('name = "dear splits"\n[policy]\nsplit_penalty = 20\n[[stock.scale]]\nby = 0.5\n')
    found = Studied(directory / "page.html", directory / "tables")
    orders = read_orders(EU / "orders.csv", read_units(EU).metres)
    many = [replace(order, order_id=f"{order.order_id}-{n}") for n in range(8) for order in orders]
    write_orders(many, directory / "many.csv", read_units(EU).metres)
    command = [str(ONEBOX), "simulate", str(EU), str(change), "--orders", str(directory / "many.csv"), "--reps", "2"]
    subprocess.run([*command, "--html", str(found.page), "--out", str(found.tables)], check=True, capture_output=True)
    return found


def _told_of(studied: Studied) -> str:
    """An order of the page that shipped."""
    told = re.findall(r'<article class="order" id="order-([^"]+)"', studied.page.read_text(encoding="utf-8"))
    orders = pl.read_parquet(studied.tables / "orders-base-0.parquet")
    shipped = orders.filter(pl.col("order_id").is_in(told) & (pl.col("shipments") > 1))
    return str(shipped.sort("order_id")["order_id"][0])


def _probed(studied: Studied, fragment: str = "") -> list[dict[str, Any]]:
    page = studied.page.with_name("probed.html")
    page.write_text(studied.page.read_text(encoding="utf-8").replace("</body>", f"{_PROBE}</body>"), encoding="utf-8")
    document, console = opened(page, fragment)
    assert not console
    found = re.search(r'<pre id="probe">(.*?)</pre>', document, re.DOTALL)
    assert found
    return list(json.loads(found[1].replace("&amp;", "&")))


def test_every_chart_is_drawn(studied: Studied) -> None:
    charts = [part for part in _probed(studied) if not part["what"].startswith("order-")]
    assert len(charts) == 1 + 2 * 4
    for chart in charts:
        assert chart["width"] > 300, chart
        assert chart["height"] > 40, chart
        assert chart["drawn"] >= 5, chart


def test_an_order_opens_by_its_link_with_its_shipments_and_reasons(studied: Studied) -> None:
    order_id = _told_of(studied)
    document, console = opened(studied.page, f"#order-{order_id}")
    assert not console
    open_ones = re.findall(
        r'<article class="order" id="order-([^"]+)"(?: hidden="")?>(.*?)</article>', document, re.DOTALL
    )
    assert re.findall(r'<article class="order" id="order-([^"]+)">', document) == [order_id]
    story = dict(open_ones)[order_id]
    for told in ("Shipments", "Why not from", "what would change it", "base:", "Its cost:"):
        assert told in story
    heights = {part["what"]: part["height"] for part in _probed(studied, f"#order-{order_id}")}
    assert heights[f"order-{order_id}"] > 200


def test_no_order_is_open_before_one_is_asked_for(studied: Studied) -> None:
    stories = [part for part in _probed(studied) if part["what"].startswith("order-")]
    assert len(stories) >= 10
    assert all(story["hidden"] and story["height"] == 0 for story in stories)


def test_what_the_page_tells_of_an_order_is_what_the_tables_have(studied: Studied) -> None:
    order_id = _told_of(studied)
    row = pl.read_parquet(studied.tables / "orders-base-0.parquet").row(
        by_predicate=pl.col("order_id") == order_id, named=True
    )
    text = studied.page.read_text(encoding="utf-8")
    story = text[text.index(f'id="order-{order_id}"') :]
    told = re.search(r"<h4>base: ([0-9.]+) EUR</h4>", story)
    assert told
    assert told[1] == f"{row['cost_micros'] / 1e6:.2f}"


def test_a_page_with_an_error_would_be_found_out(tmp_path: Path) -> None:
    page = tmp_path / "bad.html"
    page.write_text("<!doctype html><script>nothing.at.all()</script>")
    _, console = opened(page)
    assert any("ReferenceError" in line for line in console)
