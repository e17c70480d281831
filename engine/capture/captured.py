"""The order as every channel's adapter gives it: who ordered what for how much, where it goes, what was promised.

Money is int64 micros of the order's currency. Sums are for all units of a line and exactly as the channel states them: a
unit price may not divide evenly, and a refund must be right to the cent. Instants are UTC seconds. Structs of msgspec, as
orders and routes are: they are written down and read back without code of their own.
"""

from __future__ import annotations

import enum
import re

import msgspec

from engine.network.carriers import ServiceLevel
from engine.network.checks import require
from engine.routing.order import MAX_LINES, MAX_UNITS, Fulfilment

MAX_MICROS = 10**17
"""The largest amount of a line, a charge or an order: 100 thousand million of the currency; sums stay within 64 bits."""

LEVELS_SOLD = (ServiceLevel.GROUND, ServiceLevel.TWO_DAY, ServiceLevel.OVERNIGHT, ServiceLevel.SAME_DAY)


class PaymentState(enum.Enum):
    """What the channel says of the money when it hands the order over."""

    PENDING = "PENDING"  # nothing is certain yet
    AUTHORISED = "AUTHORISED"  # held, to be captured when goods ship
    PARTLY_PAID = "PARTLY_PAID"
    PAID = "PAID"
    PARTLY_REFUNDED = "PARTLY_REFUNDED"
    REFUNDED = "REFUNDED"
    VOIDED = "VOIDED"
    ON_ACCOUNT = "ON_ACCOUNT"  # invoiced on terms: business orders


class ChargeKind(enum.Enum):
    SHIPPING = "SHIPPING"
    HANDLING = "HANDLING"
    GIFT_WRAP = "GIFT_WRAP"
    TIP = "TIP"
    DUTY = "DUTY"
    FEE = "FEE"


class Address(msgspec.Struct, frozen=True, omit_defaults=True):
    """An address as the channel gives it. ``country`` is ISO 3166 alpha-2; ``street`` has a text for each line of it.

    ``residential`` None: the channel does not say.
    """

    country: str
    postal_code: str = ""
    region: str = ""
    city: str = ""
    street: tuple[str, ...] = ()
    name: str = ""
    company: str = ""
    phone: str = ""
    email: str = ""
    residential: bool | None = None

    def __post_init__(self) -> None:
        _match(_COUNTRY, "country", self.country, "ISO 3166 alpha-2, two capital letters")


class Customer(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who ordered; "" where the channel does not say. ``customer_id`` is the channel's own name for him."""

    customer_id: str = ""
    name: str = ""
    company: str = ""
    email: str = ""
    phone: str = ""


class CapturedLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line.

    Attributes
    ----------
    line_id : unique in its order; the channel's own where it has one.
    sku : "" only where nothing ships (a tip, a service, a gift card without one).
    units : ordered, 1..1,000,000.
    closed_units : of those, no longer to ship: cancelled, refunded or shipped before the order was captured.
    gross_micros : all units before discounts, with tax where the order's ``tax_included``.
    discount_micros : taken off the line in all, 0..gross.
    tax_micros : on the line in all, whether included in the price or not.
    physical : False for what nobody ships: gift cards, downloads, services, and a kit whose components are lines too.
    kit_line_id : the line of the kit that this is a component of, or "".
    """

    line_id: str
    sku: str
    units: int
    gross_micros: int = 0
    discount_micros: int = 0
    tax_micros: int = 0
    closed_units: int = 0
    title: str = ""
    fulfilment: Fulfilment = Fulfilment.SHIP
    physical: bool = True
    kit_line_id: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        require(bool(self.line_id), "line_id", self.line_id, "a non-empty identifier")
        require(bool(self.sku) or not self.physical, "sku", self.sku, "a non-empty SKU, as the line ships")
        require(1 <= self.units <= MAX_UNITS, "units", self.units, f"a count in 1..{MAX_UNITS}")
        inside = 0 <= self.closed_units <= self.units
        require(inside, "closed_units", self.closed_units, f"a count in 0..{self.units}, as {self.units} were ordered")
        _amounts(self.gross_micros, self.discount_micros, self.tax_micros)

    @property
    def open_units(self) -> int:
        """Units still to ship or hand over; 0 where nothing is physical."""
        return self.units - self.closed_units if self.physical else 0

    @property
    def unit_price_micros(self) -> int:
        """Before discounts, rounded half up; ``gross_micros`` is the figure to reckon with."""
        return (2 * self.gross_micros + self.units) // (2 * self.units)


class Charge(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is paid beside the goods. Amounts as on a line."""

    kind: ChargeKind
    gross_micros: int
    discount_micros: int = 0
    tax_micros: int = 0
    title: str = ""

    def __post_init__(self) -> None:
        _amounts(self.gross_micros, self.discount_micros, self.tax_micros)


class Payment(msgspec.Struct, frozen=True, omit_defaults=True):
    """``paid_micros`` None: the channel does not say; a gift card or store credit counts as paid.

    ``reference`` is what the gateway knows the payment by, ``method`` the channel's own word.
    """

    state: PaymentState = PaymentState.PENDING
    method: str = ""
    reference: str = ""
    paid_micros: int | None = None

    def __post_init__(self) -> None:
        if self.paid_micros is not None:
            _amount("payment.paid_micros", self.paid_micros)


class CapturedOrder(msgspec.Struct, frozen=True, omit_defaults=True):
    """One order of one channel.

    Attributes
    ----------
    channel : the name the channel is set up under; two shops of one platform are two channels.
    channel_order_id : the channel's own identifier, unique in the channel; ``number`` is what the customer sees.
    currency : ISO 4217, of every amount: the shop's own where the customer paid in another, which is then
        ``presentment_currency`` and ``presentment_total_micros``.
    tax_included : prices and charges contain their taxes.
    ship_to : None where nothing ships.
    discount_micros, tax_micros : what the channel puts on the order and not on a line or a charge.
    total_micros : as the channel states it; None where it does not.
    service_level : what was sold, of LEVELS_SOLD; None where the channel does not say. ``service_name`` is its own word.
    not_before, deliver_by : the customer's date as the earliest and latest instant of arrival, or None.
    pickup_location : the channel's name for the store where lines are picked up; ``pickup_by`` the latest instant.
    cancelled_time : when the channel cancelled it, or None.
    test : nobody expects goods.
    raw_id : what the bytes it came from are kept under, "" before they are.
    """

    channel: str
    channel_order_id: str
    order_time: int
    currency: str
    lines: tuple[CapturedLine, ...]
    number: str = ""
    customer: Customer = Customer()
    ship_to: Address | None = None
    bill_to: Address | None = None
    charges: tuple[Charge, ...] = ()
    discount_micros: int = 0
    tax_micros: int = 0
    total_micros: int | None = None
    tax_included: bool = False
    presentment_currency: str = ""
    presentment_total_micros: int | None = None
    service_level: ServiceLevel | None = None
    service_name: str = ""
    not_before: int | None = None
    deliver_by: int | None = None
    pickup_location: str = ""
    pickup_by: int | None = None
    payment: Payment = Payment()
    purchase_order: str = ""
    notes: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    vip: bool = False
    cancelled_time: int | None = None
    test: bool = False
    raw_id: str = ""

    def __post_init__(self) -> None:
        _match(_CHANNEL, "channel", self.channel, "a channel's name: 1..32 of a-z, 0-9, - and _")
        known = 1 <= len(self.channel_order_id) <= 90
        require(known, "channel_order_id", self.channel_order_id, "an identifier of 1..90 characters")
        _match(_CURRENCY, "currency", self.currency, "ISO 4217, three capital letters")
        least = 1 if self.cancelled_time is None else 0  # some channels strike out the lines of what they cancel
        require(least <= len(self.lines) <= MAX_LINES, "lines", len(self.lines), f"{least}..{MAX_LINES} lines")
        ids = [line.line_id for line in self.lines]
        twice = next((each for position, each in enumerate(ids) if each in ids[:position]), None)
        require(twice is None, "lines.line_id", twice, "identifiers unique within the order")
        for line in self.lines:
            known = not line.kit_line_id or line.kit_line_id in ids
            require(known, "lines.kit_line_id", line.kit_line_id, "a line of the order")
        for name in ("discount_micros", "tax_micros"):
            _amount(name, getattr(self, name))
        for name in ("order_time", "not_before", "deliver_by", "pickup_by", "cancelled_time"):
            value = getattr(self, name)
            require(value is None or 0 <= value < 1 << 40, name, value, "UTC seconds >= 0")
        sold = self.service_level is None or self.service_level in LEVELS_SOLD
        require(sold, "service_level", self.service_level, f"one of {', '.join(each.value for each in LEVELS_SOLD)}")
        ships = any(line.open_units and line.fulfilment is Fulfilment.SHIP for line in self.lines)
        require(not ships or self.ship_to is not None, "ship_to", None, "an address, as lines ship")

    @property
    def order_id(self) -> str:
        """Its name everywhere in Onebox: unique over all channels."""
        return f"{self.channel}:{self.channel_order_id}"

    @property
    def reckoned_total_micros(self) -> int:
        """What lines, charges and the order's own discount and tax come to."""
        priced: tuple[CapturedLine | Charge, ...] = (*self.lines, *self.charges)
        total = sum(each.gross_micros - each.discount_micros for each in priced) - self.discount_micros
        taxes = sum(each.tax_micros for each in priced) + self.tax_micros
        return total if self.tax_included else total + taxes

    @property
    def unexplained_micros(self) -> int:
        """What the channel's total has above the reckoned one: 0 where it states none."""
        return 0 if self.total_micros is None else self.total_micros - self.reckoned_total_micros


_COUNTRY = re.compile(r"[A-Z]{2}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_CHANNEL = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


def _match(pattern: re.Pattern[str], field: str, value: str, expected: str) -> None:
    require(pattern.fullmatch(value) is not None, field, value, expected)


def _amount(field: str, micros: int) -> None:
    require(0 <= micros <= MAX_MICROS, field, micros, f"micros in 0..{MAX_MICROS}")


def _amounts(gross: int, discount: int, tax: int) -> None:
    _amount("gross_micros", gross)
    _amount("tax_micros", tax)
    require(0 <= discount <= gross, "discount_micros", discount, f"micros in 0..{gross}, as the gross is {gross}")
