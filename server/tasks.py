"""Ending background tasks."""

from __future__ import annotations

import asyncio
from typing import Any

_AGAIN_S = 0.1


async def end(*tasks: asyncio.Task[Any]) -> None:
    """Cancel the tasks until they have ended. A cancel is lost when it meets a command that redis-py has just sent
    (``asyncio.wait_for`` swallows it before Python 3.12), so it is repeated."""
    alive = {task for task in tasks if not task.done()}
    while alive:
        for task in alive:
            task.cancel()
        _, alive = await asyncio.wait(alive, timeout=_AGAIN_S)
