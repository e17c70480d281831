"""``onebox serve``: the store, and one worker here or several beside it."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from server.logs import set_up_logs
from server.settings import Settings


def serve(settings: Settings, started: Callable[[int], None] = lambda port: None) -> None:
    """Serve until SIGTERM or SIGINT. ``started`` is told the port once it answers. Raises OneboxError."""
    set_up_logs(settings)
    signal.signal(signal.SIGTERM, _end)  # until the loop takes signals: the store must not outlive its server
    with _store(settings) as (url, watch):
        if settings.workers > 1:
            from server.supervisor import supervise

            supervise(settings, url, started, watch)
        else:
            run_worker(settings, url, metrics=True, started=started, watch=watch)


def run_worker(
    settings: Settings,
    url: str,
    *,
    metrics: bool,
    started: Callable[[int], None],
    watch: Callable[[], None] = lambda: None,
) -> None:
    """One worker on a loop of its own, in this process. ``watch`` raises when it can't go on."""
    import uvloop

    from server.clock import ReplayClock, SystemClock
    from server.routers import router_factory
    from server.worker import Worker, serve_until_stopped

    replay_from = settings.replay_from
    clock = SystemClock() if replay_from is None else ReplayClock(int(replay_from.timestamp()))

    async def run() -> None:
        worker = Worker(settings, url, router_factory(clock), clock)
        await serve_until_stopped(worker, metrics=metrics, started=started, watch=watch)

    gc.set_threshold(20_000, 50, 100)  # calls leave little to collect: their objects go by reference count
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run())


def _end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


@contextmanager
def _store(settings: Settings) -> Iterator[tuple[str, Callable[[], None]]]:
    """The URL of the store, which lives as long as the context where it is the embedded one, and what raises when it
    has died: a server does not outlive its own store, as nobody else would notice and start both anew."""
    if settings.store_url:
        yield settings.store_url, lambda: None
        return
    from engine.inventory.embedded import EmbeddedStore

    with EmbeddedStore(settings.data_dir, settings.durability) as store:
        yield store.url, store.check
