"""Which carrier is asked: a real one where the shop has an account, else the network's own carrier, worked without it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from engine.dock.premises import Premises
from engine.errors import NotFound
from engine.shipping.book import CarrierBook
from engine.shipping.carrier import Carrier
from engine.shipping.local import OWN_TRANSPORT, LocalCarrier
from engine.shipping.numbers import SerialRange


@dataclass(frozen=True, slots=True)
class Carriers:
    """By id. ``real`` has those with an account; ``book`` and ``serials`` are the local carriers'."""

    premises: Callable[[], Premises]
    book: CarrierBook
    serials: SerialRange = field(default_factory=SerialRange)
    real: Mapping[str, Carrier] = field(default_factory=dict)

    def __call__(self, carrier_id: str) -> Carrier:
        """Raises NotFound for one that is neither set up nor of the network; NotReady while there is no network."""
        if carrier_id in self.real:
            return self.real[carrier_id]
        premises = self.premises()
        known = {carrier.carrier_id for carrier in premises.network.carriers} | {OWN_TRANSPORT}
        if carrier_id not in known:
            raise NotFound("carrier", carrier_id)
        return LocalCarrier(carrier_id, premises.model, self.book, self.serials)
