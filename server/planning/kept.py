"""Finished studies, kept in the store for a while, so that any server can set them beside each other.

A string for each below ``onebox:{name}:study:``, which expires.
"""

from __future__ import annotations

import msgspec

from engine.errors import FieldFault, InvalidInput, NotFound
from engine.inventory.connection import Client, store_errors
from engine.simulation.comparison import Compared, Figures, compare


class KeptStudy(msgspec.Struct, frozen=True):
    """Figures by scenario and replication, and what luck they rest on: studies with the same may be compared.

    ``orders_digest`` is of the orders that were replayed, hexadecimal.
    """

    study_id: str
    network_version: int
    currency: str
    seed: int
    orders_digest: str
    figures: dict[str, list[Figures]]

    @property
    def replications(self) -> int:
        return len(next(iter(self.figures.values())))


class KeptStudies:
    """Of the ledger ``name``. The client stays open."""

    def __init__(self, client: Client, name: str) -> None:
        self._client = client
        self._prefix = f"onebox:{{{name}}}:study:"

    async def keep(self, study: KeptStudy, seconds: int) -> None:
        with store_errors():
            await self._client.set(self._prefix + study.study_id, msgspec.msgpack.encode(study), ex=seconds)

    async def find(self, study_id: str) -> KeptStudy:
        """Raises NotFound."""
        with store_errors():
            data = await self._client.get(self._prefix + study_id)
        if data is None:
            raise NotFound("study", study_id)
        assert isinstance(data, bytes)  # as the client was opened
        return msgspec.msgpack.decode(data, type=KeptStudy)


def beside(base: KeptStudy, base_name: str, other: KeptStudy, other_name: str) -> list[Compared]:
    """The base's scenario and the other's, replication by replication. Raises InvalidInput where that says nothing."""
    for side, study, name in (("base", base, base_name), ("other", other, other_name)):
        if name not in study.figures:
            expected = f"a scenario of study {study.study_id}: {', '.join(study.figures)}"
            raise InvalidInput(FieldFault(f"{side}.scenario", name, expected))
    faults = [
        FieldFault(
            "other.study_id", other.study_id, f"a study with the same {words} as {base.study_id}, {one!r}, not {two!r}"
        )
        for words, one, two in (
            ("orders", base.orders_digest, other.orders_digest),
            ("seed", base.seed, other.seed),
            ("replications", base.replications, other.replications),
            ("currency", base.currency, other.currency),
        )
        if one != two
    ]
    if faults:
        raise InvalidInput(*faults)
    first, second = compare({"base": base.figures[base_name], "other": other.figures[other_name]})
    return [first, second]
