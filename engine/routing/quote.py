"""Quotes: what the customer could be promised, without a hold."""

from __future__ import annotations

from dataclasses import dataclass

from engine.network.carriers import ServiceLevel
from engine.routing.route import Unfilled


@dataclass(frozen=True, slots=True)
class QuoteOption:
    """One way to get the whole cart.

    ``store_id`` is the store of a pickup, "" for deliveries. ``node_ids`` ship, by lowest line. ``ship_time`` and
    ``arrival_time`` are the last shipment's, UTC seconds; ``cost`` in micros; ``shipments`` >= 1. ``unfilled`` is what
    this option would leave out.
    """

    level: ServiceLevel
    store_id: str
    node_ids: tuple[str, ...]
    ship_time: int
    arrival_time: int
    cost: int
    shipments: int
    promise_kept: bool
    unfilled: tuple[Unfilled, ...] = ()


@dataclass(frozen=True, slots=True)
class Quote:
    """Options by service level, then stores by distance; ``unfilled`` are the lines that no option fills."""

    options: tuple[QuoteOption, ...]
    unfilled: tuple[Unfilled, ...]
    currency: str
    quote_time: int
    expiry_time: int
    network_version: int
