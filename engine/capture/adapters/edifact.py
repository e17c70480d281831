"""EDIFACT ORDERS (D.93A to D.21B, EANCOM included). A file may hold several interchanges and messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

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
from engine.capture.edi.edifact import read_edifact
from engine.capture.edi.figures import moment, number, units
from engine.capture.edi.messages import Message, Segment, documents_of, only_message
from engine.capture.places import within
from engine.capture.reading import read_address
from engine.capture.values import currency_code, micros
from engine.errors import FieldFault, InvalidInput
from engine.network.checks import require

_SKU_TYPES = ("SA", "VN", "MF", "SRV", "EN", "UP", "GTIN", "BP", "IN", "")
"""The seller's own numbers before codes of the trade before the buyer's."""
_LATEST, _EARLIEST = ("2", "63", "69"), ("64",)
_ISSUED = ("137", "4")
"""The document's date before the order's."""
_EACH = ("", "PCE", "EA", "NAR", "C62", "H87")
_DATE_SIZES = {"101": 6, "102": 8, "201": 10, "203": 12, "204": 14}


class Edifact(Adapter):
    """See the module."""

    name = "edifact"
    formats = "EDIFACT ORDERS, several in a file; signed by Onebox's own header"

    def documents(self, body: bytes) -> Sequence[bytes]:
        found = documents_of(read_edifact(body))
        if not found:
            raise NotAnOrder("expected messages, got an interchange without any")
        return found

    def read(self, document: bytes, channel: Channel) -> CapturedOrder:
        message = only_message(read_edifact(document))
        if message.kind != "ORDERS":
            raise NotAnOrder(f"expected message ORDERS, got {message.kind}")
        _check_whole(message)
        return _captured(message, channel)


def _check_whole(message: Message) -> None:
    """The message's own counts: where one does not match, segments were lost."""
    start, end = message.segments[0], message.segments[-1]
    require(end.tag == "UNT", "UNT", end.tag, "the end of the message: it was cut off")
    count = len(message.segments)
    require(end.at(1).lstrip("0") == str(count), "UNT.0074", end.at(1), f"{count}, as that many segments are there")
    require(end.at(2) == start.at(1), "UNT.0062", end.at(2), f"{start.at(1)}, as its UNH has")
    lines = sum(1 for _ in message.each("LIN"))
    for control in message.each("CNT"):
        if control.at(1) == "2":
            same = number("CNT+2", control.at(1, 2)) == lines
            require(same, "CNT+2", control.at(1, 2), f"{lines}, as that many lines are there")


def _captured(message: Message, channel: Channel) -> CapturedOrder:
    header, loops, summary = _loops(message)
    begin = next((each for each in header if each.tag == "BGM"), None)
    if begin is None or not begin.at(2):
        raise InvalidInput(FieldFault("BGM.1004", "", "the order's number"))
    parties = {party[0].at(1): party for party in reversed(list(_parties(header)))}
    buyer = parties.get("BY", [])
    ship_to = parties.get("DP") or parties.get("ST") or parties.get("UC") or _delivered_to(loops) or buyer
    issued = next((each for kind in _ISSUED for each in header if each.tag == "DTM" and each.at(1, 1) == kind), None)
    if issued is None:
        raise InvalidInput(FieldFault("DTM+137", "", "when the order was issued"))
    ordered = _moment(issued, channel)
    destination = _address(ship_to, channel, channel.country)
    dates = list(_dates(header, channel)) or [date for loop in loops for date in _dates(loop, channel)]
    lines = tuple(_line(loop, position, channel) for position, loop in enumerate(loops))
    totals = {each.at(1, 1): each.at(1, 2) for each in summary if each.tag == "MOA"}
    total = totals.get("86") or totals.get("128") or totals.get("9")
    taxes = totals.get("176") or totals.get("124") or ""
    return CapturedOrder(
        channel=channel.name,
        channel_order_id=begin.at(2),
        order_time=ordered,
        currency=_currency(message, channel),
        lines=lines,
        number=begin.at(2),
        customer=_customer(buyer or ship_to),
        ship_to=destination,
        bill_to=_address(parties["IV"], channel, destination.country)
        if "IV" in parties and _place(parties["IV"][0])
        else None,
        charges=tuple(_charges(header)),
        discount_micros=sum(amount for kind, amount in _adjustments(header) if kind == "A"),
        tax_micros=max(0, micros(number("MOA+176", taxes)) - sum(line.tax_micros for line in lines)),
        total_micros=micros(number("MOA+86", total)) if total else None,
        service_level=channel.level_of(*_ways(header)),
        service_name=" ".join(_ways(header)),
        not_before=max((when for late, when in dates if not late), default=None),
        deliver_by=min((when for late, when in dates if late), default=None),
        payment=Payment(PaymentState.ON_ACCOUNT),
        purchase_order=begin.at(2),
        notes=tuple(_notes(header)),
        cancelled_time=ordered if begin.at(3) == "1" else None,
    )


def _loops(message: Message) -> tuple[list[Segment], list[list[Segment]], list[Segment]]:
    """The header's segments, those of each line from its LIN on, and the summary's after UNS."""
    header: list[Segment] = []
    loops: list[list[Segment]] = []
    summary: list[Segment] = []
    ended = False
    for segment in message.segments:
        ended = ended or segment.tag in ("UNS", "UNT")
        if segment.tag == "LIN" and not ended:
            loops.append([])
        (summary if ended else loops[-1] if loops else header).append(segment)
    return header, loops, summary


def _parties(header: Sequence[Segment]) -> Iterator[list[Segment]]:
    """Each NAD with the contacts after it."""
    party: list[Segment] = []
    for segment in header:
        if segment.tag == "NAD":
            if party:
                yield party
            party = [segment]
        elif party and segment.tag in ("CTA", "COM", "RFF", "LOC", "FII"):
            party.append(segment)
        elif party:
            yield party
            party = []
    if party:
        yield party


def _delivered_to(loops: Sequence[Sequence[Segment]]) -> list[Segment]:
    """The place that the lines go to, where they name it, as a party. Raises InvalidInput where they are parted among several."""
    numbers = dict.fromkeys(each.at(2) for loop in loops for each in loop if each.tag == "LOC" and each.at(1) == "7")
    expected = "an order for one place: parted among several, send one for each"
    require(len(numbers) <= 1, "LOC+7.ship_to", ", ".join(numbers), expected)
    return [Segment("NAD", (("DP",), (number_,))) for number_ in numbers]


def _place(party: Segment) -> str:
    return party.at(6) or party.at(8) or "".join(party.components(3))


def _address(party: Sequence[Segment], channel: Channel, country: str) -> Address:
    """``country`` where the address names none."""
    number_ = party[0].at(2) if party else ""
    if not party or not _place(party[0]):
        if number_ in channel.addresses:
            return channel.addresses[number_]
        expected = "NAD+DP with an address, or a number that the channel's addresses have"
        raise InvalidInput(FieldFault("ship_to", number_, expected))
    named = party[0]
    free, names = tuple(filter(None, named.components(3))), tuple(filter(None, named.components(4)))
    return read_address(
        f"NAD+{named.at(1)}",
        "country",
        named.at(9) or country,
        postal_code=named.at(8),
        region=named.at(7),
        city=named.at(6),
        street=tuple(filter(None, named.components(5))) or free[1:] or (free if names else ()),
        name=_reached(party, "CTA") or (names or free or ("",))[0],
        company=(names or free or ("",))[0],
        phone=_reached(party, "TE"),
        email=_reached(party, "EM"),
        residential=False,
    )


def _reached(party: Sequence[Segment], kind: str) -> str:
    """A contact's name (``CTA``), or a number or address by its kind (``TE``, ``EM``)."""
    for each in party:
        if kind == "CTA" and each.tag == "CTA":
            return each.at(2, 2) or each.at(2, 1)
        if each.tag == "COM":
            for element in range(1, len(each.elements) + 1):
                if each.at(element, 2) == kind:
                    return each.at(element, 1)
    return ""


def _customer(party: Sequence[Segment]) -> Customer:
    if not party:
        return Customer()
    names = tuple(filter(None, (*party[0].components(4), *party[0].components(3)))) or ("",)
    contact = _reached(party, "CTA") or names[0]
    return Customer(party[0].at(2), contact, names[0], _reached(party, "EM"), _reached(party, "TE"))


def _currency(message: Message, channel: Channel) -> str:
    codes = list(dict.fromkeys(each.at(1, 2) for each in message.each("CUX") if each.at(1, 1) in ("2", "")))
    require(len(codes) <= 1, "CUX.currency", ", ".join(codes), "one currency in an order")
    return currency_code("currency", codes[0] if codes else channel.currency)


def _line(loop: Sequence[Segment], position: int, channel: Channel) -> CapturedLine:
    ordered = loop[0]
    with within(f"LIN[{position}]"):
        quantity = next((each for each in loop if each.tag == "QTY" and each.at(1, 1) in ("21", "1")), None)
        if quantity is None:
            raise InvalidInput(FieldFault("QTY+21", "", "the quantity ordered"))
        unit = quantity.at(1, 3)
        count = units("QTY+21", quantity.at(1, 2)) * (12 if unit == "DZN" else 1)
        adjustments = list(_adjustments(loop))
        note = f"ordered in {unit}" if unit not in (*_EACH, "DZN") else ""
        return CapturedLine(
            line_id=ordered.at(1) or str(position + 1),
            sku=_sku(loop, channel),
            units=count,
            gross_micros=_gross(loop, quantity.at(1, 2)) + sum(each for kind, each in adjustments if kind == "C"),
            discount_micros=sum(each for kind, each in adjustments if kind == "A"),
            tax_micros=_tax(loop),
            title=next((_description(each) for each in loop if each.tag == "IMD" and _description(each)), ""),
            note="; ".join(filter(None, (note, *_notes(loop)))),
        )


def _sku(loop: Sequence[Segment], channel: Channel) -> str:
    named: dict[str, str] = {}
    for each in loop:
        if each.tag == "PIA":
            for element in range(2, len(each.elements) + 1):
                named.setdefault(each.at(element, 2), each.at(element, 1))
    if loop[0].at(3):
        named.setdefault(loop[0].at(3, 2), loop[0].at(3))
    return channel.sku_of(*(named[kind] for kind in _SKU_TYPES if kind in named), *named.values())


def _gross(loop: Sequence[Segment], quantity: str) -> int:
    """The price times the quantity, else the line's amount. A gross price (AAB) wins over a net one (AAA), whose
    allowances are taken off already."""
    prices = {each.at(1, 1): each for each in loop if each.tag == "PRI"}
    allowed = any(kind == "A" for kind, _ in _adjustments(loop))
    for kind in ("AAB", "AAA", "CAL", "INF") if allowed else ("AAA", "AAB", "CAL", "INF"):
        if kind in prices:
            price = prices[kind]
            basis = number("PRI.5284", price.at(1, 5)) or 1
            return micros(number("PRI.5118", price.at(1, 2)) * number("QTY+21", quantity) / basis)
    amount = next((each.at(1, 2) for each in loop if each.tag == "MOA" and each.at(1, 1) in ("203", "66")), "")
    return micros(number("MOA+203", amount))


def _adjustments(segments: Sequence[Segment]) -> Iterator[tuple[str, int]]:
    """(A or C, micros) of each allowance and charge that states an amount."""
    kind = ""
    for each in segments:
        if each.tag == "ALC":
            kind = each.at(1)
        elif each.tag == "MOA" and kind and each.at(1, 1) in ("8", "23", "204"):
            yield kind, micros(number("MOA", each.at(1, 2)))
            kind = ""


def _tax(loop: Sequence[Segment]) -> int:
    return sum(
        micros(number("MOA+124", each.at(1, 2))) for each in loop if each.tag == "MOA" and each.at(1, 1) == "124"
    )


def _charges(header: Sequence[Segment]) -> list[Charge]:
    return [Charge(ChargeKind.SHIPPING, amount) for kind, amount in _adjustments(header) if kind == "C" and amount]


def _dates(segments: Iterable[Segment], channel: Channel) -> Iterator[tuple[bool, int]]:
    """(latest?, instant) of each date of arrival."""
    for each in segments:
        if each.tag == "DTM" and each.at(1, 1) in (*_LATEST, *_EARLIEST):
            late = each.at(1, 1) in _LATEST
            yield late, _moment(each, channel, last=late)


def _moment(date: Segment, channel: Channel, *, last: bool = False) -> int:
    digits, size = date.at(1, 2), _DATE_SIZES.get(date.at(1, 3), 0)
    field = f"DTM+{date.at(1, 1)}"
    require(not size or len(digits) >= size, field, digits, f"{size} digits, as format {date.at(1, 3)} says")
    if size == 10:
        digits, size = "20" + digits, 12
    return moment(field, digits[:size] if size else digits, channel.time_zone, last=last)


def _ways(header: Sequence[Segment]) -> list[str]:
    """How it travels, in the words of the transport details."""
    found = (part for each in header if each.tag == "TDT" for at in (4, 5, 8) for part in each.components(at))
    return [text for text in found if text and not text.isdigit()]


def _description(item: Segment) -> str:
    return " ".join(filter(None, item.components(3)[3:]))


def _notes(segments: Iterable[Segment]) -> Iterator[str]:
    for each in segments:
        text = " ".join(filter(None, each.components(4))) if each.tag == "FTX" else ""
        if text:
            yield text
