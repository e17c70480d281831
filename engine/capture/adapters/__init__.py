"""The adapters, by the name under which a channel asks for one."""

from __future__ import annotations

from collections.abc import Mapping

from engine.capture.adapter import Adapter
from engine.capture.adapters.shopify import Shopify
from engine.capture.channel import Channel
from engine.errors import FieldFault, InvalidInput

ADAPTERS: Mapping[str, Adapter] = {adapter.name: adapter for adapter in (Shopify(),)}


def adapter_of(channel: Channel) -> Adapter:
    """Raises InvalidInput."""
    try:
        return ADAPTERS[channel.adapter]
    except KeyError:
        expected = f"one of {', '.join(sorted(ADAPTERS))}"
        raise InvalidInput(FieldFault("adapter", channel.adapter, expected)) from None
