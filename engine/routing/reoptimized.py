"""A re-optimisation as it is asked for, and what came of it: values alone."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from engine.routing.batch_answers import BY_WORK, Limits, Proof
from engine.routing.route import Route

EVERY_ROUTE_BP = 10_000
MAX_ROUTES = 100_000


@dataclass(frozen=True, slots=True)
class ReoptimizeRequest:
    """``route_ids``: empty for every live route. ``max_moves_bp``: share of the routes looked at that may move, basis points."""

    request_id: str
    fingerprint: bytes
    route_ids: tuple[str, ...] = ()
    max_moves_bp: int = 500
    min_saving: int = 0
    limits: Limits = BY_WORK
    validate_only: bool = False


class Planned(msgspec.Struct, frozen=True, array_like=True):
    """One move as it is written down: the swap, and what it saves, micros."""

    replaces: str
    route: Route
    record: bytes
    saving: int
    group: int
    vip: bool
    confirmed: bool
    claims: tuple[tuple[str, str, int], ...]
    capacity: tuple[tuple[str, int, int, int, int, int], ...]


class Written(msgspec.Struct, frozen=True, array_like=True):
    """What was found, before the first move was made."""

    looked_at: int
    movable: int
    full_moves: int
    full_saving: int
    proof: Proof | None
    moves: tuple[Planned, ...]


@dataclass(frozen=True, slots=True)
class MoveMade:
    """``why_not`` is empty where it was made."""

    replaces: str
    route: Route
    saving: int
    group: int
    why_not: str


@dataclass(frozen=True, slots=True)
class Reoptimized:
    """What came of it. Savings in micros; ``saving`` is of the moves made, or under validate_only of those found."""

    found: Written
    moves: tuple[MoveMade, ...]
    moved: int
    saving: int
    seconds: float
