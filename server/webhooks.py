"""Outgoing webhooks: the endpoints file, and sending for as long as the server runs.

TOML, a table for each endpoint by its name::

    [crm]
    url = "https://crm.example/onebox"
    secret_env = "CRM_SECRET"   # the environment variable that holds the secret: whsec_ and base64 of 24..64 bytes
"""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from random import Random

import httpx
import structlog

from engine.errors import FieldFault, InvalidInput, StoreUnavailable
from engine.network.checks import require
from engine.outgoing.dispatcher import Dispatcher, EventSource
from engine.outgoing.post import http_post
from engine.outgoing.webhook import Endpoint
from server.webhook_service import Sent

_LOOK_S = 1.0
_TRY_S = 10.0

log = structlog.get_logger()


def read_endpoints(path: Path, environment: Mapping[str, str]) -> list[Endpoint]:
    """The endpoints. Raises InvalidInput naming file, endpoint and key."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidInput(FieldFault("webhooks", str(path), f"a TOML file ({error})")) from None
    endpoints = []
    for name, table in tables.items():
        whole = isinstance(table, dict) and set(table) == {"url", "secret_env"}
        require(whole, name, table, "a table with url and secret_env")
        url, variable = table["url"], table["secret_env"]
        require(isinstance(url, str), f"{name}.url", url, "text")
        require(variable in environment, f"{name}.secret_env", variable, "a variable of the environment that is set")
        endpoints.append(Endpoint(name, url, environment[variable]))
    return endpoints


async def send_webhooks(sent: Iterable[Sent], source: EventSource, clock: Callable[[], int]) -> None:
    """Send to every endpoint until cancelled. One that is slow or away holds up no other."""
    async with httpx.AsyncClient(timeout=_TRY_S) as posting:
        post = http_post(posting)
        await asyncio.gather(
            *(_send(Dispatcher(each.endpoint, source, each.outbox, post, clock, Random())) for each in sent)
        )


async def _send(dispatcher: Dispatcher) -> None:
    while True:
        try:
            tried = await dispatcher.step()
        except StoreUnavailable as error:
            log.warning("webhooks_not_sent", endpoint=dispatcher.endpoint.name, error=str(error))
            tried = 0
        except Exception:
            log.exception("webhooks_not_sent", endpoint=dispatcher.endpoint.name)
            tried = 0
        if not tried:
            await asyncio.sleep(_LOOK_S)
