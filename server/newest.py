"""The newest version of what the store keeps in versions, in force here as soon as it can be."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from engine.errors import NotInForce, NotReady, OneboxError, StoreUnavailable
from engine.network.store import NetworkStore

_AGAIN_S = 1.0

log = structlog.get_logger()


class Newest:
    """Follows a store of versions.

    Parameters
    ----------
    what : what the versions are of, in the log's events.
    take : brings a version into force, given its bytes, and calls ``reached`` as soon as it is.
    in_force_timeout_s : how long a caller waits for a version to come into force.
    """

    def __init__(
        self,
        what: str,
        stored: NetworkStore,
        take: Callable[[int, bytes], Awaitable[None]],
        in_force_timeout_s: float,
    ) -> None:
        self.version = 0
        """In force; 0 before the first."""
        self._what = what
        self._stored = stored
        self._take = take
        self._in_force_timeout_s = in_force_timeout_s
        self._moved = asyncio.Event()  # the version in force has changed, or one could not be taken
        self._not_taken = (0, "")

    async def begin(self) -> None:
        """Take the current version, if there is one. Raises StoreUnavailable."""
        with suppress(NotReady):
            await self._take(*await self._stored.current())

    async def follow(self) -> None:
        """Take each version that comes, for ever."""
        async for version in self._stored.watch(self.version):
            taken = await self._took_newest(version)
            while not taken:
                await asyncio.sleep(_AGAIN_S)
                taken = await self._took_newest(version)

    def reached(self, version: int) -> None:
        """It is in force."""
        self.version = version
        self._move(not_taken=(0, ""))

    async def in_force(self, version: int) -> None:
        """Wait until ``version`` or a later one is in force; at most half a minute. Raises NotInForce."""
        try:
            async with asyncio.timeout(self._in_force_timeout_s):
                while self.version < version:
                    refused, why = self._not_taken
                    if refused >= version:
                        raise NotInForce(version, self.version, why)
                    await self._moved.wait()
        except TimeoutError:
            why = f"it took longer than {self._in_force_timeout_s:g} s"
            raise NotInForce(version, self.version, why) from None

    async def _took_newest(self, version: int) -> bool:
        """False where it is worth another try: the store went away."""
        try:
            number, blob = await self._stored.current()
            if number != self.version:
                await self._take(number, blob)
        except StoreUnavailable as error:
            log.warning(f"{self._what}_not_taken", version=version, error=str(error))
            return False
        except OneboxError as error:
            log.error(f"{self._what}_not_taken", version=version, error=str(error))
            self._move(not_taken=(version, str(error)))
        except Exception:
            log.exception(f"{self._what}_not_taken", version=version)
            self._move(not_taken=(version, "the server's log has the reason"))
        return True

    def _move(self, not_taken: tuple[int, str]) -> None:
        """Wake those who wait for a version."""
        self._not_taken = not_taken
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()
