"""The adapters, by the name under which a channel asks for one."""

from __future__ import annotations

from collections.abc import Mapping

from engine.capture.adapter import Adapter
from engine.capture.adapters.amazon import Amazon
from engine.capture.adapters.bigcommerce import BigCommerce
from engine.capture.adapters.csv_file import CsvFile
from engine.capture.adapters.ebay import Ebay
from engine.capture.adapters.edifact import Edifact
from engine.capture.adapters.magento import Magento
from engine.capture.adapters.own import Own
from engine.capture.adapters.shopify import Shopify
from engine.capture.adapters.square import Square
from engine.capture.adapters.tradacoms import Tradacoms
from engine.capture.adapters.woocommerce import WooCommerce
from engine.capture.adapters.x12 import X12
from engine.capture.channel import Channel
from engine.errors import FieldFault, InvalidInput

ADAPTERS: Mapping[str, Adapter] = {
    adapter.name: adapter
    for adapter in (
        Amazon(),
        BigCommerce(),
        CsvFile(),
        Ebay(),
        Edifact(),
        Magento(),
        Own(),
        Shopify(),
        Square(),
        Tradacoms(),
        WooCommerce(),
        X12(),
    )
}


def adapter_of(channel: Channel) -> Adapter:
    """Raises InvalidInput."""
    try:
        return ADAPTERS[channel.adapter]
    except KeyError:
        expected = f"one of {', '.join(sorted(ADAPTERS))}"
        raise InvalidInput(FieldFault("adapter", channel.adapter, expected)) from None
