"""One order's life: what was ordered, the shipments, payment and returns that came of it, and where its units are.

Structs of msgspec, written down as maps without their defaults: a new field needs a default, and old lives are read on.
"""

from __future__ import annotations

import enum

import msgspec

from engine.capture.captured import CapturedOrder
from engine.inventory.ledger import CapacityClaim
from engine.lifecycle.states import ARRIVED, AT_NODE, GIVEN_UP, OrderState, PaymentState, ReturnState, ShipmentState
from engine.network.carriers import ServiceLevel
from engine.network.life_rules import Condition
from engine.routing.route import Content, Package
from engine.shipping.tracking import TrackingEvent


class CarrierLabel(msgspec.Struct, frozen=True, omit_defaults=True):
    """A label that a carrier is asked for, and has given once there are ``tracking_numbers``, one for each package.

    ``label_id`` is what it is asked for by: asked twice, it is bought once. ``time`` is when it was first asked for, UTC
    seconds; ``cost`` is what the carrier said it takes, micros of ``currency``, "" where it did not say.
    """

    label_id: str
    carrier_id: str
    time: int
    tracking_numbers: tuple[str, ...] = ()
    cost: int = 0
    currency: str = ""


class TakenBack(msgspec.Struct, frozen=True, omit_defaults=True):
    """A label that its carrier is to take back. One that the carrier has not got is looked for again until ``last_time`` (UTC
    seconds): whoever was asking for it may still be at it."""

    label_id: str
    carrier_id: str
    last_time: int


class Shipment(msgspec.Struct, frozen=True, omit_defaults=True):
    """One node, one service, one departure.

    ``held``: the ledger holds its units, and ``capacity`` of its node's day, as the allocation of this id. Times and days as
    in a route's shipments; ``cost`` in micros. ``code`` opens a pickup; ``tracking`` is the carrier's number, of the first
    package where there are several. ``scans`` is what the carrier told since, ``raised`` the exceptions that were told of
    already, ``next_look`` when to ask the carrier again, UTC seconds.
    """

    shipment_id: str
    state: ShipmentState
    node_id: str
    carrier_id: str
    level: ServiceLevel
    destination_node: str
    ship_day: int
    ship_time: int
    arrival_time: int
    promise_time: int | None
    contents: tuple[Content, ...]
    packages: tuple[Package, ...]
    route_id: str
    cost: int
    capacity: tuple[CapacityClaim, ...] = ()
    held: bool = True
    code: str = ""
    tracking: str = ""
    shipped_time: int = 0
    arrived_time: int = 0
    label: CarrierLabel | None = None
    scans: tuple[TrackingEvent, ...] = ()
    raised: tuple[str, ...] = ()
    next_look: int = 0

    @property
    def tracking_numbers(self) -> tuple[str, ...]:
        """One for each package that has one."""
        if self.label is not None and self.tracking in ("", *self.label.tracking_numbers):
            return self.label.tracking_numbers
        return (self.tracking,) if self.tracking else ()

    @property
    def gone(self) -> bool:
        """Its goods have left the node for the customer."""
        return not self.held and self.state not in GIVEN_UP


ON_ACCOUNT = "account:"
"""How references of payments begin that are invoiced on terms."""


class TaskKind(enum.Enum):
    AUTHORISE = "AUTHORISE"
    CAPTURE = "CAPTURE"
    REFUND = "REFUND"
    VOID = "VOID"


class Task(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the gateway is to do, >= 0 micros. ``task_id`` is its idempotency key: done twice, it has one effect. ``reference``
    names the payment of a credit; "" is the order's own."""

    task_id: str
    kind: TaskKind
    micros: int
    reference: str = ""


class Credit(msgspec.Struct, frozen=True, omit_defaults=True):
    """Money of another order's payment that pays for this one, as it goes out in exchange: ``micros``, of which ``used`` were
    paid back from there, or moved on again. ``reference`` is the gateway's name for that payment."""

    reference: str
    micros: int
    used: int = 0


class Payment(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is authorised, captured and refunded, micros, as the gateway confirmed it.

    Attributes
    ----------
    prepaid : the channel took it all before; nothing is captured on shipping.
    tasks : under way.
    moved : pays for orders that went out in exchange for goods of this one, as ``credits`` pay for this one.
    refunded : of both kinds of money.
    let_be : paid back elsewhere, beyond what was owed, and not asked for again.
    """

    state: PaymentState
    reference: str = ""
    authorised: int = 0
    captured: int = 0
    refunded: int = 0
    prepaid: bool = False
    voided: bool = False
    declined: str = ""
    tasks: tuple[Task, ...] = ()
    moved: int = 0
    credits: tuple[Credit, ...] = ()
    let_be: int = 0

    @property
    def credited(self) -> int:
        return sum(credit.micros for credit in self.credits)

    @property
    def net(self) -> int:
        """What the customer has paid for this order by now."""
        return self.captured + self.credited - self.refunded - self.moved


class Grade(enum.Enum):
    AS_NEW = "AS_NEW"  # restocked
    DAMAGED = "DAMAGED"  # written off
    MISSING = "MISSING"  # was not in the parcel: no refund


class Replacement(msgspec.Struct, frozen=True, omit_defaults=True):
    """What goes out for a line: as many units of ``sku``, for these amounts, all units, as a captured line has them."""

    sku: str
    gross_micros: int
    discount_micros: int = 0
    tax_micros: int = 0


class ReturnLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """Units of a line that come back. ``graded`` counts them by the grade's word once that is done. In an exchange
    ``replacement`` goes out for them; None: the same goods, at what they cost."""

    line_id: str
    sku: str
    units: int
    reason: str = ""
    condition: Condition = Condition.UNOPENED
    replacement: Replacement | None = None
    graded: dict[str, int] = {}

    @property
    def accepted(self) -> int:
        """Units that were really there."""
        return sum(units for grade, units in self.graded.items() if grade != Grade.MISSING.value)


class Return(msgspec.Struct, frozen=True, omit_defaults=True):
    """One parcel that comes back, and to which node.

    Attributes
    ----------
    refund : False for an exchange: ``exchange_order_id`` goes out for it, ``captured`` once it is an order of its own.
    drop_off : the store where it was handed in, or "".
    carrier_id, level : what carries it; "" and None where no carrier does.
    costs, cost, instead : why it goes there, see ``ReturnParcel``; parts by their word, micros.
    goods, tax, shipping : what it is worth to the customer, micros, once it is closed. credits : the part of it that pays for
        the exchange's order.
    """

    return_id: str
    state: ReturnState
    node_id: str
    lines: tuple[ReturnLine, ...]
    refund: bool = True
    refund_shipping: bool = False
    exchange_order_id: str = ""
    goods: int = 0
    tax: int = 0
    shipping: int = 0
    label: CarrierLabel | None = None
    scans: tuple[TrackingEvent, ...] = ()
    credits: tuple[Credit, ...] = ()
    captured: bool = False
    drop_off: str = ""
    carrier_id: str = ""
    level: ServiceLevel | None = None
    costs: tuple[tuple[str, int], ...] = ()
    cost: int = 0
    instead: tuple[tuple[str, int], ...] = ()

    @property
    def credit(self) -> int:
        """Micros that moved on to the exchange's order."""
        return sum(credit.micros for credit in self.credits)


class Life(msgspec.Struct, frozen=True, omit_defaults=True):
    """The whole.

    Attributes
    ----------
    cancelled : units by line that nobody wants or gets any more.
    hold : why it is held; "" when it is not. not_before : UTC seconds, a preorder's date; 0 for none.
    routed : the router was asked. released : nodes may work on it, also on what is routed later.
    again : something was rejected and is to be routed: by whom it was told, or from this instant on by anybody; 0 for nothing.
    rounds : rejects that were followed by a new decision. not_nodes : nodes that rejected something.
    numbered : how many shipments, returns, labels and tasks were named so far.
    taken_back : labels that carriers are still to take back.
    """

    order: CapturedOrder
    state: OrderState
    payment: Payment
    shipments: tuple[Shipment, ...] = ()
    returns: tuple[Return, ...] = ()
    cancelled: dict[str, int] = {}
    hold: str = ""
    not_before: int = 0
    routed: bool = False
    released: bool = False
    again: int = 0
    rounds: int = 0
    not_nodes: tuple[str, ...] = ()
    numbered: int = 0
    taken_back: tuple[TakenBack, ...] = ()

    @property
    def order_id(self) -> str:
        return self.order.order_id

    def active(self) -> tuple[Shipment, ...]:
        return tuple(each for each in self.shipments if each.state not in GIVEN_UP)

    def waiting(self) -> dict[str, int]:
        """Units by line that are neither in a shipment nor cancelled; lines without any are left out."""
        placed = units_by_line(self.active())
        rest = {
            line.line_id: line.open_units - self.cancelled.get(line.line_id, 0) - placed.get(line.line_id, 0)
            for line in self.order.lines
        }
        return {line_id: units for line_id, units in rest.items() if units}

    def gone(self) -> dict[str, int]:
        """Units by line that have left for the customer."""
        return units_by_line(tuple(each for each in self.shipments if each.gone))

    def returned(self) -> dict[str, int]:
        """Units by line that came back and are paid back."""
        units: dict[str, int] = {}
        for each in self.returns:
            for line in each.lines if each.state is ReturnState.CLOSED else ():
                units[line.line_id] = units.get(line.line_id, 0) + line.accepted
        return units

    def coming_back(self) -> dict[str, int]:
        """Units by line in returns that were not cancelled."""
        units: dict[str, int] = {}
        for each in self.returns:
            for line in each.lines if each.state is not ReturnState.CANCELLED else ():
                came = line.accepted if each.state is ReturnState.CLOSED else line.units
                units[line.line_id] = units.get(line.line_id, 0) + came
        return units


def units_by_line(shipments: tuple[Shipment, ...]) -> dict[str, int]:
    units: dict[str, int] = {}
    for shipment in shipments:
        for content in shipment.contents:
            units[content.line_id] = units.get(content.line_id, 0) + content.units
    return units


def order_state(life: Life, now: int) -> OrderState:
    """Where the order stands, by its parts."""
    shipments = life.active()
    active = {each.state for each in shipments}
    waiting = bool(life.waiting())
    if not active and not waiting:
        return OrderState.CANCELLED
    if life.hold and (waiting or ShipmentState.PLANNED in active):
        return OrderState.HELD
    if ShipmentState.PLANNED in active:
        return OrderState.ROUTED
    if active & AT_NODE or any(each.state is ShipmentState.READY and each.held for each in shipments):
        return OrderState.RELEASED
    if waiting and (active or life.routed):
        return OrderState.BACKORDERED
    if waiting:
        return OrderState.SCHEDULED if life.not_before > now else OrderState.CAPTURED
    return OrderState.DELIVERED if active <= ARRIVED else OrderState.SHIPPED


_ENCODER = msgspec.msgpack.Encoder(order="deterministic")
_DECODER = msgspec.msgpack.Decoder(Life)


def encode(life: Life) -> bytes:
    return _ENCODER.encode(life)


def decode(data: bytes) -> Life:
    return _DECODER.decode(data)
