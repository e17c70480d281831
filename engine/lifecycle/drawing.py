"""docs/life-cycle.md, drawn from the transition tables: ``python -m engine.lifecycle.drawing > docs/life-cycle.md``."""

from __future__ import annotations

from engine.lifecycle.states import TABLES, Kind, Table

_INTRODUCTION = """\
# The life of an order

Drawn from the transition tables in `engine/lifecycle/states.py`; a test keeps it current. Every move, and every change that
moves nothing, is one event in the stream `onebox:{ledger}:events`: its subject, the states before and after, actor, reason,
time and data. The script that makes the change and moves the stock it touches writes it
([ADR 0010](adr/0010-the-life-of-an-order.md)).

Packing buys the carrier's label, and what the carrier says of its packages moves the shipment on
([ADR 0015](adr/0015-labels-are-named-before-they-are-bought.md)): scanned, it is IN_TRANSIT; held, refused, sent back or lost,
EXCEPTION; DELIVERED when its last package is. Beside the moves an event of a shipment says `what` happened: `scan` for each new
scan, `exception` once for each trouble (not handed over, silent, will be late, late, and what the carrier calls one).

A return is one parcel to one node, chosen by what it costs and what the goods are worth there ([model.md](model.md), Returns).
A recurring order (`onebox schedule`) captures an order of its own at each of its times: that it is being captured is written down
first, and the order's name follows from the schedule's and its number, so it is made once, whoever crashes or does it too.

Payments are reconciled with the gateway by `onebox order reconcile`: what the gateway has of money that moved is taken over, and
what is then owed is asked for. An exchange is an order of its own, paid by what came back
([ADR 0016](adr/0016-where-returns-go-and-what-pays-for-exchanges.md)). What is held and what is taken back says `policy.toml`
([network-files.md](network-files.md)).
"""

_TITLES = {
    Kind.ORDER: "Order",
    Kind.SHIPMENT: "Shipment",
    Kind.PAYMENT: "Payment",
    Kind.RETURN: "Return",
}


_AT_THE_NODE = """\
## At the node

| FulfillmentService, `onebox fulfil` | the shipment is then | and |
|---|---|---|
| `AcceptShipment`, `accept` | ACCEPTED | |
| `RejectShipment`, `reject` | REJECTED, or shorter | routed anew at once without the node; held after `reject_rounds` |
| `PickShipment`, `pick` | PICKED | what was not found is counted off the node's stock and routed anew |
| `PackShipment`, `pack` | PACKED | its carrier's label is bought; it stays PICKED where the carrier refuses or is away |
| `ShipShipment`, `ship` | SHIPPED | its units leave, what they cost is captured |
| `RecordScans`, `POST /scans`, the carrier when asked | IN_TRANSIT, EXCEPTION, DELIVERED | exceptions are told once |
| `ReadyShipment`, `ready` | READY at the store | a code opens it |
| `HandOverShipment`, `hand-over` | HANDED_OVER | |
| `ReturnNoShow`, `no-show` | NO_SHOW | its units are the store's stock, the order is relieved of them |

Cancelling an order stops what has not left, and a label that was bought for it is taken back. Papers, scans and mails are in
[papers.md](papers.md).
"""


def page() -> str:
    """The whole document."""
    drawn = [f"## {_TITLES[kind]}\n\n{drawing(table)}\n" for kind, table in TABLES.items()]
    return "\n".join([_INTRODUCTION, *drawn, _AT_THE_NODE])


def drawing(table: Table) -> str:
    """A Mermaid state diagram."""
    moves = [
        f"    {before or '[*]'} --> {after or '[*]'}"
        for before, afters in table.items()
        for after in (afters or ("",))  # a state that nothing follows is an end
    ]
    return "\n".join(["```mermaid", "stateDiagram-v2", *moves, "```"])


if __name__ == "__main__":
    print(page(), end="")
