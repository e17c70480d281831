"""Resource messages to the engine's values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from onebox.v1 import network_pb2 as pb

from engine.errors import FieldFault, InvalidInput
from engine.network.carriers import (
    Carrier,
    RateCard,
    Service,
    ServiceLevel,
    ServiceZone,
    TransferLane,
    WeeklyCutoffs,
)
from engine.network.checks import require
from engine.network.documents import Calendar, Document, NodeCutoffs
from engine.network.items import Carton, Item
from engine.network.life_rules import HoldRules, ReturnRules
from engine.network.network import Place
from engine.network.nodes import Node, WeeklyHours
from engine.network.policy import BatchWindow, Policy, PromiseRule
from server.conversion.batch_rules import rules_from
from server.conversion.fields import identifier, within
from server.conversion.words import DIVIDES, ITEM_FLAGS, LEVELS, NODE_TYPES, OBJECTIVES, PRICINGS

NOT_SERVED = -1
"""A rate card's price where a zone is not served at a weight."""

Key = tuple[str, ...]
WORKDAYS = frozenset(range(5))


def keyed_document(message: pb.Resource) -> tuple[str, Key, Document]:
    """The resource's kind (its field's name), its key and its document. Raises InvalidInput."""
    kind = message.WhichOneof("resource")
    if kind is None:
        raise InvalidInput(FieldFault("resource", "", "a resource"))
    try:
        key, document = _READERS[kind](getattr(message, kind))
    except InvalidInput as error:
        raise InvalidInput(*(FieldFault(f"{kind}.{f.field}", f.value, f.expected) for f in error.faults)) from None
    return kind, key, document


def _given(message: Any, **fields: str) -> dict[str, Any]:
    """The optional fields that are set, by the names the engine has for them; the others keep the engine's default."""
    return {to: getattr(message, name) for name, to in fields.items() if message.HasField(name)}


def _weekday(number: int, path: str) -> int:
    require(1 <= number <= 7, path, number, "MONDAY..SUNDAY")
    return number - 1


def _weekdays(numbers: Sequence[int], path: str) -> frozenset[int]:
    return frozenset(_weekday(number, path) for number in numbers) if numbers else WORKDAYS


def _minute(minute: int, path: str) -> int:
    require(0 <= minute <= 1440, path, minute, "minutes in 0..1440")
    return minute


def _cutoffs(cutoffs: Iterable[pb.Cutoff]) -> WeeklyCutoffs:
    week: list[int | None] = [None] * 7
    for cutoff in cutoffs:
        day = _weekday(cutoff.weekday, "cutoffs.weekday")
        require(week[day] is None, "cutoffs.weekday", cutoff.weekday, "each weekday once")
        week[day] = _minute(cutoff.minute, "cutoffs.minute")
    return tuple(week)


def _hours(hours: Iterable[pb.OpenHours]) -> WeeklyHours:
    week: list[tuple[int, int] | None] = [None] * 7
    for day_hours in hours:
        day = _weekday(day_hours.weekday, "open_hours.weekday")
        require(week[day] is None, "open_hours.weekday", day_hours.weekday, "each weekday once")
        opening = _minute(day_hours.opening_minute, "open_hours.opening_minute")
        closing = _minute(day_hours.closing_minute, "open_hours.closing_minute")
        require(opening < closing, "open_hours.closing_minute", closing, f"minutes after the opening at {opening}")
        week[day] = (opening, closing)
    return tuple(week)


def _node(message: pb.Node) -> tuple[Key, Node]:
    value = Node(
        node_id=identifier(message.node_id, "node_id"),
        name=message.name,
        type=NODE_TYPES.member(message.type, "type"),
        country=message.country,
        postal_code=message.postal_code,
        latitude=message.latitude,
        longitude=message.longitude,
        time_zone=message.time_zone,
        open_hours=_hours(message.open_hours),
        services=frozenset(LEVELS.member(level, "services") for level in message.services),
        handling_per_shipment=message.handling_per_shipment_micros,
        handling_per_unit=message.handling_per_unit_micros,
        lead_time_s=message.lead_time_s,
        reject_rate_ppm=message.reject_rate_ppm,
        safety_stock=message.safety_stock,
        channels=frozenset(message.channels),
        holidays=message.holidays,
        handles_cold=message.handles_cold,
        handles_hazmat=message.handles_hazmat,
        **_given(message, daily_order_capacity="daily_order_capacity", daily_unit_capacity="daily_unit_capacity"),
    )
    return (value.node_id,), value


def _item(message: pb.Item) -> tuple[Key, Item]:
    value = Item(
        sku=identifier(message.sku, "sku"),
        name=message.name,
        weight_g=message.weight_g,
        length_mm=message.length_mm,
        width_mm=message.width_mm,
        height_mm=message.height_mm,
        unit_value=message.unit_value_micros,
        flags=frozenset(ITEM_FLAGS.member(flag, "flags") for flag in message.flags),
    )
    return (value.sku,), value


def _carton(message: pb.Carton) -> tuple[Key, Carton]:
    value = Carton(
        carton_id=identifier(message.carton_id, "carton_id"),
        length_mm=message.length_mm,
        width_mm=message.width_mm,
        height_mm=message.height_mm,
        max_weight_g=message.max_weight_g,
        tare_g=message.tare_g,
        cost=message.cost_micros,
    )
    return (value.carton_id,), value


def _carrier(message: pb.Carrier) -> tuple[Key, Carrier]:
    matrix: dict[str, dict[str, int]] = {}
    for entry in message.zone_entries:
        row = matrix.setdefault(entry.origin_prefix, {})
        once = entry.destination_prefix not in row
        require(once, "zone_entries", (entry.origin_prefix, entry.destination_prefix), "each pair of prefixes once")
        row[entry.destination_prefix] = entry.zone
    distances = tuple((step.max_distance_m, step.zone) for step in message.zone_distances)
    ascending = all(near[0] < far[0] for near, far in zip(((0, 0), *distances), distances, strict=False))
    require(ascending, "zone_distances", [far for far, _ in distances], "ascending distances > 0")
    value = Carrier(identifier(message.carrier_id, "carrier_id"), message.name, distances, matrix)
    return (value.carrier_id,), value


def _rate_card(message: pb.RateCard) -> RateCard:
    zones = tuple(message.zones)
    require(len(set(zones)) == len(zones) > 0, "rate_card.zones", zones, "each zone once, at least one")
    for step in message.steps:
        require(
            len(step.price_micros) == len(zones) and min(step.price_micros) >= NOT_SERVED,
            "rate_card.steps.price_micros",
            list(step.price_micros),
            f"{len(zones)} prices >= 0, or -1 where it is not served",
        )
    return RateCard(
        max_weight_g=tuple(step.max_weight_g for step in message.steps),
        zones=zones,
        prices=tuple(tuple(None if price < 0 else price for price in step.price_micros) for step in message.steps),
    )


def _service(message: pb.Service) -> tuple[Key, Service]:
    zones = {
        zone.zone: ServiceZone(transit_days=zone.transit_days, carbon_g_per_kg=zone.carbon_g_per_kg)
        for zone in message.zones
    }
    require(len(zones) == len(message.zones), "zones", [zone.zone for zone in message.zones], "each zone once")
    value = Service(
        carrier_id=identifier(message.carrier_id, "carrier_id"),
        level=LEVELS.member(message.level, "level"),
        name=message.name,
        pricing=PRICINGS.member(message.pricing, "pricing"),
        cutoffs=_cutoffs(message.cutoffs),
        delivery_days=_weekdays(message.delivery_days, "delivery_days"),
        max_weight_g=message.max_weight_g,
        max_length_mm=message.max_length_mm,
        max_length_plus_girth_mm=message.max_length_plus_girth_mm,
        dim_divisor_mm3_per_kg=message.dim_divisor_mm3_per_kg,
        dim_threshold_mm3=message.dim_threshold_mm3,
        fuel_bp=message.fuel_bp,
        residential_surcharge=message.residential_surcharge_micros,
        oversize_length_mm=message.oversize_length_mm,
        oversize_surcharge=message.oversize_surcharge_micros,
        hazmat_allowed=message.hazmat_allowed,
        base_price=message.base_price_micros,
        price_per_km=message.price_per_km_micros,
        radius_m=message.radius_m,
        duration_minutes=message.duration_minutes,
        holidays=message.holidays,
        rate_card=_rate_card(message.rate_card) if message.HasField("rate_card") else None,
        zones=zones,
        **_given(message, delivered_by_minute="delivered_by_minute", cold_allowed="cold_allowed"),
    )
    _check_amounts(value)
    return (value.carrier_id, value.level.value), value


def _check_amounts(service: Service) -> None:
    _minute(service.delivered_by_minute, "delivered_by_minute")
    names = ("max_weight_g", "max_length_mm", "max_length_plus_girth_mm", "dim_divisor_mm3_per_kg", "dim_threshold_mm3")
    more = (
        "residential_surcharge",
        "oversize_length_mm",
        "oversize_surcharge",
        "base_price",
        "price_per_km",
        "radius_m",
    )
    for name in (*names, *more):
        require(getattr(service, name) >= 0, name, getattr(service, name), "a figure >= 0")


def _lane(message: pb.TransferLane) -> tuple[Key, TransferLane]:
    for name in ("fixed_micros", "per_kg_micros", "max_distance_m", "carbon_g_per_kg"):
        require(getattr(message, name) >= 0, name, getattr(message, name), "a figure >= 0")
    require(1 <= message.transit_days <= 60, "transit_days", message.transit_days, "days in 1..60")
    value = TransferLane(
        origin=identifier(message.origin, "origin"),
        destination=identifier(message.destination, "destination"),
        fixed=message.fixed_micros,
        per_kg=message.per_kg_micros,
        transit_days=message.transit_days,
        cutoffs=_cutoffs(message.cutoffs),
        max_distance_m=message.max_distance_m,
        carbon_g_per_kg=message.carbon_g_per_kg,
    )
    return (value.origin, value.destination), value


def _override(message: pb.CutoffOverride) -> tuple[Key, NodeCutoffs]:
    value = NodeCutoffs(
        node_id=identifier(message.node_id, "node_id"),
        carrier_id=identifier(message.carrier_id, "carrier_id"),
        level=LEVELS.member(message.level, "level"),
        cutoffs=_cutoffs(message.cutoffs),
    )
    return (value.node_id, value.carrier_id, value.level.value), value


def _calendar(message: pb.Calendar) -> tuple[Key, Calendar]:
    try:
        dates = frozenset(date.fromisoformat(text) for text in message.dates)
    except ValueError:
        raise InvalidInput(FieldFault("dates", str(list(message.dates))[:200], "ISO 8601 dates")) from None
    value = Calendar(identifier(message.calendar_id, "calendar_id"), dates)
    return (value.name,), value


def _place(message: pb.Place) -> tuple[Key, Place]:
    require(-90 <= message.latitude <= 90, "latitude", message.latitude, "degrees in -90..90")
    require(-180 <= message.longitude <= 180, "longitude", message.longitude, "degrees in -180..180")
    value = Place(
        country=identifier(message.country, "country", 2),
        postal_prefix=identifier(message.postal_prefix, "postal_prefix", 16),
        latitude=message.latitude,
        longitude=message.longitude,
        time_zone=message.time_zone,
    )
    return (value.country, value.postal_prefix), value


def _policy(message: pb.Policy) -> tuple[Key, Policy]:
    given = _given(
        message,
        late_penalty_per_day_micros="late_penalty_per_day",
        late_allowed="late_allowed",
        backorder_cost_per_unit_micros="backorder_cost_per_unit",
        partial="partial",
        cold_max_transit_days="cold_max_transit_days",
        hold_s="hold_s",
        quote_s="quote_s",
        record_retention_s="record_retention_s",
        horizon_days="horizon_days",
        package_fill_bp="package_fill_bp",
        price_scale_bp="price_scale_bp",
    )
    if message.promises:
        given["promises"] = _promises(message.promises)
    value = Policy(
        currency=message.currency_code,
        objective=OBJECTIVES.member(message.objective, "objective"),
        split_penalty=message.split_penalty_micros,
        carbon_price_per_kg=message.carbon_price_per_kg_micros,
        reject_cost=message.reject_cost_micros,
        max_shipments=message.max_shipments,
        divide=DIVIDES.member(message.divide, "divide"),
        windows=tuple(_window(window, position) for position, window in enumerate(message.windows)),
        holds=_holds(message.holds),
        returns=_returns(message.returns),
        batch=rules_from(message.batch, "batch"),
        **given,
    )
    return (), value


def _holds(message: pb.HoldRules) -> HoldRules:
    for position, country in enumerate(message.countries):
        known = len(country) == 2 and country.isascii() and country.isalpha() and country.isupper()
        require(known, f"holds.countries[{position}]", country, "ISO 3166 alpha-2, two capital letters")
    try:
        return HoldRules(
            countries=frozenset(message.countries),
            other_billing_country=message.other_billing_country,
            postal_boxes=message.postal_boxes,
            **_given(
                message,
                above_micros="above",
                units_above="units_above",
                incomplete_address="incomplete_address",
                reject_rounds="reject_rounds",
            ),
        )
    except InvalidInput as error:
        raise InvalidInput(*within("holds", error)) from None


def _returns(message: pb.ReturnRules) -> ReturnRules:
    final = (identifier(sku, f"returns.final_sale_skus[{i}]") for i, sku in enumerate(message.final_sale_skus))
    given = _given(
        message,
        unopened_days="unopened_days",
        opened_days="opened_days",
        damaged_days="damaged_days",
        parcel_penalty_micros="parcel_penalty",
        sell_days="sell_days",
        markdown_bp="markdown_bp",
    )
    if message.node_types:
        given["node_types"] = frozenset(NODE_TYPES.member(each, "returns.node_types") for each in message.node_types)
    try:
        return ReturnRules(final_sale=frozenset(final), **given)
    except InvalidInput as error:
        raise InvalidInput(*within("returns", error)) from None


def _window(message: pb.BatchWindow, position: int) -> BatchWindow:
    try:
        return BatchWindow(
            identifier(message.channel, "channel"), LEVELS.member(message.level, "level"), message.wait_ms
        )
    except InvalidInput as error:
        raise InvalidInput(*within(f"windows[{position}]", error)) from None


def _promises(rules: Iterable[pb.PromiseRule]) -> dict[ServiceLevel, PromiseRule]:
    promises: dict[ServiceLevel, PromiseRule] = {}
    for rule in rules:
        level = LEVELS.member(rule.level, "promises.level")
        require(level not in promises, "promises.level", level.value, "each level once")
        days = _weekdays(rule.delivery_days, "promises.delivery_days")
        promises[level] = PromiseRule(days=rule.days, delivery_days=days, **_given(rule, cutoff_minute="cutoff_minute"))
    return promises


_READERS: dict[str, Callable[[Any], tuple[Key, Document]]] = {
    "policy": _policy,
    "calendar": _calendar,
    "place": _place,
    "carrier": _carrier,
    "service": _service,
    "carton": _carton,
    "item": _item,
    "node": _node,
    "transfer_lane": _lane,
    "cutoff_override": _override,
}
