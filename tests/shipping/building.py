"""Consignments and addresses for the tests, with everything that does not matter filled in."""

from __future__ import annotations

from typing import Any

from engine.capture.captured import Address
from engine.network.carriers import ServiceLevel
from engine.shipping.addresses import node_address
from engine.shipping.carrier import Consignment, Parcel
from tests.network.sample import DC, at, day

NOW = at("2025-11-05T15:00")
MEMPHIS = node_address(DC, street=("3131 Democrat Rd",), city="Memphis", region="TN")
ZOE = Address(
    "US", "10001-2345", "NY", "New York", ("20 W 34th St", "Apt 12"), "Zoë Łukasiewicz", email="zoe@example.com"
)
BOX = Parcel(300, 250, 200, 2_100)


def consignment(**changes: Any) -> Consignment:
    given: dict[str, Any] = {
        "consignment_id": "S-1",
        "node_id": DC.node_id,
        "sender": MEMPHIS,
        "recipient": ZOE,
        "level": ServiceLevel.GROUND,
        "ship_day": day("2025-11-05"),
        "ship_time": at("2025-11-05T23:00"),
        "parcels": (BOX,),
        "reference": "web:1001",
    }
    return Consignment(**{**given, **changes})
