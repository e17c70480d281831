"""What binds a batch as a whole: messages to the engine's rules and back."""

from __future__ import annotations

from typing import Any

from onebox.v1 import network_pb2 as pb

from engine.errors import InvalidInput
from engine.network.batch_rules import EVERY_ORDER_BP, NO_RULES, BatchRules, CarrierLimit, LeastWork
from server.conversion.fields import identifier, within
from server.conversion.words import LEVELS


def rules_from(message: pb.BatchRules, path: str, defaults: BatchRules = NO_RULES) -> BatchRules:
    """Rules that are set, in place of those of ``defaults``. Raises InvalidInput."""
    try:
        limits = tuple([_limit(limit, i) for i, limit in enumerate(message.carrier_limits)])
        work = tuple([_work(least, i) for i, least in enumerate(message.least_work)])

        def given(field: str, of_rules: str, default: Any) -> Any:
            return getattr(message, field) if message.HasField(field) else getattr(defaults, of_rules, default)

        return BatchRules(
            limits or defaults.carrier_limits,
            given("max_split_bp", "max_split_bp", EVERY_ORDER_BP),
            given("courier_budget_micros", "courier_budget", None),
            work or defaults.least_work,
            given("shortfall_cost_micros", "shortfall_cost", 0),
        )
    except InvalidInput as error:
        raise InvalidInput(*within(path, error)) from None


def _limit(message: pb.CarrierLimit, position: int) -> CarrierLimit:
    try:
        return CarrierLimit(
            identifier(message.node_id, "node_id"),
            identifier(message.carrier_id, "carrier_id"),
            LEVELS.member(message.service_level, "service_level"),
            message.shipments,
        )
    except InvalidInput as error:
        raise InvalidInput(*within(f"carrier_limits[{position}]", error)) from None


def _work(message: pb.LeastWork, position: int) -> LeastWork:
    try:
        return LeastWork(identifier(message.node_id, "node_id"), message.orders)
    except InvalidInput as error:
        raise InvalidInput(*within(f"least_work[{position}]", error)) from None


def rules_message(rules: BatchRules) -> pb.BatchRules:
    """Only what is set."""
    return pb.BatchRules(
        carrier_limits=[
            pb.CarrierLimit(
                node_id=one.node_id,
                carrier_id=one.carrier_id,
                service_level=LEVELS.number[one.level],
                shipments=one.shipments,
            )
            for one in rules.carrier_limits
        ],
        max_split_bp=None if rules.max_split_bp == EVERY_ORDER_BP else rules.max_split_bp,
        courier_budget_micros=rules.courier_budget,
        least_work=[pb.LeastWork(node_id=one.node_id, orders=one.orders) for one in rules.least_work],
        shortfall_cost_micros=rules.shortfall_cost or None,
    )
