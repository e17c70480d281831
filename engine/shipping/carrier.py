"""The one protocol of carriers: rate, label, void, track. Local or real, they look the same to who ships."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Protocol

import msgspec

from engine.capture.captured import Address
from engine.errors import OneboxError
from engine.network.carriers import ServiceLevel
from engine.network.checks import require
from engine.shipping.addresses import check_delivers
from engine.shipping.tracking import TrackingEvent

MAX_PARCELS = 256


class LabelFormat(enum.Enum):
    PDF = "PDF"
    ZPL = "ZPL"
    PNG = "PNG"  # some real carriers have no other


class Parcel(msgspec.Struct, frozen=True, omit_defaults=True):
    """One package as a carrier takes it: outer sides in millimetres, weight in grams, what is in it for people."""

    length_mm: int
    width_mm: int
    height_mm: int
    weight_g: int
    contents: str = ""

    def __post_init__(self) -> None:
        for name in ("length_mm", "width_mm", "height_mm"):
            require(1 <= getattr(self, name) <= 20_000, name, getattr(self, name), "millimetres in 1..20000")
        require(1 <= self.weight_g <= 2_000_000, "weight_g", self.weight_g, "grams in 1..2000000")


class Consignment(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is handed to a carrier at once: packages from one node to one address.

    Attributes
    ----------
    consignment_id : the caller's; a label asked for twice with it is the same label (I5). A shipment's id does.
    node_id : where it leaves; for a return, where it goes.
    sender, recipient : of the two, the one that is no node must be a whole address (transfers have nodes on both ends).
    level : the service level it travels by.
    ship_day : the node's local day of departure (days since 1970-01-01); ship_time : UTC seconds.
    reference : printed on the label: the order's id. returning : it comes back from the customer.
    """

    consignment_id: str
    node_id: str
    sender: Address
    recipient: Address
    level: ServiceLevel
    ship_day: int
    ship_time: int
    parcels: tuple[Parcel, ...]
    reference: str = ""
    returning: bool = False

    def __post_init__(self) -> None:
        for name in ("consignment_id", "node_id"):
            require(bool(getattr(self, name)), name, getattr(self, name), "a non-empty identifier")
        count = len(self.parcels)
        require(1 <= count <= MAX_PARCELS, "parcels", count, f"1..{MAX_PARCELS} packages")
        if self.level is not ServiceLevel.SHIP_TO_STORE:
            check_delivers("sender" if self.returning else "recipient", self.customer)

    @property
    def customer(self) -> Address:
        """Whose goods they are, on either way."""
        return self.sender if self.returning else self.recipient


class Rate(msgspec.Struct, frozen=True):
    """What a carrier asks: micros of ``currency``, in all and by part; ``arrival_time`` UTC seconds, None where unknown."""

    carrier_id: str
    level: ServiceLevel
    service: str
    cost: int
    currency: str
    charges: tuple[tuple[str, int], ...]
    arrival_time: int | None


class LabelFile(msgspec.Struct, frozen=True):
    """One printable file with the labels of every package, in order."""

    format: LabelFormat
    content: bytes


class Label(msgspec.Struct, frozen=True):
    """A carrier's word that it takes a consignment.

    ``label_id`` voids it; ``tracking_numbers`` has one for each package (a carrier that numbers only the whole repeats it).
    ``files`` are there at once from a carrier that makes them itself, and always from ``Carrier.bought``.
    """

    carrier_id: str
    label_id: str
    level: ServiceLevel
    tracking_numbers: tuple[str, ...]
    rate: Rate | None
    files: tuple[LabelFile, ...]

    def file(self, wanted: LabelFormat) -> bytes | None:
        """The labels in one format, or None where the carrier gave none."""
        return next((file.content for file in self.files if file.format is wanted), None)


class CarrierRefused(OneboxError):
    """The carrier will not do this; ``detail`` is its own word. Asking again does not help."""

    def __init__(self, carrier_id: str, detail: str) -> None:
        self.carrier_id, self.detail = carrier_id, detail
        super().__init__(f"carrier {carrier_id!r} refuses: {detail}")


class CarrierUnavailable(OneboxError):
    """The carrier does not answer, or not in time. What was asked may or may not have been done: ask again."""

    def __init__(self, carrier_id: str, detail: str) -> None:
        self.carrier_id, self.detail = carrier_id, detail
        super().__init__(f"carrier {carrier_id!r} does not answer: {detail}")


class Carrier(Protocol):
    """Every method raises CarrierRefused or CarrierUnavailable. ``now`` is UTC seconds."""

    async def rate(self, consignment: Consignment, now: int) -> tuple[Rate, ...]:
        """What it would cost: one rate for each service it offers at the consignment's level."""
        ...

    async def label(self, consignment: Consignment, now: int) -> Label:
        """Buy it. The same consignment twice is one label."""
        ...

    async def bought(self, label_id: str, now: int) -> Label:
        """The label as it was given, with its files. Raises NotFound, and CarrierRefused where it was taken back."""
        ...

    async def void(self, label_id: str, now: int) -> None:
        """Take a label back that was not used; a second time does nothing."""
        ...

    async def track(self, tracking_numbers: Sequence[str], now: int) -> tuple[TrackingEvent, ...]:
        """Everything known of these packages, in order. One that the carrier does not know has no events."""
        ...
