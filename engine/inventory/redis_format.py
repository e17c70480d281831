"""How the Redis ledger's values are laid out: what Python writes for the scripts, and what it reads back.

Texts and numbers travel as MessagePack, which the scripts decode; Lua's MessagePack knows no binary type, so fingerprints
and records travel beside it. Lua's numbers are doubles: integers are exact to 2**53.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import msgspec

from engine.inventory.ledger import (
    CapacityClaim,
    CapacityUse,
    Cell,
    Changes,
    Claim,
    Conflict,
    Replayed,
    ReservationState,
    Reserve,
    StoredRoute,
)

CELL = struct.Struct("<iiiiII")  # on hand, reserved, safety stock, protected; when it was counted, when units moved
CAPACITY = struct.Struct("<qq")  # orders, units

STATES = {
    b"N": ReservationState.NONE,
    b"P": ReservationState.PENDING,
    b"C": ReservationState.CONFIRMED,
    b"R": ReservationState.RELEASED,
    b"E": ReservationState.EXPIRED,
    b"X": ReservationState.REPLACED,
}

encode = msgspec.msgpack.Encoder().encode
decode = msgspec.msgpack.Decoder().decode


def reserve_arguments(request: Reserve, now: int) -> tuple[bytes, bytes]:
    """The body and the answer of one request (see reserve.lua)."""
    body = encode(
        (
            request.request_id,
            request.route_id,
            request.replaces,
            request.vip,
            request.expiry_time,
            request.record_expiry_time,
            max(1, request.record_expiry_time - now),
            flat_claims(request.claims),
            flat_capacity(request.capacity),
            request.confirmed,
        )
    )
    return body, prefixed(request.fingerprint) + prefixed(request.route_id.encode()) + request.record


def flat_claims(claims: Sequence[Claim]) -> list[str | int]:
    """(sku, node, units, ...)."""
    return [part for claim in claims for part in (claim.sku, claim.node_id, claim.units)]


def flat_capacity(capacity: Sequence[CapacityClaim]) -> list[str | int]:
    """(node, day, orders, units, order limit, unit limit, ...)."""
    flat: list[str | int] = []
    for use in capacity:
        flat += (use.node_id, use.day, use.orders, use.units, use.order_limit, use.unit_limit)
    return flat


def prefixed(value: bytes) -> bytes:
    """The value behind one byte for its length: 0..255 bytes. Raises ValueError on a longer one."""
    return bytes((len(value),)) + value


def unprefixed(value: bytes) -> tuple[bytes, bytes]:
    """The first value, and what stands behind it."""
    end = 1 + value[0]
    return value[1:end], value[end:]


def replayed(answer: bytes) -> Replayed:
    route_id, record = unprefixed(unprefixed(answer)[1])
    return Replayed(route_id.decode(), record)


def cells_of(flat: Sequence[Any]) -> tuple[Cell, ...]:
    """From (sku, node, on hand, reserved, safety stock, protected, ...)."""
    return tuple(Cell(*flat[i : i + 6]) for i in range(0, len(flat), 6))


def capacity_of(flat: Sequence[Any]) -> tuple[CapacityUse, ...]:
    """From (node, day, orders, units, ...)."""
    return tuple(CapacityUse(*flat[i : i + 4]) for i in range(0, len(flat), 4))


def conflict(packed: bytes, position: int) -> Conflict:
    cells, capacity = decode(packed)
    return Conflict(cells_of(cells), capacity_of(capacity), position)


def merged_changes(position: int, entries: Sequence[bytes]) -> Changes:
    """Feed entries in order as one: the last value of each cell and day, in the order of their first change."""
    cells: dict[tuple[str, str], Sequence[Any]] = {}
    days: dict[tuple[str, int], Sequence[Any]] = {}
    for entry in entries:
        of_cells, of_days = decode(entry)
        for i in range(0, len(of_cells), 6):
            cells[of_cells[i], of_cells[i + 1]] = of_cells[i : i + 6]
        for i in range(0, len(of_days), 4):
            days[of_days[i], of_days[i + 1]] = of_days[i : i + 4]
    of_all = tuple([Cell(*cell) for cell in cells.values()]), tuple([CapacityUse(*use) for use in days.values()])
    return Changes(position, *of_all)


def stored_route(value: bytes, answer: bytes | None, state: ReservationState | None = None) -> StoredRoute:
    """From a route's value and its request's answer, which may be past its expiry; ``state`` overrides the stored one."""
    _, route_id, _, _, expiry_time, _, _, claims, capacity, _ = decode(value[1:])
    record = replayed(answer).record if answer else b""
    return StoredRoute(route_id, state or STATES[value[:1]], expiry_time, *_holdings(claims, capacity), record)


def allocation(allocation_id: str, value: bytes) -> StoredRoute:
    """What the ledger holds for a shipment, as a confirmed reservation without a record."""
    return StoredRoute(allocation_id, ReservationState.CONFIRMED, 0, *_holdings(*decode(value)), b"")


def _holdings(claims: Sequence[Any], capacity: Sequence[Any]) -> tuple[tuple[Claim, ...], tuple[CapacityClaim, ...]]:
    return (
        tuple(Claim(*claims[i : i + 3]) for i in range(0, len(claims), 3)),
        tuple(CapacityClaim(*capacity[i : i + 6]) for i in range(0, len(capacity), 6)),
    )
