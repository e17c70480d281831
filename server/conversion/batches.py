"""Batches: terms to the engine's values, and what came of them to messages."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from onebox.v1 import routing_service_pb2 as pb

from engine.errors import FieldFault, InvalidInput
from engine.network.checks import require
from engine.routing.batch_answers import Answer, BatchSummary, Limits, Proof
from engine.routing.reoptimized import EVERY_ROUTE_BP, MAX_ROUTES, MoveMade, Reoptimized, ReoptimizeRequest
from server.conversion.fields import identifier, money, request_id
from server.conversion.orders import in_contract_words
from server.conversion.routes import Fields, route_fields
from server.conversion.words import SOLVE_LIMITS, SOLVE_STATES
from server.errors import failure_of
from solvers.batch_problem import Progress
from solvers.problem import Limit, Status

MAX_TIME_LIMIT_S = 3_600.0
MAX_GAP = 0.1
SHARE_OF_DEADLINE = 0.7
"""Of the time that a caller's deadline leaves, what a solve may take: the rest is for holding and answering."""


def limits_from(
    message: pb.BatchTerms | pb.ReoptimizeRoutesRequest, remaining_s: float | None, path: str, *, price_rules: bool
) -> Limits:
    """``remaining_s`` until the caller's deadline, None where there is none. Raises InvalidInput."""
    gap = message.gap if message.HasField("gap") else Limits().gap
    require(0 <= gap <= MAX_GAP, f"{path}gap", gap, f"a share in 0..{MAX_GAP}")
    seconds: float | None = None
    if message.HasField("time_limit_s"):
        seconds = message.time_limit_s
        fits = 0 < seconds <= MAX_TIME_LIMIT_S
        require(fits, f"{path}time_limit_s", seconds, f"seconds > 0, at most {MAX_TIME_LIMIT_S:.0f}")
    if remaining_s is not None:
        left = max(0.05, remaining_s * SHARE_OF_DEADLINE)
        seconds = left if seconds is None else min(seconds, left)
    return Limits(gap, seconds, price_rules)


def progress_fields(progress: Progress, done: int, seconds: float) -> Fields:
    return {
        "phase": progress.phase.upper(),
        "bound": progress.bound,
        "objective": progress.objective,
        "seconds": seconds,
        "orders_done": done,
    }


def answer_fields(answer: Answer) -> Fields:
    if answer.route is not None:
        return {"order_id": answer.order_id, "route": route_fields(answer.route)}
    assert answer.error is not None
    return refusal_fields(answer.order_id, answer.error)


def refusal_fields(order_id: str, error: Exception) -> Fields:
    failure = failure_of(in_contract_words(error) if isinstance(error, InvalidInput) else error)
    told = {"code": failure.code.value[0], "message": failure.message, "reason": failure.reason}
    return {"order_id": order_id, "error": told}


def summary_fields(summary: BatchSummary, order_ids: Sequence[str], currency: str, refused_before: int) -> Fields:
    """``refused_before`` orders were no orders at all, so the engine never saw them."""
    return {
        "orders": summary.orders + refused_before,
        "together": summary.together,
        "before": summary.before,
        "refused": summary.refused + refused_before,
        "apart": [{"order_id": order_ids[position], "why": why} for position, why in summary.apart],
        "lost_races": summary.lost_races,
        "rounds": summary.rounds,
        "shipments": summary.shipments,
        "split_orders": summary.split_orders,
        "units_left_out": summary.units_left_out,
        "cost": money(summary.cost, currency),
        "certificate": None if summary.proof is None else proof_fields(summary.proof, currency),
        "seconds": summary.seconds,
    }


def proof_fields(proof: Proof, currency: str) -> Fields:
    return {
        "objective": proof.objective,
        "bound": proof.bound,
        "gap": proof.gap,
        "state": SOLVE_STATES.number[Status(proof.status)],
        "limit": SOLVE_LIMITS.number[Limit(proof.limit)],
        "sweeps": proof.sweeps,
        "columns": proof.columns,
        "unfilled_orders": proof.unfilled,
        "partial_orders": proof.partial,
        "shortfall_orders": proof.shortfall,
        "rule_costs": [
            {
                "rule": one.rule,
                "cost": money(one.cost, currency),
                "lowest": money(one.lowest, currency),
                "highest": money(one.highest, currency),
            }
            for one in proof.rule_costs
        ],
    }


def check_ids(order_ids: Sequence[str]) -> None:
    """Raises InvalidInput naming every order id that came before in the batch."""
    seen: set[str] = set()
    faults = []
    for position, order_id in enumerate(order_ids):
        if order_id in seen:
            faults.append(FieldFault(f"orders[{position}].order_id", order_id, "an order id of its own in the batch"))
        seen.add(order_id)
    if faults:
        raise InvalidInput(*faults)


def reoptimize_request(message: pb.ReoptimizeRoutesRequest, remaining_s: float | None) -> ReoptimizeRequest:
    """Raises InvalidInput."""
    ids, most = tuple(message.route_ids), message.max_moves_bp if message.HasField("max_moves_bp") else 500
    require(len(ids) <= MAX_ROUTES, "route_ids", len(ids), f"at most {MAX_ROUTES} routes")
    require(0 <= most <= EVERY_ROUTE_BP, "max_moves_bp", most, f"basis points in 0..{EVERY_ROUTE_BP}")
    require(message.min_saving_micros >= 0, "min_saving_micros", message.min_saving_micros, "micros >= 0")
    for i, route_id in enumerate(ids):
        identifier(route_id, f"route_ids[{i}]")
    data = b"ReoptimizeRoutes" + message.SerializeToString(deterministic=True)
    return ReoptimizeRequest(
        request_id(message.request_id),
        hashlib.blake2b(data, digest_size=16).digest(),
        tuple(dict.fromkeys(ids)),
        most,
        message.min_saving_micros,
        limits_from(message, remaining_s, "", price_rules=False),
        message.validate_only,
    )


def move_fields(move: MoveMade, currency: str) -> Fields:
    return {
        "route_id": move.replaces,
        "route": route_fields(move.route),
        "saving": money(move.saving, currency),
        "group": move.group,
        "made": not move.why_not,
        "why_not": move.why_not,
    }


def reoptimized_fields(found: Reoptimized, currency: str) -> Fields:
    written = found.found
    return {
        "looked_at": written.looked_at,
        "movable": written.movable,
        "moved": found.moved,
        "saving": money(found.saving, currency),
        "full_saving": money(written.full_saving, currency),
        "full_moves": written.full_moves,
        "certificate": None if written.proof is None else proof_fields(written.proof, currency),
        "seconds": found.seconds,
    }
