"""Requests for the tests, with everything that does not matter filled in."""

from __future__ import annotations

import itertools

from engine.inventory.ledger import CapacityClaim, Claim, Ledger, Reserve, StockCount

NOW = 1_760_000_000
DAY = NOW // 86_400
_numbers = itertools.count()


def reserve(
    *claims: tuple[str, str, int],
    request_id: str = "",
    route_id: str = "",
    fingerprint: bytes = b"same",
    capacity: tuple[CapacityClaim, ...] = (),
    vip: bool = False,
    expiry_time: int = NOW + 1_800,
    record: bytes = b"\xff\x00record",
    replaces: str = "",
    confirmed: bool = False,
) -> Reserve:
    number = next(_numbers)
    return Reserve(
        request_id=request_id or f"request-{number}",
        fingerprint=fingerprint,
        route_id=route_id or f"route-{number}",
        claims=tuple(Claim(*claim) for claim in claims),
        capacity=capacity,
        vip=vip,
        expiry_time=expiry_time,
        record=record,
        record_expiry_time=NOW + 90 * 86_400,
        replaces=replaces,
        confirmed=confirmed,
    )


def a_day(node_id: str, orders: int, units: int, order_limit: int = -1, unit_limit: int = -1) -> CapacityClaim:
    return CapacityClaim(node_id, DAY, orders, units, order_limit, unit_limit)


async def stock_up(ledger: Ledger, sku: str, node_id: str, on_hand: int, safety: int = 0, protected: int = 0) -> None:
    row = StockCount(sku, node_id, on_hand, NOW, safety, protected)
    await ledger.count(f"stock-{next(_numbers)}", [row], NOW)
