"""Prices for people: the dearest nodes, the SKUs whose nodes differ most, and a picture of both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.network.price_document import PriceDocument

_NODES, _SKUS = 25, 40
_INK, _BLUES = "#1c1c1a", "blues"


def by_node(document: PriceDocument) -> list[dict[str, Any]]:
    """Each node with priced SKUs, the dearest first: how many, mean and dearest price in units of the currency."""
    found: dict[str, list[int]] = {}
    for each in document.units:
        if each.micros:
            found.setdefault(each.node_id, []).append(each.micros)
    rows = [
        {"node_id": node, "skus": len(held), "mean": sum(held) / len(held) / 1e6, "dearest": max(held) / 1e6}
        for node, held in found.items()
    ]
    return sorted(rows, key=lambda row: (-row["skus"] * row["mean"], row["node_id"]))


def by_sku(document: PriceDocument) -> list[dict[str, Any]]:
    """Each priced SKU, those first whose dearest node and cheapest node with any of it are farthest apart."""
    found: dict[str, list[int]] = {}
    for each in document.units:
        if each.micros or each.units:
            found.setdefault(each.sku, []).append(each.micros)
    rows = [
        {"sku": sku, "nodes": len(held), "cheapest": min(held) / 1e6, "dearest": max(held) / 1e6}
        for sku, held in found.items()
        if max(held)
    ]
    return sorted(rows, key=lambda row: (row["cheapest"] - row["dearest"], row["sku"]))


def draw(document: PriceDocument, path: Path) -> None:
    """The prices of the SKUs that differ most at the nodes that have most of them, as a map of colours: SVG, or HTML with
    everything in it."""
    import altair as alt
    import polars as pl

    skus = [row["sku"] for row in by_sku(document)[:_SKUS]]
    nodes = [row["node_id"] for row in by_node(document)[:_NODES]]
    rows = [
        {"sku": each.sku, "node": each.node_id, "price": each.micros / 1e6}
        for each in document.units
        if each.micros and each.sku in skus and each.node_id in nodes
    ]
    frame = pl.DataFrame(rows or {"sku": [], "node": [], "price": []})
    scale = alt.Scale(scheme=_BLUES)
    picture = (
        alt.Chart(frame, title=f"Bid prices for {document.network}: dearest nodes by the SKUs whose nodes differ most")
        .mark_rect()
        .encode(
            x=alt.X("sku:N", sort=skus, title=None, axis=alt.Axis(labelAngle=-60)),
            y=alt.Y("node:N", sort=nodes, title=None),
            color=alt.Color("price:Q", scale=scale, title="a unit"),
            tooltip=["sku:N", "node:N", alt.Tooltip("price:Q", format=".2f")],
        )
        .properties(width=alt.Step(16), height=alt.Step(14))
        .configure_view(stroke=None)
        .configure_axis(labelColor=_INK, titleColor=_INK, domain=False, ticks=False, grid=False, labelFontSize=10)
        .configure_title(anchor="start", fontSize=15, color=_INK, offset=12)
    )
    if path.suffix == ".svg":
        picture.save(str(path), format="svg")
    else:
        picture.save(str(path), format="html", inline=True)
