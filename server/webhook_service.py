"""WebhookService: the dead letters of outgoing webhooks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from onebox.v1 import webhook_service_pb2 as pb
from onebox.v1.webhook_service_pb2_grpc import WebhookServiceServicer

from engine.errors import NotFound
from engine.network.checks import require
from engine.outgoing.outbox import DeadLetter, Outbox
from server.conversion.fields import identifier
from server.conversion.lives import event_message

if TYPE_CHECKING:
    from engine.outgoing.webhook import Endpoint

_LISTED = 1_000
_MOST = 10_000
_ID = "evt_"


@dataclass(frozen=True, slots=True)
class Sent:
    """An endpoint and what is to be sent to it."""

    endpoint: Endpoint
    outbox: Outbox


class WebhookService(WebhookServiceServicer):
    """See the contract. ``sent`` by the endpoint's name; ``clock`` is UTC seconds, of the wall."""

    def __init__(self, sent: Mapping[str, Sent], clock: Callable[[], int]) -> None:
        self._sent = sent
        self._clock = clock

    async def ListWebhookEndpoints(
        self, request: pb.ListWebhookEndpointsRequest, context: Any
    ) -> pb.ListWebhookEndpointsResponse:
        endpoints = [
            pb.WebhookEndpoint(
                name=name,
                url=each.endpoint.url,
                orders_waiting=await each.outbox.waiting(),
                dead_letters=await each.outbox.dead_count(),
            )
            for name, each in self._sent.items()
        ]
        return pb.ListWebhookEndpointsResponse(endpoints=endpoints)

    async def ListDeadLetters(self, request: pb.ListDeadLettersRequest, context: Any) -> pb.ListDeadLettersResponse:
        require(0 <= request.limit <= _MOST, "limit", request.limit, f"a count in 0..{_MOST}")
        letters = await self._outbox(request.endpoint).dead()
        found = [letter for letter in letters if request.order_id in ("", letter.event.order_id)]
        return pb.ListDeadLettersResponse(dead_letters=map(_message, found[: request.limit or _LISTED]))

    async def GetDeadLetter(self, request: pb.GetDeadLetterRequest, context: Any) -> pb.GetDeadLetterResponse:
        position = identifier(request.webhook_id, "webhook_id").removeprefix(_ID)
        letter = await self._outbox(request.endpoint).dead_letter(position)
        return pb.GetDeadLetterResponse(dead_letter=_message(letter))

    async def ReviveDeadLetters(
        self, request: pb.ReviveDeadLettersRequest, context: Any
    ) -> pb.ReviveDeadLettersResponse:
        require(len(request.webhook_ids) <= _MOST, "webhook_ids", len(request.webhook_ids), f"at most {_MOST}")
        outbox = self._outbox(request.endpoint)
        wanted = {webhook_id.removeprefix(_ID) for webhook_id in request.webhook_ids}
        letters = [letter for letter in await outbox.dead() if not wanted or letter.position in wanted]
        return pb.ReviveDeadLettersResponse(revived=await outbox.revive(letters, self._clock()))

    def _outbox(self, endpoint: str) -> Outbox:
        if endpoint not in self._sent:
            raise NotFound("endpoint", endpoint)
        return self._sent[endpoint].outbox


def _message(letter: DeadLetter) -> pb.DeadLetter:
    return pb.DeadLetter(
        webhook_id=f"{_ID}{letter.position}",
        event=event_message(letter.event),
        given_up_time={"seconds": letter.time},
        status=letter.status,
    )
