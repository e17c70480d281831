"""Payments by Stripe: payment intents that the shop's checkout made, with its own library.

The customer confirms a payment intent at the checkout, with ``capture_method=manual``; its id is the payment's reference.
Each task's id is the idempotency key. An intent is captured in parts where the account may do so (multicapture).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import stripe

from engine.errors import NotFound
from engine.lifecycle.gateway import Declined, GatewayUnavailable, Standing
from engine.lifecycle.shares import coin_micros

_TIMEOUT_S = 20.0


class StripeGateway:
    """See ``Gateway``.

    Parameters
    ----------
    key : Stripe's secret or restricted key; it must write payment intents and refunds.
    url : where the API is; "" for Stripe's own.
    """

    def __init__(self, key: str, url: str = "") -> None:
        self._http = stripe.HTTPXClient(timeout=_TIMEOUT_S)
        self._client = stripe.StripeClient(
            key,
            base_addresses={"api": url} if url else {},
            http_client=self._http,
            max_network_retries=0,  # a task that got no answer is tried again anyway
        )

    async def authorise(self, key: str, order_id: str, micros: int, currency: str, reference: str) -> str:
        """Holds the amount on the customer's intent: confirms it, or asks for more where it holds some."""
        if not reference:
            raise Declined("the order names no payment intent: the customer has not paid at a checkout")
        wanted = _coins(micros, currency)
        with _errors(reference):
            intents = self._client.v1.payment_intents
            intent = await intents.retrieve_async(reference)
            if intent.status == "requires_confirmation":
                intent = await intents.confirm_async(reference, {}, {"idempotency_key": f"{key}/confirm"})
            if intent.status == "requires_capture" and intent.amount_capturable < wanted:
                intent = await intents.increment_authorization_async(
                    reference, {"amount": wanted}, {"idempotency_key": f"{key}/more"}
                )
        if intent.status != "requires_capture":
            raise Declined(f"payment intent {reference} is {intent.status}")
        return reference

    async def capture(self, key: str, reference: str, micros: int, currency: str, *, final: bool) -> None:
        taken: stripe.params.PaymentIntentCaptureParams = {"amount_to_capture": _coins(micros, currency)}
        if not final:
            taken["final_capture"] = False
        with _errors(reference):
            await self._client.v1.payment_intents.capture_async(reference, taken, {"idempotency_key": key})

    async def refund(self, key: str, reference: str, micros: int, currency: str) -> None:
        wanted: stripe.params.RefundCreateParams = {"payment_intent": reference, "amount": _coins(micros, currency)}
        with _errors(reference):
            await self._client.v1.refunds.create_async(wanted, {"idempotency_key": key})

    async def void(self, key: str, reference: str) -> None:
        with _errors(reference):
            await self._client.v1.payment_intents.cancel_async(reference, {}, {"idempotency_key": key})

    async def standing(self, reference: str, currency: str) -> Standing:
        with _errors(reference):
            intent = await self._client.v1.payment_intents.retrieve_async(reference, {"expand": ["latest_charge"]})
        charge: Any = intent.latest_charge
        coin, voided = coin_micros(currency), intent.status == "canceled"
        captured = int(intent.amount_received) * coin
        refunded = int(charge.amount_refunded) * coin if charge is not None and captured else 0
        return Standing(int(intent.amount_capturable) * coin + captured, captured, refunded, voided)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close_async()  # type: ignore[no-untyped-call]


def _coins(micros: int, currency: str) -> int:
    """Stripe's unit: the currency's smallest coin."""
    return micros // coin_micros(currency)


@contextmanager
def _errors(reference: str) -> Iterator[None]:
    try:
        yield
    except (stripe.APIConnectionError, stripe.RateLimitError, stripe.AuthenticationError) as error:
        raise GatewayUnavailable(f"Stripe does not take the call: {error}") from error
    except stripe.InvalidRequestError as error:
        if error.http_status == 404:
            raise NotFound("payment", reference) from error
        raise Declined(str(error.user_message or error)) from error
    except stripe.CardError as error:
        raise Declined(str(error.user_message or error)) from error
    except stripe.StripeError as error:
        raise GatewayUnavailable(f"Stripe does not answer: {error}") from error
