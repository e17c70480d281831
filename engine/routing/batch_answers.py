"""A batch as it is asked for, and what came of it: values alone, so that whoever names them needs no solver."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from engine.errors import OneboxError
from engine.network.batch_rules import NO_RULES, BatchRules
from engine.routing.order import Order
from engine.routing.route import Route
from solvers.batch_problem import Progress

MAX_ORDERS = 100_000


@dataclass(frozen=True, slots=True)
class Limits:
    """When to end a solve: the gap is proven, the seconds are up, or the work that is counted is done.

    ``price_rules`` asks what each kind of rule costs the batch, which is one more solve a kind. Without ``seconds`` the same
    orders on the same stock give the same decisions on any machine (I9).
    """

    gap: float = 1e-4
    seconds: float | None = None
    price_rules: bool = False


BY_WORK = Limits()


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """``orders``: 1..``MAX_ORDERS``, each order id once. ``fingerprint`` is of all of it."""

    request_id: str
    fingerprint: bytes
    orders: tuple[Order, ...]
    rules: BatchRules = NO_RULES
    limits: Limits = BY_WORK
    validate_only: bool = False


class RuleCosts(msgspec.Struct, frozen=True, array_like=True):
    """What the rules of one kind cost the batch, micros: reckoned, and within what is proven."""

    rule: str
    cost: int
    lowest: int
    highest: int


class Proof(msgspec.Struct, frozen=True, array_like=True):
    """The certificate of the first joint plan, over the stock that was there when the batch came."""

    objective: int
    bound: int
    gap: float
    status: str
    limit: str
    sweeps: int
    columns: int
    seconds: float
    unfilled: int
    partial: int
    shortfall: int
    rule_costs: tuple[RuleCosts, ...]


class BatchSummary(msgspec.Struct, frozen=True, array_like=True):
    """What became of a batch.

    ``together`` orders were decided jointly, ``apart`` by themselves, (position, why). ``before`` were decided by an earlier
    call of the same request that did not come to its end; ``lost_races`` counts decisions that another client's overtook;
    ``cost`` is of all routes, micros. ``proof`` is None where nothing was decided jointly.
    """

    orders: int
    together: int
    before: int
    refused: int
    lost_races: int
    rounds: int
    shipments: int
    split_orders: int
    units_left_out: int
    cost: int
    apart: tuple[tuple[int, str], ...]
    proof: Proof | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Answer:
    """One order's: its route, or why it is refused."""

    position: int
    order_id: str
    route: Route | None
    error: OneboxError | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One order of a batch, under a request of its own."""

    position: int
    order: Order
    request_id: str
    fingerprint: bytes


@dataclass(slots=True)
class Told:
    """Where what happens goes to; both are called on the loop."""

    progress: Callable[[Progress], None] = lambda progress: None
    answers: Callable[[Sequence[Answer]], None] = lambda answers: None
