"""A network and channels that know what the real payloads name: their goods, their countries, their store."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from engine.capture.adapter import Incomplete, NotAnOrder
from engine.capture.captured import CapturedOrder
from engine.capture.channel import Channel
from engine.capture.registry import ADAPTERS
from engine.errors import InvalidInput
from engine.network.carriers import ServiceLevel, ServiceZone
from engine.network.items import Item
from engine.network.network import Network, Place
from engine.network.nodes import Node
from engine.network.policy import PromiseRule
from tests.network.sample import DC, EVERY_DAY, GROUND, MAIL, SAMPLE, STORE

ROOT = Path(__file__).parents[2]
PAYLOADS = Path(os.environ.get("ONEBOX_DATA", ROOT.parent / "shared" / "data")) / "payloads"
ADAPTER_OF = {"shopify": "shopify", "amazon": "amazon", "magento": "magento", "easypost": "json"}
"""The adapter that reads a folder's files; those of ``edi`` are told apart by their names."""

CHANNELS = """
[shopify]
adapter = "shopify"
skus = { 111475476 = "SODA", 5410685889 = "BEER" }  # its lines have no SKU

[amazon]
adapter = "amazon"
currency = "USD"
currencies = ["BRL", "GBP", "JPY", "TRY"]
stores = { "Test Store #1234" = "STORE-SEA" }

[magento]
adapter = "magento"

[json]
adapter = "json"

[x12]
adapter = "x12"
currency = "USD"
country = "US"

[edifact]
adapter = "edifact"

[tradacoms]
adapter = "tradacoms"
currency = "GBP"

[tradacoms.addresses.5000600003240]
country = "GB"
postal_code = "EC2A 1AA"
city = "London"
street = ["72 King Street"]

[tradacoms.addresses.5000600003282]
country = "GB"
postal_code = "LS1 1AA"
city = "Leeds"
street = ["1 High Street"]
"""


CENTRES = {"US": (35.0, -90.0), "BR": (-23.5, -46.6), "GB": (51.5, -0.1), "JP": (35.7, 139.7), "TR": (41.0, 29.0)}
"""Latitude and longitude of the one DC in each country."""


def payloads() -> list[Path]:
    return sorted(path for path in PAYLOADS.glob("*/*") if path.suffix.lower() in (".json", ".edi"))


def adapter_of(path: Path) -> str:
    if path.parent.name != "edi":
        return ADAPTER_OF[path.parent.name]
    kind = path.name.partition(".")[0]
    return kind if kind in ("edifact", "tradacoms") else "x12"


def orders_in_payloads(channels: Mapping[str, Channel]) -> list[CapturedOrder]:
    """What the adapters read of all payloads, whatever then becomes of it."""
    found = []
    for path in payloads():
        adapter, channel = ADAPTERS[adapter_of(path)], channels[adapter_of(path)]
        try:
            for document in adapter.documents(path.read_bytes()):
                found += _read(adapter.name, document, channel)
        except (InvalidInput, NotAnOrder):
            continue
    return found


def _read(name: str, document: bytes, channel: Channel) -> list[CapturedOrder]:
    try:
        return [ADAPTERS[name].read(document, channel)]
    except (InvalidInput, NotAnOrder, Incomplete):
        return []


def network_of_payloads(channels: Mapping[str, Channel]) -> Network:
    """A DC in every country that an order goes to, and the store; all goods are small, as some come by the thousand."""
    orders = orders_in_payloads(channels)
    skus = {line.sku for order in orders for line in order.lines if line.sku} | {
        "SODA",
        "BEER",
        "CBA_OTF_1",
        "CBA_OTF_5",
    }
    addresses = [order.ship_to for order in orders if order.ship_to is not None]
    countries = sorted({address.country for address in addresses})
    areas = {(address.country, address.postal_code[0]) for address in addresses} | {("US", "9")}
    seattle = replace(
        STORE,
        node_id="STORE-SEA",
        postal_code="98101",
        latitude=47.6,
        longitude=-122.3,
        services=frozenset({ServiceLevel.GROUND, ServiceLevel.PICKUP}),
    )
    return replace(
        SAMPLE,
        name="payloads",
        transfer_lanes=(),
        nodes=(
            *map(_dc, countries),
            seattle,
        ),
        items=tuple(Item(sku, 1, 20, 20, 1) for sku in sorted(skus)),
        carriers=(replace(MAIL, zone_distances=((80_467, 1), (1_609_344, 5), (25_000_000, 8))),),
        services=(replace(GROUND, delivery_days=EVERY_DAY, zones={z: ServiceZone(2, 50) for z in (1, 5, 8)}),),
        # The payloads' dates are years ago: at a price by day, none of their orders would be worth shipping any more.
        policy=replace(SAMPLE.policy, late_penalty_per_day=0, promises={ServiceLevel.GROUND: PromiseRule(5)}),
        places={area: Place(*area, *CENTRES[area[0]], "UTC") for area in sorted(areas)},
    )


def _dc(country: str) -> Node:
    latitude, longitude = CENTRES[country]
    return replace(
        DC,
        node_id=f"DC-{country}",
        country=country,
        latitude=latitude,
        longitude=longitude,
        services=frozenset({ServiceLevel.GROUND}),
    )
