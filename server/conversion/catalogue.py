"""A network as resource messages, by kind and key; and resource messages as the engine's documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from onebox.v1 import network_pb2 as pb
from onebox.v1 import network_service_pb2 as api

from engine.errors import FieldFault, InvalidInput
from engine.network.documents import Deletion, Document, Kind
from engine.network.network import Network
from server.conversion.fields import refuse
from server.conversion.resource_messages import resource_message
from server.conversion.resource_values import Key, keyed_document

KINDS = tuple(name.removeprefix("RESOURCE_KIND_").lower() for name in api.ResourceKind.keys()[1:])
"""The kinds, as the fields of Resource are named, by their number in ResourceKind less one."""

_ENGINE_KINDS = {
    "node": Kind.NODE,
    "item": Kind.ITEM,
    "carton": Kind.CARTON,
    "carrier": Kind.CARRIER,
    "service": Kind.SERVICE,
    "transfer_lane": Kind.TRANSFER_LANE,
    "cutoff_override": Kind.CUTOFFS,
    "calendar": Kind.CALENDAR,
    "place": Kind.PLACE,
}


def kind_name(number: int, path: str) -> str:
    """The kind by its number. Raises InvalidInput."""
    if not 1 <= number <= len(KINDS):
        raise InvalidInput(FieldFault(path, str(number), f"one of {', '.join(kind.upper() for kind in KINDS)}"))
    return KINDS[number - 1]


def documents_from(resources: Iterable[pb.Resource], seen: set[tuple[str, Key]], first: int = 0) -> list[Document]:
    """The documents. ``seen`` are the kinds and keys that came before, added to; ``first`` is the position of the first
    resource in its request. Raises InvalidInput with every fault, keys that come twice among them."""
    documents: list[Document] = []
    faults: list[FieldFault] = []
    for position, message in enumerate(resources, first):
        try:
            kind, key, document = keyed_document(message)
        except InvalidInput as error:
            faults.extend(FieldFault(f"resources[{position}].{f.field}", f.value, f.expected) for f in error.faults)
            continue
        if (kind, key) in seen:
            faults.append(FieldFault(f"resources[{position}].{kind}", "/".join(key), "each key once"))
        seen.add((kind, key))
        documents.append(document)
    refuse(faults)
    return documents


def deletions_from(keys: Iterable[api.ResourceKey]) -> list[Deletion]:
    """Raises InvalidInput for kinds that are none; the policy can't be removed."""
    deletions = []
    for position, message in enumerate(keys):
        kind = _ENGINE_KINDS.get(kind_name(message.kind, f"removals[{position}].kind"))
        if kind is None:
            raise InvalidInput(FieldFault(f"removals[{position}].kind", "POLICY", "a kind that can be removed"))
        deletions.append(Deletion(kind, tuple(message.parts)))
    return deletions


class Catalogue:
    """A network's resources by kind and key, each kind in the order that ties break by."""

    def __init__(self, network: Network) -> None:
        self._kinds: dict[str, Mapping[Any, Any]] = {
            "node": {(node.node_id,): node for node in network.nodes},
            "item": {(item.sku,): item for item in network.items},
            "carton": {(carton.carton_id,): carton for carton in network.cartons},
            "carrier": {(carrier.carrier_id,): carrier for carrier in network.carriers},
            "service": {(service.carrier_id, service.level.value): service for service in network.services},
            "transfer_lane": {(lane.origin, lane.destination): lane for lane in network.transfer_lanes},
            "cutoff_override": {(node, carrier, lvl.value): of for (node, carrier, lvl), of in network.cutoffs.items()},
            "calendar": {(name,): dates for name, dates in network.holidays.items()},
            "place": network.places,
            "policy": {(): network.policy},
        }

    def find(self, kind: str, key: Key) -> pb.Resource | None:
        value = self._kinds[kind].get(key)
        return None if value is None else resource_message(kind, key, value)

    def page(self, kind: str, first: int, size: int) -> list[pb.Resource]:
        """At most ``size`` resources of a kind from position ``first`` on."""
        entries = list(self._kinds[kind].items())[first : first + size]
        return [resource_message(kind, key, value) for key, value in entries]

    def messages(self) -> Iterator[pb.Resource]:
        """Every resource, the policy first."""
        for kind in ("policy", *_ENGINE_KINDS):
            for key, value in self._kinds[kind].items():
                yield resource_message(kind, key, value)

    def counts(self) -> dict[str, int]:
        """How many of each kind, by the fields of ResourceCounts."""
        return {f"{kind}s": len(self._kinds[kind]) for kind in _ENGINE_KINDS}
