"""The dock of a worker: the engine's, with the settings' carriers, on the network in force."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from engine.dock.carriers import Carriers
from engine.dock.dock import Dock
from engine.dock.premises import Premises
from engine.errors import FieldFault, InvalidInput
from engine.inventory.connection import Client
from engine.lifecycle.desk import Desk
from engine.shipping.carrier import Carrier
from engine.shipping.numbers import SerialRange
from engine.shipping.redis_book import RedisBook
from server.generation import Generation
from server.settings import Settings
from server.shipping_file import CarrierAccount, ShippingFile, read_shipping

_SHELF_COLUMNS = ["node_id", "sku", "shelf"]


def open_dock(
    settings: Settings, client: Client, desk: Desk, generation: Callable[[], Generation], clock: Callable[[], int]
) -> Dock:
    """``generation`` raises NotReady while there is no network. Raises InvalidInput on a file or an account that won't do."""
    said = ShippingFile() if settings.shipping is None else read_shipping(settings.shipping, os.environ)
    shelves = {} if settings.shelves is None else read_shelves(settings.shelves)
    premises = _PremisesInForce(generation, said, shelves)
    serials = SerialRange() if settings.company_prefix is None else SerialRange(settings.company_prefix)
    real = {each.carrier_id: _real(each, client, settings.ledger) for each in said.accounts}
    carriers = Carriers(premises, RedisBook(client, settings.ledger), serials, real)
    return Dock(desk, premises, carriers, clock, settings.track_interval_s)


class _PremisesInForce:
    """The premises of the network in force, made once for each."""

    def __init__(
        self, generation: Callable[[], Generation], said: ShippingFile, shelves: Mapping[tuple[str, str], str]
    ) -> None:
        self._generation, self._said, self._shelves = generation, said, shelves
        self._known: tuple[int, Premises] | None = None

    def __call__(self) -> Premises:
        generation = self._generation()
        if self._known is None or self._known[0] != generation.version:
            self._known = generation.version, Premises(generation.network, self._said.places, self._shelves)
        return self._known[1]


def _real(account: CarrierAccount, client: Client, ledger: str) -> Carrier:
    from engine.shipping.purchases import RedisPurchases
    from engine.shipping.real import RealCarrier

    purchases = RedisPurchases(client, ledger)
    return RealCarrier(account.carrier_id, account.adapter, account.account, account.services, purchases)


def read_shelves(path: Path) -> dict[tuple[str, str], str]:
    """Where each node has a SKU: a CSV of node_id, sku, shelf. Raises InvalidInput."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
    except (OSError, ValueError) as error:
        raise InvalidInput(FieldFault("shelves", str(path), f"a CSV file ({error})")) from None
    if not rows or rows[0] != _SHELF_COLUMNS:
        raise InvalidInput(FieldFault("shelves", str(path), f"the columns {', '.join(_SHELF_COLUMNS)}"))
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(_SHELF_COLUMNS):
            raise InvalidInput(FieldFault(f"shelves:{number}", ",".join(row), "node_id,sku,shelf"))
    return {(node_id, sku): shelf for node_id, sku, shelf in rows[1:]}
