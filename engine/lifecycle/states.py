"""The state machines of orders, shipments, payments and returns: one transition table each, as data.

Where a thing stands follows from its parts (see ``life.py`` and ``money.py``). The tables say which moves there are at all:
``check_move`` refuses every other, and docs/life-cycle.md is drawn from them.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType


class OrderState(enum.Enum):
    CAPTURED = "CAPTURED"  # stored; no unit is held yet
    SCHEDULED = "SCHEDULED"  # waits for its date: a preorder
    HELD = "HELD"  # nothing more is decided or released until somebody lifts the hold
    BACKORDERED = "BACKORDERED"  # all that is left waits for stock
    ROUTED = "ROUTED"  # units are held in planned shipments, no node knows of them yet
    RELEASED = "RELEASED"  # nodes work on it
    SHIPPED = "SHIPPED"  # every unit has left, not all have arrived
    DELIVERED = "DELIVERED"
    CANCELLED = "CANCELLED"


class ShipmentState(enum.Enum):
    PLANNED = "PLANNED"
    RELEASED = "RELEASED"  # in the node's queue
    ACCEPTED = "ACCEPTED"
    PICKED = "PICKED"
    PACKED = "PACKED"
    SHIPPED = "SHIPPED"  # it has left the node
    IN_TRANSIT = "IN_TRANSIT"  # the carrier has scanned it
    EXCEPTION = "EXCEPTION"  # the carrier says that it does not come, or not now
    DELIVERED = "DELIVERED"
    READY = "READY"  # at the store where it is picked up
    HANDED_OVER = "HANDED_OVER"
    NO_SHOW = "NO_SHOW"  # nobody came; back in stock
    REJECTED = "REJECTED"
    CANCELLED = "CANCELLED"


class PaymentState(enum.Enum):
    PENDING = "PENDING"
    AUTHORISED = "AUTHORISED"
    DECLINED = "DECLINED"
    PARTLY_CAPTURED = "PARTLY_CAPTURED"
    CAPTURED = "CAPTURED"
    PARTLY_REFUNDED = "PARTLY_REFUNDED"
    REFUNDED = "REFUNDED"
    VOIDED = "VOIDED"


class ReturnState(enum.Enum):
    AUTHORISED = "AUTHORISED"
    HANDED_IN = "HANDED_IN"  # at a store, from where it goes on to another node
    RECEIVED = "RECEIVED"
    CLOSED = "CLOSED"  # graded, restocked or written off, and refunded or exchanged
    CANCELLED = "CANCELLED"


class Kind(enum.Enum):
    """What an event is about."""

    ORDER = "ORDER"
    SHIPMENT = "SHIPMENT"
    PAYMENT = "PAYMENT"
    RETURN = "RETURN"


Table = Mapping[str, tuple[str, ...]]

TABLES: Mapping[Kind, Table] = MappingProxyType(
    {
        Kind.ORDER: {
            "": ("CAPTURED", "SCHEDULED", "HELD"),
            "CAPTURED": ("HELD", "SCHEDULED", "BACKORDERED", "ROUTED", "RELEASED", "CANCELLED"),
            "SCHEDULED": ("CAPTURED", "HELD", "BACKORDERED", "ROUTED", "RELEASED", "CANCELLED"),
            "HELD": (
                "CAPTURED",
                "SCHEDULED",
                "BACKORDERED",
                "ROUTED",
                "RELEASED",
                "SHIPPED",
                "DELIVERED",
                "CANCELLED",
            ),
            "BACKORDERED": ("CAPTURED", "HELD", "ROUTED", "RELEASED", "SHIPPED", "DELIVERED", "CANCELLED"),
            "ROUTED": ("CAPTURED", "SCHEDULED", "HELD", "BACKORDERED", "RELEASED", "CANCELLED"),
            "RELEASED": ("HELD", "BACKORDERED", "SHIPPED", "DELIVERED", "CANCELLED"),
            "SHIPPED": ("DELIVERED", "CANCELLED"),
            "DELIVERED": (),
            "CANCELLED": (),
        },
        Kind.SHIPMENT: {
            "": ("PLANNED", "RELEASED"),
            "PLANNED": ("RELEASED", "CANCELLED"),
            "RELEASED": ("ACCEPTED", "REJECTED", "CANCELLED"),
            "ACCEPTED": ("PICKED", "REJECTED", "CANCELLED"),
            "PICKED": ("PACKED", "CANCELLED"),
            "PACKED": ("SHIPPED", "READY", "CANCELLED"),
            "SHIPPED": ("IN_TRANSIT", "EXCEPTION", "DELIVERED", "READY"),
            "IN_TRANSIT": ("EXCEPTION", "DELIVERED", "READY"),
            "EXCEPTION": ("IN_TRANSIT", "DELIVERED", "READY"),
            "READY": ("HANDED_OVER", "NO_SHOW"),
            "DELIVERED": (),
            "HANDED_OVER": (),
            "NO_SHOW": (),
            "REJECTED": (),
            "CANCELLED": (),
        },
        Kind.PAYMENT: {
            "": ("PENDING", "AUTHORISED", "CAPTURED"),
            "PENDING": ("AUTHORISED", "DECLINED", "PARTLY_REFUNDED", "REFUNDED", "VOIDED"),
            "DECLINED": (
                "PENDING",
                "AUTHORISED",
                "PARTLY_CAPTURED",
                "CAPTURED",
                "PARTLY_REFUNDED",
                "REFUNDED",
                "VOIDED",
            ),
            "AUTHORISED": ("PARTLY_CAPTURED", "CAPTURED", "PARTLY_REFUNDED", "REFUNDED", "VOIDED", "DECLINED"),
            "PARTLY_CAPTURED": ("AUTHORISED", "CAPTURED", "DECLINED", "PARTLY_REFUNDED", "REFUNDED"),
            "CAPTURED": ("AUTHORISED", "DECLINED", "PARTLY_CAPTURED", "PARTLY_REFUNDED", "REFUNDED"),
            "PARTLY_REFUNDED": ("PARTLY_CAPTURED", "CAPTURED", "REFUNDED", "VOIDED"),
            "REFUNDED": ("PARTLY_CAPTURED", "CAPTURED", "PARTLY_REFUNDED", "VOIDED"),
            "VOIDED": ("AUTHORISED",),
        },
        Kind.RETURN: {
            "": ("AUTHORISED",),
            "AUTHORISED": ("HANDED_IN", "RECEIVED", "CANCELLED"),
            "HANDED_IN": ("RECEIVED",),
            "RECEIVED": ("CLOSED",),
            "CLOSED": (),
            "CANCELLED": (),
        },
    }
)
"""By kind: state to the states that may follow; "" is before the first."""

AT_NODE = frozenset({ShipmentState.RELEASED, ShipmentState.ACCEPTED, ShipmentState.PICKED, ShipmentState.PACKED})
"""A node works on it, and it may still be stopped."""

ON_ITS_WAY = frozenset({ShipmentState.SHIPPED, ShipmentState.IN_TRANSIT, ShipmentState.EXCEPTION})
"""It has left the node and is not there yet."""

GIVEN_UP = frozenset({ShipmentState.REJECTED, ShipmentState.CANCELLED, ShipmentState.NO_SHOW})
"""Its units went back, to stock or to the order."""

ARRIVED = frozenset({ShipmentState.DELIVERED, ShipmentState.HANDED_OVER})


def check_move(kind: Kind, before: str, after: str) -> None:
    """Raises ValueError on a move that the table does not have: an error of ours, not of a caller."""
    if after not in TABLES[kind].get(before, ()):
        raise ValueError(f"no move of {kind.value} from {before or 'nothing'} to {after}")
