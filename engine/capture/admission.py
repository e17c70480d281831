"""May an order in? What it names must be known to the network, and something must be left to ship."""

from __future__ import annotations

from collections.abc import Iterator

from engine.capture.captured import CapturedOrder
from engine.capture.catalogue import Catalogue
from engine.capture.channel import Channel
from engine.capture.inbox import Reason, Refusal
from engine.routing.order import Fulfilment

_MOST_NAMED = 10


def refusal_of(captured: CapturedOrder, channel: Channel, catalogue: Catalogue, *, streets: bool) -> Refusal | None:
    """Why the order may not in, all that is wrong with it in the detail and the gravest as the reason; None if it may.

    ``streets``: the channel's documents name the street; an address without one is then bad.
    """
    faults = list(_faults(captured, channel, catalogue, streets))
    if not faults:
        return None
    return Refusal(faults[0][0], "; ".join(words for _, words in faults), captured.order_id)


def _faults(
    captured: CapturedOrder, channel: Channel, catalogue: Catalogue, streets: bool
) -> Iterator[tuple[Reason, str]]:
    if captured.cancelled_time is not None:
        yield Reason.CANCELLED, "the channel cancelled it before it was captured"
        return
    lines = [line for line in captured.lines if line.open_units]
    if not lines:
        yield Reason.NOTHING_TO_SHIP, "no unit is left to ship or to hand over"
        return
    unknown = list(dict.fromkeys(line.sku for line in lines if line.sku not in catalogue.skus))
    if unknown:
        more = f" and {len(unknown) - _MOST_NAMED} more" if len(unknown) > _MOST_NAMED else ""
        yield Reason.UNKNOWN_SKU, f"sku: expected SKUs of the network, got {', '.join(unknown[:_MOST_NAMED])}{more}"
    sold_in = {catalogue.currency, channel.currency, *channel.currencies} - {""}
    if captured.currency not in sold_in:
        expected = " or ".join(sorted(sold_in))
        yield Reason.CURRENCY_MISMATCH, f"currency: expected {expected}, got {captured.currency}"
    if any(line.fulfilment is Fulfilment.SHIP for line in lines):
        yield from _address_faults(captured, catalogue, streets)
    if any(line.fulfilment is Fulfilment.PICKUP for line in lines):
        named = captured.pickup_location
        store = channel.stores.get(named, named)
        if store not in catalogue.stores:
            yield Reason.UNKNOWN_STORE, f"pickup_location: expected a store of the network, got {named!r}"


def _address_faults(captured: CapturedOrder, catalogue: Catalogue, streets: bool) -> Iterator[tuple[Reason, str]]:
    address = captured.ship_to
    assert address is not None  # captured orders hold themselves to it
    if not catalogue.has_place(address.country, address.postal_code):
        place = f"{address.country} {address.postal_code}".strip()
        yield Reason.BAD_ADDRESS, f"ship_to.postal_code: expected a place the network ships to, got {place!r}"
    if streets and not address.street:
        yield Reason.BAD_ADDRESS, "ship_to.street: expected a street, got none"
