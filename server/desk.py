"""The desk of a worker: the engine's, on this server's ledger, with the network's policy."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Callable, Mapping

from engine.inventory.redis_ledger import RedisLedger
from engine.lifecycle.account_gateway import AccountGateway
from engine.lifecycle.desk import Desk
from engine.lifecycle.gateway import Gateway
from engine.lifecycle.local_gateway import LocalGateway
from engine.lifecycle.redis_lives import RedisLives
from engine.network.policy import Policy
from server.clock import Clock
from server.routing_service import Router
from server.settings import Settings

_CODE_DIGITS = 6


def open_desk(
    settings: Settings,
    ledger: RedisLedger,
    router: Callable[[], Router],
    policy: Callable[[], Policy],
    clock: Clock,
    stores: Mapping[str, Mapping[str, str]],
) -> Desk:
    """``router`` and ``policy`` raise NotReady while there is no network; ``stores`` has each channel's names of stores."""
    return Desk(
        RedisLives(ledger),
        ledger,
        router,
        _gateway(settings),
        clock,
        pickup_codes(settings),
        lambda: uuid.uuid4().hex,
        policy,
        stores,
    )


def _gateway(settings: Settings) -> Gateway:
    """Stripe where there is a key; else books of our own, which take every payment at its word."""
    if settings.stripe_key is None:
        return LocalGateway(trusting=True)
    from engine.lifecycle.stripe_gateway import StripeGateway

    return AccountGateway(StripeGateway(settings.stripe_key.get_secret_value(), settings.stripe_url))


def pickup_codes(settings: Settings) -> Callable[[str], str]:
    """Six digits by shipment id, which nobody guesses who has not the secret."""
    secret = settings.pickup_secret
    key = uuid.uuid4().bytes if secret is None else secret.get_secret_value().encode()

    def code_of(shipment_id: str) -> str:
        digest = hmac.new(key, shipment_id.encode(), hashlib.sha256).digest()
        return f"{int.from_bytes(digest[:8], 'big') % 10**_CODE_DIGITS:0{_CODE_DIGITS}}"

    return code_of
