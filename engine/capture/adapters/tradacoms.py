"""TRADACOMS orders (ORDERS of the file ORDHDR, version 9). A file may hold several transmissions and orders.

Places are mostly named by their numbers, which the channel's ``addresses`` know. Quantities are in the units that are traded;
prices have four implied decimals.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.capture.adapter import Adapter, NotAnOrder
from engine.capture.captured import Address, CapturedLine, CapturedOrder, Customer, Payment, PaymentState
from engine.capture.channel import Channel
from engine.capture.edi.figures import moment, number, units
from engine.capture.edi.messages import Interchange, Message, Segment
from engine.capture.edi.tradacoms import read_tradacoms
from engine.capture.places import within
from engine.capture.reading import read_address
from engine.capture.values import currency_code, micros
from engine.errors import FieldFault, InvalidInput
from engine.network.checks import require

_AROUND = ("ORDHDR", "ORDTLR")
"""Messages that stand around a file's orders."""


class Tradacoms(Adapter):
    """See the module."""

    name = "tradacoms"
    formats = "TRADACOMS orders, several in a file; signed by Onebox's own header"

    def documents(self, body: bytes) -> Sequence[bytes]:
        found: list[bytes] = []
        transmissions = read_tradacoms(body)
        for transmission in transmissions:
            found += [each.document for each in transmission.messages if each.kind not in _AROUND]
            if transmission.faults:
                found.append(transmission.document)
        if not found:
            kinds = ", ".join(each.kind for transmission in transmissions for each in transmission.messages)
            raise NotAnOrder(f"expected messages ORDERS, got {kinds or 'none'}")
        return found

    def read(self, document: bytes, channel: Channel) -> CapturedOrder:
        transmissions = read_tradacoms(document)
        faults = [fault for each in transmissions for fault in each.faults]
        if faults:
            raise InvalidInput(*faults)
        message, header = _only_order(transmissions)
        if message.kind != "ORDERS":
            raise NotAnOrder(f"expected message ORDERS, got {message.kind}")
        _check_whole(message)
        return _captured(message, header, channel)


def _only_order(transmissions: Sequence[Interchange]) -> tuple[Message, Sequence[Segment]]:
    """The order and the segments of the file header before it."""
    messages = [message for each in transmissions for message in each.messages]
    orders = [message for message in messages if message.kind not in _AROUND]
    require(len(orders) == 1, "document", f"{len(orders)} orders", "one order")
    return orders[0], [segment for each in messages if each.kind == _AROUND[0] for segment in each.segments]


def _check_whole(message: Message) -> None:
    """The message's own counts: where one does not match, segments were lost."""
    end, count = message.segments[-1], len(message.segments)
    require(end.tag == "MTR", "MTR", end.tag, "the end of the message: it was cut off")
    require(end.at(1).lstrip("0") == str(count), "MTR.NOSG", end.at(1), f"{count}, as that many segments are there")
    totals, lines = message.first("OTR"), sum(1 for _ in message.each("OLD"))
    if totals is not None:
        same = totals.at(1).lstrip("0") == str(lines)
        require(same, "OTR.OLNE", totals.at(1), f"{lines}, as that many lines are there")


def _captured(message: Message, header: Sequence[Segment], channel: Channel) -> CapturedOrder:
    order, delivery = _needed(message, "ORD"), message.first("DIN") or Segment("DIN", ())
    file = next((each for each in header if each.tag == "FIL"), Segment("FIL", ()))
    name = order.at(1) or order.at(1, 2)
    require(bool(name), "ORD.ORNO", name, "the order's number")
    placed = order.at(1, 3) or file.at(3)
    zone = channel.time_zone
    return CapturedOrder(
        channel=channel.name,
        channel_order_id=name,
        order_time=moment("ORD.ORNO.3", placed, zone),
        currency=currency_code("currency", channel.currency or "GBP"),
        lines=tuple(_line(line, position, channel) for position, line in enumerate(message.each("OLD"))),
        number=name,
        customer=_customer(header),
        ship_to=_address(_needed(message, "CLO"), channel),
        not_before=moment("DIN.EDAT", delivery.at(1), zone) if delivery.at(1) else None,
        deliver_by=moment("DIN.LDAT", delivery.at(2), zone, last=True) if delivery.at(2) else None,
        payment=Payment(PaymentState.ON_ACCOUNT),
        purchase_order=name,
        notes=tuple(filter(None, delivery.components(4))),
    )


def _needed(message: Message, tag: str) -> Segment:
    found = message.first(tag)
    if found is None:
        raise InvalidInput(FieldFault(tag, "", "this segment"))
    return found


def _customer(header: Sequence[Segment]) -> Customer:
    named = next((each for each in header if each.tag == "CDT"), Segment("CDT", ()))
    return Customer(named.at(1) or named.at(1, 2), named.at(2), named.at(2))


def _address(place: Segment, channel: Channel) -> Address:
    """Where it goes: by its address, four lines and the postal code, or by one of its numbers."""
    country = channel.country or "GB"
    if any(place.components(3)):
        *street, postal_code = (place.at(3, component) for component in range(1, 6))
        return read_address(
            "CLO", "country", country, street=street, postal_code=postal_code, name=place.at(2), company=place.at(2)
        )
    numbers = [each for each in place.components(1) if each]
    known = next((channel.addresses[each] for each in numbers if each in channel.addresses), None)
    if known is None:
        expected = "CLO with an address, or a number that the channel's addresses have"
        raise InvalidInput(FieldFault("ship_to", ", ".join(numbers), expected))
    return known


def _line(line: Segment, position: int, channel: Channel) -> CapturedLine:
    """Goods by the supplier's own number, then by codes of the trade: of the product, of what is traded; then the customer's."""
    with within(f"OLD[{position}]"):
        count = units("OQTY", line.at(6))
        each = line.at(5)
        return CapturedLine(
            line_id=line.at(1) or str(position + 1),
            sku=channel.sku_of(line.at(2, 2), line.at(2), line.at(3), line.at(3, 2), line.at(4, 2), line.at(4)),
            units=count,
            gross_micros=micros(number("OUCT", line.at(7)) / 10_000) * count,
            title=" ".join(filter(None, line.components(10))),
            note=f"ordered in units of {each}" if each not in ("", "1") else "",
        )
