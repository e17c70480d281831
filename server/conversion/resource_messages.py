"""The engine's network values to resource messages: the way back of ``resource_values``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from onebox.v1 import network_pb2 as pb

from engine.network.carriers import Carrier, RateCard, Service, TransferLane, WeeklyCutoffs
from engine.network.items import Carton, Item
from engine.network.life_rules import HoldRules, ReturnRules
from engine.network.network import Place
from engine.network.nodes import Node
from engine.network.policy import Policy
from server.conversion.batch_rules import rules_message
from server.conversion.resource_values import NOT_SERVED, Key
from server.conversion.words import DIVIDES, ITEM_FLAGS, LEVELS, NODE_TYPES, OBJECTIVES, PRICINGS, Words

Fields = dict[str, Any]


def resource_message(kind: str, key: Key, value: Any) -> pb.Resource:
    """The resource of this kind (the name of its field in Resource) and key."""
    return pb.Resource(**{kind: _WRITERS[kind](key, value)})


def _cutoffs(week: WeeklyCutoffs) -> list[Fields]:
    return [{"weekday": day, "minute": minute} for day, minute in enumerate(week, 1) if minute is not None]


def _weekdays(days: frozenset[int]) -> list[Any]:
    return [day + 1 for day in sorted(days)]


def _numbers(words: Words[Any], members: frozenset[Any]) -> list[Any]:
    return sorted(words.number[member] for member in members)


def _node(key: Key, node: Node) -> pb.Node:
    hours = [
        {"weekday": day, "opening_minute": span[0], "closing_minute": span[1]}
        for day, span in enumerate(node.open_hours, 1)
        if span is not None
    ]
    return pb.Node(
        node_id=node.node_id,
        name=node.name,
        type=NODE_TYPES.number[node.type],
        country=node.country,
        postal_code=node.postal_code,
        latitude=node.latitude,
        longitude=node.longitude,
        time_zone=node.time_zone,
        open_hours=hours,
        services=_numbers(LEVELS, node.services),
        daily_order_capacity=node.daily_order_capacity,
        daily_unit_capacity=node.daily_unit_capacity,
        handling_per_shipment_micros=node.handling_per_shipment,
        handling_per_unit_micros=node.handling_per_unit,
        lead_time_s=node.lead_time_s,
        reject_rate_ppm=node.reject_rate_ppm,
        safety_stock=node.safety_stock,
        channels=sorted(node.channels),
        holidays=node.holidays,
        handles_cold=node.handles_cold,
        handles_hazmat=node.handles_hazmat,
    )


def _item(key: Key, item: Item) -> pb.Item:
    return pb.Item(
        sku=item.sku,
        name=item.name,
        weight_g=item.weight_g,
        length_mm=item.length_mm,
        width_mm=item.width_mm,
        height_mm=item.height_mm,
        unit_value_micros=item.unit_value,
        flags=_numbers(ITEM_FLAGS, item.flags),
    )


def _carton(key: Key, carton: Carton) -> pb.Carton:
    return pb.Carton(
        carton_id=carton.carton_id,
        length_mm=carton.length_mm,
        width_mm=carton.width_mm,
        height_mm=carton.height_mm,
        max_weight_g=carton.max_weight_g,
        tare_g=carton.tare_g,
        cost_micros=carton.cost,
    )


def _carrier(key: Key, carrier: Carrier) -> pb.Carrier:
    return pb.Carrier(
        carrier_id=carrier.carrier_id,
        name=carrier.name,
        zone_distances=[{"max_distance_m": far, "zone": zone} for far, zone in carrier.zone_distances],
        zone_entries=[
            {"origin_prefix": origin, "destination_prefix": destination, "zone": zone}
            for origin, row in carrier.zone_matrix.items()
            for destination, zone in row.items()
        ],
    )


def _rate_card(card: RateCard) -> Fields:
    steps = [
        {"max_weight_g": weight, "price_micros": [NOT_SERVED if price is None else price for price in prices]}
        for weight, prices in zip(card.max_weight_g, card.prices, strict=True)
    ]
    return {"zones": card.zones, "steps": steps}


def _service(key: Key, service: Service) -> pb.Service:
    zones = [
        {"zone": zone, "transit_days": of.transit_days, "carbon_g_per_kg": of.carbon_g_per_kg}
        for zone, of in service.zones.items()
    ]
    return pb.Service(
        carrier_id=service.carrier_id,
        level=LEVELS.number[service.level],
        name=service.name,
        pricing=PRICINGS.number[service.pricing],
        cutoffs=_cutoffs(service.cutoffs),
        delivery_days=_weekdays(service.delivery_days),
        delivered_by_minute=service.delivered_by_minute,
        max_weight_g=service.max_weight_g,
        max_length_mm=service.max_length_mm,
        max_length_plus_girth_mm=service.max_length_plus_girth_mm,
        dim_divisor_mm3_per_kg=service.dim_divisor_mm3_per_kg,
        dim_threshold_mm3=service.dim_threshold_mm3,
        fuel_bp=service.fuel_bp,
        residential_surcharge_micros=service.residential_surcharge,
        oversize_length_mm=service.oversize_length_mm,
        oversize_surcharge_micros=service.oversize_surcharge,
        hazmat_allowed=service.hazmat_allowed,
        cold_allowed=service.cold_allowed,
        base_price_micros=service.base_price,
        price_per_km_micros=service.price_per_km,
        radius_m=service.radius_m,
        duration_minutes=service.duration_minutes,
        holidays=service.holidays,
        rate_card=None if service.rate_card is None else _rate_card(service.rate_card),
        zones=zones,
    )


def _lane(key: Key, lane: TransferLane) -> pb.TransferLane:
    return pb.TransferLane(
        origin=lane.origin,
        destination=lane.destination,
        fixed_micros=lane.fixed,
        per_kg_micros=lane.per_kg,
        transit_days=lane.transit_days,
        cutoffs=_cutoffs(lane.cutoffs),
        max_distance_m=lane.max_distance_m,
        carbon_g_per_kg=lane.carbon_g_per_kg,
    )


def _override(key: Key, cutoffs: WeeklyCutoffs) -> pb.CutoffOverride:
    node_id, carrier_id, level = key
    return pb.CutoffOverride(
        node_id=node_id, carrier_id=carrier_id, level=f"SERVICE_LEVEL_{level}", cutoffs=_cutoffs(cutoffs)
    )


def _calendar(key: Key, dates: frozenset[date]) -> pb.Calendar:
    return pb.Calendar(calendar_id=key[0], dates=[day.isoformat() for day in sorted(dates)])


def _place(key: Key, place: Place) -> pb.Place:
    return pb.Place(
        country=place.country,
        postal_prefix=place.postal_prefix,
        latitude=place.latitude,
        longitude=place.longitude,
        time_zone=place.time_zone,
    )


def _policy(key: Key, policy: Policy) -> pb.Policy:
    promises = [
        {
            "level": LEVELS.number[level],
            "days": rule.days,
            "cutoff_minute": rule.cutoff_minute,
            "delivery_days": _weekdays(rule.delivery_days),
        }
        for level, rule in policy.promises.items()
    ]
    return pb.Policy(
        currency_code=policy.currency,
        objective=OBJECTIVES.number[policy.objective],
        split_penalty_micros=policy.split_penalty,
        late_penalty_per_day_micros=policy.late_penalty_per_day,
        late_allowed=policy.late_allowed,
        carbon_price_per_kg_micros=policy.carbon_price_per_kg,
        reject_cost_micros=policy.reject_cost,
        backorder_cost_per_unit_micros=policy.backorder_cost_per_unit,
        promises=promises,
        max_shipments=policy.max_shipments,
        divide=DIVIDES.number[policy.divide],
        partial=policy.partial,
        cold_max_transit_days=policy.cold_max_transit_days,
        hold_s=policy.hold_s,
        quote_s=policy.quote_s,
        record_retention_s=policy.record_retention_s,
        horizon_days=policy.horizon_days,
        package_fill_bp=policy.package_fill_bp,
        price_scale_bp=policy.price_scale_bp,
        windows=[
            {"channel": window.channel, "level": LEVELS.number[window.level], "wait_ms": window.wait_ms}
            for window in policy.windows
        ],
        holds=_holds(policy.holds),
        returns=_returns(policy.returns),
        batch=rules_message(policy.batch),
    )


def _holds(rules: HoldRules) -> pb.HoldRules:
    return pb.HoldRules(
        above_micros=rules.above,
        units_above=rules.units_above,
        countries=sorted(rules.countries),
        other_billing_country=rules.other_billing_country,
        incomplete_address=rules.incomplete_address,
        postal_boxes=rules.postal_boxes,
        reject_rounds=rules.reject_rounds,
    )


def _returns(rules: ReturnRules) -> pb.ReturnRules:
    return pb.ReturnRules(
        unopened_days=rules.unopened_days,
        opened_days=rules.opened_days,
        damaged_days=rules.damaged_days,
        final_sale_skus=sorted(rules.final_sale),
        node_types=sorted(NODE_TYPES.number[each] for each in rules.node_types),
        parcel_penalty_micros=rules.parcel_penalty,
        sell_days=rules.sell_days,
        markdown_bp=rules.markdown_bp,
    )


_WRITERS: dict[str, Callable[[Key, Any], Any]] = {
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
