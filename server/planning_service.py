"""PlanningService: what-if studies beside the router, never in its way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

from onebox.v1 import planning_service_pb2 as pb
from onebox.v1.planning_service_pb2_grpc import PlanningServiceServicer

from engine.errors import FieldFault, InvalidInput, LimitReached
from engine.network.checks import require
from server.conversion.fields import identifier
from server.conversion.studies import result_message
from server.planning.kept import KeptStudies, beside
from server.planning.studies import Studies
from server.settings import Settings

MAX_SCENARIOS = 32
MAX_BLOCK = 1_000
MAX_STOCK_BLOCK = 10_000
MAX_STOCK = 10_000_000
_MAX_REPS = 1_000


class PlanningService(PlanningServiceServicer):
    """See the contract.

    Parameters
    ----------
    studies : starts them.
    kept : finished ones.
    version : the network version in force; raises NotReady while there is none.
    """

    def __init__(self, settings: Settings, studies: Studies, kept: KeptStudies, version: Callable[[], int]) -> None:
        self._settings = settings
        self._studies = studies
        self._kept = kept
        self._version = version

    async def Simulate(  # type: ignore[override]  # writes its answers itself, as they come
        self, requests: AsyncIterator[pb.SimulateRequest], context: Any
    ) -> None:
        first = await anext(aiter(requests), None)
        if first is None or not first.HasField("terms"):
            raise InvalidInput(FieldFault("terms", "", "a first message that has them"))
        self._check_terms(first.terms)
        version = first.terms.network_version or self._version()
        async with self._studies.begin(version) as study:
            orders = stock = 0
            message: pb.SimulateRequest | None = first
            while message is not None:
                require(
                    len(message.orders) <= MAX_BLOCK, "orders", len(message.orders), f"at most {MAX_BLOCK} in a message"
                )
                rows = len(message.stock)
                require(rows <= MAX_STOCK_BLOCK, "stock", rows, f"at most {MAX_STOCK_BLOCK} in a message")
                orders, stock = orders + len(message.orders), stock + rows
                self._check_limit("orders", orders, self._settings.planning_orders, "orders in a study")
                self._check_limit("stock", stock, MAX_STOCK, "rows of stock in a study")
                history = first.terms.HasField("history")
                require(not (history and orders), "orders", orders, "none, as the terms name history")
                await study.ask(message)
                message = await anext(aiter(requests), None)
            require(
                bool(orders) or first.terms.HasField("history"), "orders", 0, "one or more, or history in the terms"
            )
            await study.all_asked()
            async for answer in study.answers():
                await context.write(answer)

    async def Compare(self, request: pb.CompareRequest, context: Any) -> pb.CompareResponse:
        names = [
            identifier(side.study_id, f"{field}.study_id")
            for field, side in (("base", request.base), ("other", request.other))
        ]
        base, other = [await self._kept.find(name) for name in names]
        first, second = beside(base, request.base.scenario or "base", other, request.other.scenario or "base")
        answer = pb.CompareResponse(
            base=result_message(first), other=result_message(second), replications=base.replications
        )
        answer.base.scenario, answer.other.scenario = request.base.scenario or "base", request.other.scenario or "base"
        return answer

    def _check_terms(self, terms: pb.StudyTerms) -> None:
        reps, seed = terms.replications, terms.seed
        require(0 <= reps <= _MAX_REPS, "terms.replications", reps, f"1..{_MAX_REPS}")
        require(seed >= 0, "terms.seed", seed, "a number >= 0")
        require(terms.network_version >= 0, "terms.network_version", terms.network_version, "a version, or 0")
        self._check_limit("terms.replications", reps, self._settings.planning_reps, "replications of a scenario")
        self._check_limit("terms.scenarios", len(terms.scenarios), MAX_SCENARIOS, "scenarios in a study")

    def _check_limit(self, field: str, value: int, most: int, what: str) -> None:
        if value > most:
            raise LimitReached(FieldFault(field, str(value), f"at most {most} {what}"))
