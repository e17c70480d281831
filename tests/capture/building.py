"""Captured orders, channels and a catalogue for the tests, with everything that does not matter filled in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.capture.captured import Address, CapturedLine, CapturedOrder
from engine.capture.catalogue import Catalogue
from engine.network.network import Place

NOW = 1_760_000_000
SAMPLES = Path(__file__).parent / "samples"


def a_line(line_id: str = "1", sku: str = "MUG", units: int = 1, **more: Any) -> CapturedLine:
    return CapturedLine(line_id, sku, units, **more)


def an_order(*lines: CapturedLine, **more: Any) -> CapturedOrder:
    values: dict[str, Any] = {
        "channel": "shop",
        "channel_order_id": "77",
        "order_time": 1_700_000_000,
        "currency": "USD",
        "lines": lines or (a_line(),),
        "ship_to": Address("US", "40202", street=("Chestnut Street 92",)),
    }
    return CapturedOrder(**(values | more))


def a_catalogue(*skus: str, currency: str = "USD", places: tuple[tuple[str, str], ...] = (("US", "4"),)) -> Catalogue:
    found = {(country, prefix): Place(country, prefix, 38.0, -85.0, "America/New_York") for country, prefix in places}
    return Catalogue(currency, frozenset(skus or ("MUG", "POT")), frozenset({"STORE-1"}), found)


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()
