"""Real carriers, by karrio's adapters.

They are an optional dependency: ``pip install 'onebox[carriers]'``, and karrio's plugin of the carrier (``karrio-usps``).
"""

from __future__ import annotations

import asyncio
import base64
import importlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from types import ModuleType
from typing import Any

from engine.capture.captured import Address
from engine.errors import FieldFault, InvalidInput
from engine.network.carriers import ServiceLevel
from engine.shipping.carrier import (
    CarrierRefused,
    CarrierUnavailable,
    Consignment,
    Label,
    LabelFile,
    LabelFormat,
    Parcel,
    Rate,
)
from engine.shipping.documents.paper import day_text
from engine.shipping.purchases import Purchase, Purchases
from engine.shipping.tracking import Stage, TrackingEvent, in_order

_STAGES = {
    "pending": Stage.LABELLED,
    "picked_up": Stage.ACCEPTED,
    "in_transit": Stage.IN_TRANSIT,
    "on_hold": Stage.HELD,
    "delivery_delayed": Stage.HELD,
    "out_for_delivery": Stage.OUT_FOR_DELIVERY,
    "delivery_failed": Stage.FAILED_ATTEMPT,
    "ready_for_pickup": Stage.READY_FOR_PICKUP,
    "delivered": Stage.DELIVERED,
    "return_to_sender": Stage.RETURNED,
}
"""karrio's words and ours; what it has no word for is a scan on the way."""

_PASSING = frozenset(("429", "500", "502", "503", "504", "SHIPPING_SDK_INTERNAL_ERROR"))
"""Faults of the moment: too many calls, the carrier's server, the way to it."""
_UNKNOWN = frozenset(("404",))
"""A package that the carrier does not know."""


class RealCarrier:
    """See ``Carrier``.

    Parameters
    ----------
    carrier_id : as the network has it.
    adapter : karrio's name of the carrier ("usps", "ups", "dhl_parcel_de"): the plugin ``karrio-...`` must be installed.
    account : the adapter's settings: keys, account numbers, ``test_mode``.
    services : karrio's name of the service that each level travels by.
    purchases : where bought labels are kept.
    timeout_s : for each call.

    Raises
    ------
    InvalidInput
        karrio or the adapter is not installed, or it does not take the settings.
    """

    def __init__(
        self,
        carrier_id: str,
        adapter: str,
        account: Mapping[str, Any],
        services: Mapping[ServiceLevel, str],
        purchases: Purchases,
        timeout_s: float = 30.0,
    ) -> None:
        self.carrier_id = carrier_id
        self._services = dict(services)
        self._purchases = purchases
        self._timeout_s = timeout_s
        self._sdk, self._models = _karrio()
        try:
            self._gateway: Any = self._sdk.gateway[adapter].create(dict(account))
        except Exception as error:  # karrio raises what it will, its own and plain ones
            expected = "an installed adapter of karrio's and its settings"
            raise InvalidInput(FieldFault("adapter", f"{adapter}: {error}", expected)) from error

    async def rate(self, consignment: Consignment, now: int) -> tuple[Rate, ...]:
        request = self._models.RateRequest(**self._goods(consignment), services=[self._service(consignment.level)])
        found = await self._ask(lambda: self._sdk.Rating.fetch(request).from_(self._gateway).parse())
        wanted = self._service(consignment.level)
        own = [rate for rate in found if rate.service == wanted] or found
        return tuple(self._rate(rate, consignment.level) for rate in own)

    async def label(self, consignment: Consignment, now: int) -> Label:
        service = self._service(consignment.level)
        known = await self._purchases.begin(consignment)
        if known is not None:
            return self._known(known)
        request = self._models.ShipmentRequest(
            **self._goods(consignment),
            service=service,
            reference=consignment.reference or consignment.consignment_id,
            label_type="PDF",
        )
        try:
            bought = await self._ask(lambda: self._sdk.Shipment.create(request).from_(self._gateway).parse())
        except CarrierRefused:
            await self._purchases.forget(consignment.consignment_id)
            raise
        label = self._label(bought, consignment)
        await self._purchases.put(Purchase(consignment, label, str(bought.shipment_identifier)))
        return label

    async def bought(self, label_id: str, now: int) -> Label:
        return self._known(await self._purchases.get(label_id))

    async def void(self, label_id: str, now: int) -> None:
        purchase = await self._purchases.get(label_id)
        if purchase.void:
            return
        if purchase.label is None:
            raise CarrierUnavailable(self.carrier_id, f"it is not known whether {label_id} was bought")
        others = [number for number in purchase.label.tracking_numbers if number != purchase.carrier_reference]
        request = self._models.ShipmentCancelRequest(
            shipment_identifier=purchase.carrier_reference, options={"shipment_identifiers": others}
        )
        await self._ask(lambda: self._sdk.Shipment.cancel(request).from_(self._gateway).parse())
        await self._purchases.put(Purchase(purchase.consignment, purchase.label, purchase.carrier_reference, void=True))

    async def track(self, tracking_numbers: Sequence[str], now: int) -> tuple[TrackingEvent, ...]:
        request = self._models.TrackingRequest(tracking_numbers=list(tracking_numbers))
        found = await self._ask(lambda: self._sdk.Tracking.fetch(request).from_(self._gateway).parse(), some=True)
        events = in_order(event for details in found or () for event in _events(details))
        return tuple(event for event in events if event.time <= now)

    async def _ask(self, call: Callable[[], tuple[Any, Any]], *, some: bool = False) -> Any:
        """karrio's answer, from a thread, as its adapters wait. With ``some``, messages beside an answer are no refusal."""
        try:
            found, messages = await asyncio.wait_for(asyncio.to_thread(call), self._timeout_s)
        except TimeoutError as error:
            raise CarrierUnavailable(self.carrier_id, f"no answer in {self._timeout_s:g} s") from error
        except OSError as error:
            raise CarrierUnavailable(self.carrier_id, str(error)) from error
        except Exception as error:  # karrio raises what it will for what it can't read
            raise _raised(self.carrier_id, error) from error
        if not found and messages:
            said = [_said(message) for message in messages]
            told = "; ".join(" ".join(part for part in pair if part) for pair in said)
            if some and all(code in _UNKNOWN for code, _ in said):
                return ()
            if any(code in _PASSING for code, _ in said):
                raise CarrierUnavailable(self.carrier_id, told)
            raise CarrierRefused(self.carrier_id, told)
        if not found and not some:
            raise CarrierUnavailable(self.carrier_id, "an empty answer")
        return found

    def _service(self, level: ServiceLevel) -> str:
        try:
            return self._services[level]
        except KeyError:
            raise CarrierRefused(self.carrier_id, f"no service is set up for level {level.value}") from None

    def _goods(self, consignment: Consignment) -> dict[str, Any]:
        return {
            "shipper": _address(consignment.sender),
            "recipient": _address(consignment.recipient),
            "parcels": [_parcel(parcel) for parcel in consignment.parcels],
            "options": {"shipment_date": day_text(consignment.ship_day)},
        }

    def _rate(self, rate: Any, level: ServiceLevel) -> Rate:
        charges = tuple((str(each.name), _micros(each.amount)) for each in rate.extra_charges or () if each.amount)
        arrival = _day_end(rate.estimated_delivery)
        cost = _micros(rate.total_charge)
        return Rate(self.carrier_id, level, str(rate.service), cost, str(rate.currency), charges, arrival)

    def _label(self, bought: Any, consignment: Consignment) -> Label:
        meta = bought.meta or {}
        numbers = tuple(map(str, meta.get("tracking_numbers") or (bought.tracking_number,)))
        form = LabelFormat[str(bought.label_type or "PDF").upper()]
        content = base64.b64decode(bought.docs.label)
        rate = None if bought.selected_rate is None else self._rate(bought.selected_rate, consignment.level)
        return Label(
            self.carrier_id, consignment.consignment_id, consignment.level, numbers, rate, (LabelFile(form, content),)
        )

    def _known(self, purchase: Purchase) -> Label:
        if purchase.void:
            raise CarrierRefused(self.carrier_id, f"the label of {purchase.consignment.consignment_id} was voided")
        if purchase.label is None:
            detail = f"an earlier try to buy {purchase.consignment.consignment_id} did not end: look at the carrier's account"
            raise CarrierUnavailable(self.carrier_id, detail)
        return purchase.label


def _karrio() -> tuple[ModuleType, ModuleType]:
    try:
        importlib.import_module("loguru").logger.disable("karrio")  # it would write to stderr on import
        return importlib.import_module("karrio.sdk"), importlib.import_module("karrio.core.models")
    except ImportError as error:
        raise InvalidInput(FieldFault("adapter", str(error), "karrio, from onebox[carriers]")) from error


def _address(address: Address) -> dict[str, Any]:
    lines = [line for line in address.street if line.strip()]
    known = {
        "person_name": address.name or address.company,
        "company_name": address.company,
        "address_line1": lines[0] if lines else "",
        "address_line2": ", ".join(lines[1:]),
        "city": address.city,
        "state_code": address.region,
        "postal_code": address.postal_code,
        "country_code": address.country,
        "phone_number": address.phone,
        "email": address.email,
    }
    return {**{name: value for name, value in known.items() if value}, "residential": address.residential is not False}


def _parcel(parcel: Parcel) -> dict[str, Any]:
    sides = {"length": parcel.length_mm / 10, "width": parcel.width_mm / 10, "height": parcel.height_mm / 10}
    unit = {"dimension_unit": "CM", "weight_unit": "KG"}
    return {"weight": parcel.weight_g / 1000, **sides, **unit, "description": parcel.contents or None}


def _micros(amount: Any) -> int:
    return int((Decimal(str(amount)) * 1_000_000).to_integral_value())


def _day_end(day: str | None) -> int | None:
    """The end of a day that a carrier names, UTC, as it names no zone."""
    if not day:
        return None
    return int(datetime.fromisoformat(day[:10]).replace(hour=23, minute=59, second=59, tzinfo=UTC).timestamp())


def _events(details: Any) -> Iterable[TrackingEvent]:
    """The carrier's scans; what it expects now belongs to the latest."""
    scans = []
    for event in details.events or ():
        time = _event_time(event)
        if time is not None:
            stage = _STAGES.get(str(event.status), Stage.IN_TRANSIT)
            scans.append((time, stage, str(event.location or ""), str(event.description or "")))
    scans.sort(key=lambda scan: scan[0])
    for n, (time, stage, place, detail) in enumerate(scans, 1):
        expected = _day_end(details.estimated_delivery) if n == len(scans) and stage is not Stage.DELIVERED else None
        yield TrackingEvent(time, str(details.tracking_number), stage, place, detail, expected)


def _event_time(event: Any) -> int | None:
    for text in (event.timestamp, f"{event.date}T{event.time}" if event.date and event.time else event.date):
        if text:
            for form in (None, "%Y-%m-%dT%I:%M %p", "%Y-%m-%dT%H:%M"):
                try:
                    when = datetime.fromisoformat(text) if form is None else datetime.strptime(text, form)  # noqa: DTZ007
                except ValueError:
                    continue
                return int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp())
    return None


def _said(message: Any) -> tuple[str, str]:
    """Code and words of one of karrio's messages; some adapters pass the carrier's error on whole, as the code."""
    code: Any = message.code
    text: Any = message.message
    if isinstance(code, Mapping):
        whole = code
        code, text = whole.get("code"), text or whole.get("message")
    return str(code or ""), str(text or "")


def _raised(carrier_id: str, error: Exception) -> CarrierRefused | CarrierUnavailable:
    told = getattr(error, "messages", None)
    if told:
        said = [_said(message) for message in told]
        words = "; ".join(" ".join(pair) for pair in said)
        kind = CarrierUnavailable if any(code in _PASSING for code, _ in said) else CarrierRefused
        return kind(carrier_id, words)
    if type(error).__module__.startswith("karrio."):
        return CarrierRefused(carrier_id, str(error))
    return CarrierUnavailable(carrier_id, f"an answer that can't be read: {error!r}")
