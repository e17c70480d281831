"""CSV upload: a row for each line, the rows of one order by its ``order_id``; what the order says stands on its first row.

Comma, semicolon or tab parts the cells, whichever the header uses; decimals may have a comma where the semicolon does.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

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
from engine.capture.places import within
from engine.capture.reading import read_address
from engine.capture.values import currency_code, end_of_day, instant, micros
from engine.errors import FieldFault, InvalidInput
from engine.network.checks import require
from engine.routing.order import Fulfilment

REQUIRED = ("order_id", "order_time", "sku", "units")
COLUMNS = (
    *REQUIRED,
    *("line_id", "title", "unit_price", "discount", "tax", "fulfilment", "line_note"),
    *("currency", "total", "shipping", "shipping_tax", "order_discount", "order_tax", "tax_included"),
    *("name", "company", "street", "street_2", "city", "region", "postal_code", "country", "phone", "email"),
    *("customer_id", "service", "deliver_by", "pickup_location", "payment", "payment_method", "payment_reference"),
    *("purchase_order", "note", "tags", "vip", "test"),
)
_YES, _NO = ("yes", "true", "1", "y"), ("", "no", "false", "0", "n")


class CsvFile(Adapter):
    """See the module."""

    name = "csv"
    formats = f"CSV, a row a line: {', '.join(COLUMNS)}; signed by Onebox's own header"

    def documents(self, body: bytes) -> Sequence[bytes]:
        header, rows, delimiter = _table(body)
        orders: dict[str, list[list[str]]] = {}
        place = header.index("order_id")
        for row in rows:
            orders.setdefault(row[place] if place < len(row) else "", []).append(row)
        if not orders:
            raise NotAnOrder("expected rows below the header, got none")
        return [_written(header, of_order, delimiter) for of_order in orders.values()]

    def read(self, document: bytes, channel: Channel) -> CapturedOrder:
        header, cells, delimiter = _table(document)
        for position, row in enumerate(cells):
            fits = len(row) == len(header)
            require(fits, f"row[{position}]", len(row), f"{len(header)} cells, as the header has")
        rows = [dict(zip(header, (cell.strip() for cell in row), strict=True)) for row in cells]
        return _Reader(rows, channel, comma=delimiter != ",").order()


def _table(body: bytes) -> tuple[list[str], list[list[str]], str]:
    data = body.removeprefix(b"\xef\xbb\xbf")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    first = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = [
            row for row in csv.reader(io.StringIO(text), delimiter=delimiter, strict=True) if any(map(str.strip, row))
        ]
    except csv.Error as error:
        raise InvalidInput(FieldFault("document", first[:40], f"CSV ({error})")) from None
    header = [name.strip().lower() for name in rows[0]] if rows else []
    missing = [name for name in REQUIRED if name not in header]
    require(not missing, "header", first[:80], f"columns {', '.join(REQUIRED)}: {', '.join(missing)} missing")
    for name in header:
        require(name in COLUMNS, "header", name, f"a known column, once: {', '.join(COLUMNS)}")
        require(header.count(name) == 1, "header", name, "each column once")
    return header, rows[1:], delimiter


def _written(header: Sequence[str], rows: Sequence[Sequence[str]], delimiter: str) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator="\n").writerows([header, *rows])
    return stream.getvalue().encode()


class _Reader:
    """One order's rows. ``comma``: decimals may have one."""

    def __init__(self, rows: Sequence[Mapping[str, str]], channel: Channel, comma: bool) -> None:
        self._rows = rows
        self._channel = channel
        self._comma = comma

    def order(self) -> CapturedOrder:
        first, channel = self._rows[0], self._channel
        self._check_agreement()
        service, total = first.get("service", ""), first.get("total", "")
        shipping = self._money(first, "shipping")
        charges = (Charge(ChargeKind.SHIPPING, shipping, 0, self._money(first, "shipping_tax")),) if shipping else ()
        store = first.get("pickup_location", "")
        deliver_by = first.get("deliver_by", "")
        return CapturedOrder(
            channel=channel.name,
            channel_order_id=first["order_id"],
            order_time=instant("order_time", first["order_time"], channel.time_zone),
            currency=currency_code("currency", first.get("currency") or channel.currency),
            lines=tuple(self._line(row, position, bool(store)) for position, row in enumerate(self._rows)),
            number=first["order_id"],
            customer=Customer(*(first.get(name, "") for name in ("customer_id", "name", "company", "email", "phone"))),
            ship_to=self._address(first),
            charges=charges,
            discount_micros=self._money(first, "order_discount"),
            tax_micros=self._money(first, "order_tax"),
            total_micros=self._money(first, "total") if total else None,
            tax_included=_flag(first, "tax_included"),
            service_level=channel.level_of(service),
            service_name=service,
            deliver_by=self._date("deliver_by", deliver_by) if deliver_by else None,
            pickup_location=store,
            payment=Payment(_payment(first), first.get("payment_method", ""), first.get("payment_reference", "")),
            purchase_order=first.get("purchase_order", ""),
            notes=(first["note"],) if first.get("note") else (),
            tags=tuple(tag.strip() for tag in first.get("tags", "").split(",") if tag.strip()),
            vip=_flag(first, "vip"),
            test=_flag(first, "test"),
        )

    def _check_agreement(self) -> None:
        """The other rows repeat what the order says, or say nothing."""
        own = [name for name in self._rows[0] if name in COLUMNS[11:] or name == "order_time"]
        for position, row in enumerate(self._rows[1:], 1):
            for name in own:
                same = row[name] in ("", self._rows[0][name])
                require(
                    same, f"row[{position}].{name}", row[name], f"{self._rows[0][name]!r}, as its first row, or nothing"
                )

    def _line(self, row: Mapping[str, str], position: int, picked_up: bool) -> CapturedLine:
        with within(f"row[{position}]"):
            units = self._decimal("units", row["units"])
            require(units == int(units) and units >= 1, "units", row["units"], "a whole count >= 1")
            given = row.get("fulfilment", "").upper()
            kinds = {"": Fulfilment.PICKUP if picked_up else Fulfilment.SHIP, "SHIP": Fulfilment.SHIP}
            kind = (kinds | {"PICKUP": Fulfilment.PICKUP}).get(given)
            if kind is None:
                raise InvalidInput(FieldFault("fulfilment", given, "SHIP, PICKUP or nothing"))
            return CapturedLine(
                line_id=row.get("line_id") or str(position + 1),
                sku=self._channel.sku_of(row["sku"]),
                units=int(units),
                gross_micros=self._money(row, "unit_price") * int(units),
                discount_micros=self._money(row, "discount"),
                tax_micros=self._money(row, "tax"),
                title=row.get("title", ""),
                fulfilment=kind,
                note=row.get("line_note", ""),
            )

    def _address(self, row: Mapping[str, str]) -> Address | None:
        if not any(row.get(name) for name in ("country", "postal_code", "street", "city")):
            return None
        return read_address(
            "ship_to",
            "country",
            row.get("country") or self._channel.country,
            postal_code=row.get("postal_code"),
            region=row.get("region"),
            city=row.get("city"),
            street=(row.get("street"), row.get("street_2")),
            name=row.get("name"),
            company=row.get("company"),
            phone=row.get("phone"),
            email=row.get("email"),
        )

    def _date(self, field: str, text: str) -> int:
        if len(text) == 10:
            return end_of_day(field, text, "%Y-%m-%d", self._channel.time_zone)
        return instant(field, text, self._channel.time_zone)

    def _money(self, row: Mapping[str, str], name: str) -> int:
        return micros(self._decimal(name, row.get(name, "")))

    def _decimal(self, field: str, text: str) -> Decimal:
        plain = text.replace(".", "").replace(",", ".") if self._comma and "," in text else text
        try:
            value = Decimal(plain or "0")
        except InvalidOperation:
            value = Decimal("NaN")
        require(value.is_finite() and abs(value) < 10**11, field, text, "a number, as 12.50")
        return value


def _flag(row: Mapping[str, str], name: str) -> bool:
    text = row.get(name, "").lower()
    require(text in (*_YES, *_NO), name, text, "yes or no")
    return text in _YES


def _payment(row: Mapping[str, str]) -> PaymentState:
    text = row.get("payment", "").upper()
    known = {state.value: state for state in PaymentState} | {"": PaymentState.PENDING}
    require(text in known, "payment", text, f"one of {', '.join(state.value for state in PaymentState)}, or nothing")
    return known[text]
