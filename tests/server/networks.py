"""A small network that holds every rule of the network files."""

from __future__ import annotations

from dataclasses import replace

from engine.network.carriers import ServiceLevel, ServiceZone
from tests.network.sample import BIKE, DC, GROUND, SAMPLE, STORE

SMALL = replace(
    SAMPLE,
    name="small",
    nodes=(
        replace(DC, services=frozenset({ServiceLevel.GROUND, ServiceLevel.SHIP_TO_STORE})),
        replace(STORE, services=frozenset({ServiceLevel.GROUND, ServiceLevel.PICKUP, ServiceLevel.SAME_DAY})),
    ),
    services=(GROUND, replace(BIKE, zones={0: ServiceZone(0, 120)})),
)
