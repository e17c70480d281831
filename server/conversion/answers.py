"""Quotes and explanations to their messages."""

from __future__ import annotations

from onebox.v1 import routing_service_pb2 as pb

from engine.routing.explanation import BestSingle, Explanation, NodeVerdict, ShipmentCost
from engine.routing.quote import Quote, QuoteOption
from server.conversion.fields import money
from server.conversion.routes import Fields, breakdown_fields, certificate_fields, unfilled_fields
from server.conversion.words import LEVELS, REASONS


def quote_message(quote: Quote) -> pb.QuoteDeliveryResponse:
    return pb.QuoteDeliveryResponse(
        options=[_option(option, quote.currency) for option in quote.options],
        unfilled=[unfilled_fields(line) for line in quote.unfilled],
        quote_time={"seconds": quote.quote_time},
        expiry_time={"seconds": quote.expiry_time},
        network_version=quote.network_version,
    )


def _option(option: QuoteOption, currency: str) -> Fields:
    return {
        "service_level": LEVELS.number[option.level],
        "store_node_id": option.store_id,
        "node_ids": option.node_ids,
        "ship_time": {"seconds": option.ship_time},
        "arrival_time": {"seconds": option.arrival_time},
        "cost": money(option.cost, currency),
        "shipments": option.shipments,
        "promise_kept": option.promise_kept,
        "unfilled": [unfilled_fields(line) for line in option.unfilled],
    }


def explanation_message(explanation: Explanation) -> pb.ExplainRouteResponse:
    currency, best = explanation.currency, explanation.best_single
    return pb.ExplainRouteResponse(
        route_id=explanation.route_id,
        cost=money(explanation.cost, currency),
        breakdown=breakdown_fields(explanation.breakdown),
        shipments=[_shipment(shipment, currency) for shipment in explanation.shipments],
        best_single=None if best is None else _best_single(best, currency),
        nodes=[_verdict(verdict, currency) for verdict in explanation.nodes],
        certificate=certificate_fields(explanation.certificate),
        network_version=explanation.network_version,
        prices_version=explanation.prices_version,
        snapshot_hash=explanation.snapshot_hash,
        decision_time={"seconds": explanation.decision_time},
    )


def _shipment(shipment: ShipmentCost, currency: str) -> Fields:
    return {
        "node_id": shipment.node_id,
        "carrier_id": shipment.carrier_id,
        "service_level": LEVELS.number[shipment.level],
        "line_ids": shipment.line_ids,
        "cost": money(shipment.cost, currency),
        "breakdown": breakdown_fields(shipment.breakdown),
    }


def _best_single(best: BestSingle, currency: str) -> Fields:
    return {
        "shipment": _shipment(best.shipment, currency),
        "dearer_by": money(best.dearer_by, currency),
        "why_lost": best.why_lost,
    }


def _verdict(verdict: NodeVerdict, currency: str) -> Fields:
    fields: Fields = {
        "node_id": verdict.node_id,
        "used": verdict.used,
        "detail": verdict.detail,
        "smallest_change": verdict.smallest_change,
    }
    if verdict.constraint is not None:
        fields["constraint"] = REASONS.number[verdict.constraint]
    if verdict.lost_by is not None:
        fields["lost_by"] = money(verdict.lost_by, currency)
    return fields
