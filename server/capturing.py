"""Capture on a server's parts: the channels, the inbox, and the network in force that orders are held against."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.capture.catalogue import Catalogue, catalogue_of
from engine.capture.channel import Channel
from engine.capture.inbox import Inbox
from engine.capture.intake import Intake, Outcome
from engine.errors import NotFound
from server.generation import Generation
from server.metrics import Metrics


class Capturing:
    """Takes what channels send, by the channel's name.

    Parameters
    ----------
    channels : by name.
    generation : the network in force; raises NotReady.
    clock : UTC seconds.
    """

    def __init__(
        self,
        channels: Mapping[str, Channel],
        inbox: Inbox,
        generation: Callable[[], Generation],
        clock: Callable[[], int],
        metrics: Metrics,
    ) -> None:
        self._channels = channels
        self.inbox = inbox
        self._generation = generation
        self._metrics = metrics
        self._intake = Intake(inbox, self._catalogue, clock)
        self._known: tuple[int, Catalogue] | None = None

    def channel(self, name: str) -> Channel:
        """Raises NotFound."""
        if name not in self._channels:
            raise NotFound("channel", name)
        return self._channels[name]

    async def deliver(self, channel: Channel, body: bytes) -> list[Outcome]:
        """See ``Intake.deliver``."""
        return self._counted(channel, await self._intake.deliver(channel, body))

    async def replay(self, quarantine_id: str) -> list[Outcome]:
        """See ``Intake.replay``."""
        channel = self.channel((await self.inbox.quarantined(quarantine_id)).channel)
        return self._counted(channel, await self._intake.replay(channel, quarantine_id))

    def _counted(self, channel: Channel, outcomes: list[Outcome]) -> list[Outcome]:
        for outcome in outcomes:
            self._metrics.documents.labels(channel.name, outcome.fate.value).inc()
        return outcomes

    def _catalogue(self) -> Catalogue:
        generation = self._generation()
        if self._known is None or self._known[0] != generation.version:
            self._known = generation.version, catalogue_of(generation.network)
        return self._known[1]
