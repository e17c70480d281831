"""Orders as they are built, and writing them to orders.csv."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from engine.network.building.tables import Cell, write_records


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order: ``lines`` are (item index, units, picked up?), the rest as in orders.csv. Instants in UTC."""

    time: datetime
    postal_code: str
    lines: tuple[tuple[int, int, bool], ...]
    channel: str = "web"
    residential: bool = True
    service_level: str = "GROUND"
    deliver_by: datetime | None = None
    pickup_node: str = ""
    pickup_radius: int | None = None
    ship_complete: bool = False
    max_shipments: int | None = None
    vip: bool = False
    not_node_types: str = ""

    @property
    def units(self) -> int:
        return sum(units for _, units, _ in self.lines)

    @property
    def picks(self) -> bool:
        return any(picked for _, _, picked in self.lines)

    @property
    def ships(self) -> bool:
        return not all(picked for _, _, picked in self.lines)


def write_orders(orders: Iterable[OrderRow], skus: tuple[str, ...], out: Path) -> None:
    """Write orders.csv by time, numbered in that order.

    Later lines of an order leave the order's own columns blank.
    """
    ranked = sorted(orders, key=lambda order: order.time)
    write_records(out / "orders.csv", (row for n, order in enumerate(ranked, 1) for row in _rows(n, order, skus)))


def _rows(number: int, order: OrderRow, skus: tuple[str, ...]) -> Iterable[dict[str, Cell]]:
    own: dict[str, Cell] = {
        "order_time": _instant(order.time),
        "channel": order.channel,
        "country": "US",
        "postal_code": order.postal_code,
        "residential": "yes" if order.residential else "no",
        "service_level": order.service_level,
        "deliver_by": _instant(order.deliver_by) if order.deliver_by else None,
        "pickup_node": order.pickup_node,
        "pickup_radius": order.pickup_radius,
        "partial": "no" if order.ship_complete else None,
        "max_shipments": order.max_shipments,
        "vip": "yes" if order.vip else None,
        "not_node_types": order.not_node_types,
    }
    for n, (item, units, picked) in enumerate(order.lines):
        line: dict[str, Cell] = {"sku": skus[item], "units": units, "fulfilment": "PICKUP" if picked else "SHIP"}
        yield {"order_id": f"O{number:06d}", **(own if n == 0 else {}), **line}


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
