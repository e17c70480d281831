"""X12 850 purchase orders. A file may hold several interchanges, groups and transaction sets; each order is a document.

Quantities are in the SKU's own unit of sale, dozens apart; where the order names another, it is the line's note.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from engine.capture.adapter import Adapter, NotAnOrder
from engine.capture.captured import (
    Address,
    CapturedLine,
    CapturedOrder,
    Charge,
    ChargeKind,
    Customer,
    Payment,
    PaymentState,
)
from engine.capture.channel import Channel
from engine.capture.edi.figures import moment, number, units
from engine.capture.edi.messages import Message, Segment, documents_of, only_message
from engine.capture.edi.x12 import read_x12
from engine.capture.places import within
from engine.capture.reading import read_address
from engine.capture.values import currency_code, micros
from engine.errors import FieldFault, InvalidInput
from engine.network.carriers import ServiceLevel
from engine.network.checks import require

_KINDS = {
    "810": "an invoice",
    "820": "a payment",
    "832": "a price catalogue",
    "846": "an inventory advice",
    "855": "an order acknowledgement",
    "856": "a ship notice",
    "860": "an order change",
    "204": "a load tender",
    "214": "a shipment status",
    "997": "an acknowledgement",
}
_SKU_QUALIFIERS = ("VN", "VP", "VA", "SK", "UP", "UI", "EN", "UK", "GTIN", "BP", "CB", "IN", "ST", "MG")
"""The seller's own numbers before codes of the trade before the buyer's."""
_EACH = ("", "EA", "PC", "PCE", "UN", "C62")
_PER = {"HP": 100, "TP": 1_000}
_LEVELS = {
    "ND": ServiceLevel.OVERNIGHT,
    "ON": ServiceLevel.OVERNIGHT,
    "NH": ServiceLevel.OVERNIGHT,
    "PB": ServiceLevel.OVERNIGHT,
    "SD": ServiceLevel.TWO_DAY,
    "SE": ServiceLevel.TWO_DAY,
    "ET": ServiceLevel.TWO_DAY,
    "CG": ServiceLevel.GROUND,
    "G2": ServiceLevel.GROUND,
    "SG": ServiceLevel.GROUND,
}
_LATEST, _EARLIEST = ("002", "063", "067", "074"), ("064", "010")
_SERVICE_CHARGES = ("D240", "G830", "G821", "I260")
"""Freight, shipping and handling, shipping, transport."""


class X12(Adapter):
    """See the module."""

    name = "x12"
    formats = "X12 850 (003040 to 008010), several in a file; signed by Onebox's own header"

    def documents(self, body: bytes) -> Sequence[bytes]:
        found = documents_of(read_x12(body))
        if not found:
            raise NotAnOrder("expected transaction sets, got an interchange without any")
        return found

    def read(self, document: bytes, channel: Channel) -> CapturedOrder:
        message = only_message(read_x12(document))
        if message.kind != "850":
            what = _KINDS.get(message.kind, "something else")
            raise NotAnOrder(f"expected transaction set 850, got {message.kind}, {what}")
        _check_whole(message)
        return _captured(message, channel)


def _check_whole(message: Message) -> None:
    """The set's own counts: where one does not match, segments were lost."""
    start, end = message.segments[0], message.segments[-1]
    require(end.tag == "SE", "SE", end.tag, "the end of the transaction set: it was cut off")
    count = len(message.segments)
    require(end.at(1).lstrip("0") == str(count), "SE01", end.at(1), f"{count}, as that many segments are there")
    require(end.at(2) == start.at(2), "SE02", end.at(2), f"{start.at(2)}, as its ST has")
    totals, lines = message.first("CTT"), sum(1 for _ in message.each("PO1"))
    if totals is not None and totals.at(1):
        require(totals.at(1).lstrip("0") == str(lines), "CTT01", totals.at(1), f"{lines}, as that many lines are there")


def _captured(message: Message, channel: Channel) -> CapturedOrder:
    header, loops = _loops(message)
    begin = _first(header, "BEG")
    if begin is None:
        raise InvalidInput(FieldFault("BEG", "", "the segment that begins an order"))
    require(bool(begin.at(3)), "BEG03", begin.at(3), "the purchase order's number")
    if _first(message.segments, "SDQ") is not None:
        raise InvalidInput(
            FieldFault("SDQ", "given", "an order for one place: parted among several, send one for each")
        )
    number_ = f"{begin.at(3)}-{begin.at(4)}" if begin.at(4) else begin.at(3)
    ordered = moment("BEG05", begin.at(5), channel.time_zone)
    parties = dict(_parties(header))
    ship_to, bill_to, buyer = (parties.get(code, ()) for code in ("ST", "BT", "BY"))
    destination = _address("N1*ST", ship_to, channel, channel.country)
    lines = tuple(_line(loop, position, channel) for position, loop in enumerate(loops))
    routing = _first(header, "TD5") or Segment("TD5", ())
    dates = list(_dates(header, channel)) or [date for loop in loops for date in _dates(loop, channel)]
    total = next((each for each in message.each("AMT") if each.at(1) == "TT"), None)
    terms = _first(header, "ITD")
    return CapturedOrder(
        channel=channel.name,
        channel_order_id=number_,
        order_time=ordered,
        currency=_currency(message, channel),
        lines=lines,
        number=begin.at(3),
        customer=_customer(buyer or bill_to or ship_to, header),
        ship_to=destination,
        bill_to=_address("N1*BT", bill_to, channel, destination.country) if bill_to and _first(bill_to, "N4") else None,
        charges=tuple(_charges(header)),
        discount_micros=sum(_amount(each) for each in header if each.tag == "SAC" and each.at(1) == "A"),
        tax_micros=sum(micros(number("TXI02", each.at(2))) for each in header if each.tag == "TXI"),
        total_micros=None if total is None else micros(number("AMT02", total.at(2))),
        service_level=_LEVELS.get(routing.at(12)) or channel.level_of(routing.at(5), routing.at(3)),
        service_name=" ".join(filter(None, (routing.at(3), routing.at(5)))),
        not_before=max((when for late, when in dates if not late), default=None),
        deliver_by=min((when for late, when in dates if late), default=None),
        payment=Payment(PaymentState.ON_ACCOUNT, terms.at(12) if terms is not None else ""),
        purchase_order=begin.at(3),
        notes=tuple(_notes(header)),
        cancelled_time=ordered if begin.at(1) == "01" else None,
    )


def _loops(message: Message) -> tuple[list[Segment], list[list[Segment]]]:
    """The header's segments, and those of each line from its PO1 on; the summary's are left out."""
    header: list[Segment] = []
    loops: list[list[Segment]] = []
    for segment in message.segments:
        if segment.tag == "PO1":
            loops.append([])
        elif segment.tag in ("CTT", "SE"):
            break
        (loops[-1] if loops else header).append(segment)
    return header, loops


def _first(segments: Iterable[Segment], tag: str) -> Segment | None:
    return next((segment for segment in segments if segment.tag == tag), None)


def _parties(header: Sequence[Segment]) -> Iterator[tuple[str, tuple[Segment, ...]]]:
    """Each N1 loop by its party: the N1 with N2, N3, N4 and PER after it. The first of a kind counts."""
    starts = [index for index, segment in enumerate(header) if segment.tag == "N1"]
    for start in reversed(starts):
        end = start + 1
        while end < len(header) and header[end].tag in ("N2", "N3", "N4", "PER", "REF", "SI", "FOB", "TD5"):
            end += 1
        yield header[start].at(1), tuple(header[start:end])


def _address(field: str, party: Sequence[Segment], channel: Channel, country: str) -> Address:
    """``country`` where the address names none, as within a country they often do not."""
    place, number_ = _first(party, "N4"), party[0].at(4) if party else ""
    if place is None:
        if number_ in channel.addresses:
            return channel.addresses[number_]
        expected = f"{field} with an address (N3, N4), or a number (N104) that the channel's addresses have"
        raise InvalidInput(FieldFault("ship_to", number_, expected))
    return read_address(
        field,
        "country",
        place.at(4) or country,
        postal_code=place.at(3),
        region=place.at(2),
        city=place.at(1),
        street=(line for each in party if each.tag == "N3" for line in (each.at(1), each.at(2))),
        name=next((each.at(1) for each in party if each.tag == "N2" and each.at(1)), party[0].at(2)),
        company=party[0].at(2),
        phone=_reached(party, "TE"),
        email=_reached(party, "EM"),
        residential=False,
    )


def _reached(segments: Iterable[Segment], qualifier: str) -> str:
    for each in segments:
        if each.tag == "PER":
            for position in (3, 5, 7):
                if each.at(position) == qualifier:
                    return each.at(position + 1)
    return ""


def _customer(party: Sequence[Segment], header: Sequence[Segment]) -> Customer:
    contact = next((each.at(2) for each in header if each.tag == "PER" and each.at(2)), "")
    company = party[0].at(2) if party else ""
    identifier = party[0].at(4) if party else ""
    return Customer(identifier, contact or company, company, _reached(header, "EM"), _reached(header, "TE"))


def _currency(message: Message, channel: Channel) -> str:
    """One for the whole order, wherever it stands."""
    codes = list(dict.fromkeys(each.at(2) for each in message.each("CUR")))
    require(len(codes) <= 1, "CUR02.currency", ", ".join(codes), "one currency in an order")
    return currency_code("currency", codes[0] if codes else channel.currency)


def _line(loop: Sequence[Segment], position: int, channel: Channel) -> CapturedLine:
    ordered = loop[0]
    with within(f"PO1[{position}]"):
        count = units("PO102", ordered.at(2)) * (12 if ordered.at(3) == "DZ" else 1)
        gross = micros(_price(ordered) * number("PO102", ordered.at(2)))
        taken = sum(_amount(each) for each in loop if each.tag == "SAC" and each.at(1) == "A")
        described = next((each.at(5) for each in loop if each.tag == "PID" and each.at(5)), "")
        unit = "" if ordered.at(3) in (*_EACH, "DZ") else f"ordered in {ordered.at(3)}"
        return CapturedLine(
            line_id=ordered.at(1) or str(position + 1),
            sku=_sku(ordered, channel),
            units=count,
            gross_micros=gross,
            discount_micros=taken,
            tax_micros=sum(micros(number("TXI02", each.at(2))) for each in loop if each.tag == "TXI"),
            title=described,
            note="; ".join(filter(None, (unit, *_notes(loop)))),
        )


def _price(ordered: Segment) -> Decimal:
    return number("PO104", ordered.at(4)) / _PER.get(ordered.at(5), 1)


def _sku(ordered: Segment, channel: Channel) -> str:
    named = {ordered.at(at): ordered.at(at + 1) for at in range(6, len(ordered.elements), 2) if ordered.at(at + 1)}
    codes = {each: name for each, name in named.items() if " " not in name} or named  # some send words as a number
    return channel.sku_of(*(codes[each] for each in _SKU_QUALIFIERS if each in codes), *codes.values(), *named.values())


def _dates(segments: Iterable[Segment], channel: Channel) -> Iterator[tuple[bool, int]]:
    """(latest?, instant) of each date of arrival."""
    for each in segments:
        if each.tag == "DTM" and each.at(1) in (*_LATEST, *_EARLIEST) and each.at(2):
            late = each.at(1) in _LATEST
            yield late, moment("DTM02", each.at(2) + each.at(3)[:4], channel.time_zone, last=late)


def _amount(charge: Segment) -> int:
    """Two decimals are implied."""
    return micros(number("SAC05", charge.at(5)) / 100)


def _charges(header: Sequence[Segment]) -> Iterator[Charge]:
    for each in header:
        if each.tag == "SAC" and each.at(1) == "C" and _amount(each):
            kind = ChargeKind.SHIPPING if each.at(2) in _SERVICE_CHARGES else ChargeKind.FEE
            yield Charge(kind, _amount(each), title=each.at(15))


def _notes(segments: Iterable[Segment]) -> Iterator[str]:
    for each in segments:
        text = each.at(1) if each.tag == "MSG" else each.at(2) if each.tag == "NTE" else ""
        if text:
            yield text
