"""A network as its resources by kind and key, to be changed one by one and put together again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from onebox.v1 import network_pb2 as pb
from onebox.v1 import network_service_pb2 as api

from engine.errors import FieldFault, InvalidInput
from engine.network.carriers import ServiceLevel
from engine.network.network import Network
from server.conversion.fields import refuse
from server.conversion.resource_messages import resource_message
from server.conversion.resource_values import Key, keyed_value

KINDS = tuple(name.removeprefix("RESOURCE_KIND_").lower() for name in api.ResourceKind.keys()[1:])
"""The kinds, as the fields of Resource are named, by their number in ResourceKind less one."""


def kind_name(number: int, path: str) -> str:
    if not 1 <= number <= len(KINDS):
        raise InvalidInput(FieldFault(path, str(number), f"one of {', '.join(kind.upper() for kind in KINDS)}"))
    return KINDS[number - 1]


class Catalogue:
    """Resources by kind and key, each kind in the order that ties break by."""

    def __init__(self, name: str = "") -> None:
        self.name = name
        self._kinds: dict[str, dict[Key, Any]] = {kind: {} for kind in KINDS}

    @classmethod
    def of(cls, network: Network) -> Catalogue:
        catalogue = cls(network.name)
        kinds = catalogue._kinds
        kinds["node"] = {(node.node_id,): node for node in network.nodes}
        kinds["item"] = {(item.sku,): item for item in network.items}
        kinds["carton"] = {(carton.carton_id,): carton for carton in network.cartons}
        kinds["carrier"] = {(carrier.carrier_id,): carrier for carrier in network.carriers}
        kinds["service"] = {(service.carrier_id, service.level.value): service for service in network.services}
        kinds["transfer_lane"] = {(lane.origin, lane.destination): lane for lane in network.transfer_lanes}
        kinds["cutoff_override"] = {
            (node, carrier, level.value): week for (node, carrier, level), week in network.cutoffs.items()
        }
        kinds["calendar"] = {(name,): dates for name, dates in network.holidays.items()}
        kinds["place"] = {key: place for key, place in network.places.items()}  # noqa: C416 - a dict of wider keys
        kinds["policy"] = {(): network.policy}
        return catalogue

    def network(self) -> Network:
        """The network they make. What one resource says of another is the engine's to check."""
        kinds = self._kinds
        if () not in kinds["policy"]:
            raise InvalidInput(FieldFault("resources", "no policy", "exactly one policy"))
        return Network(
            name=self.name,
            nodes=tuple(kinds["node"].values()),
            items=tuple(kinds["item"].values()),
            cartons=tuple(kinds["carton"].values()),
            carriers=tuple(kinds["carrier"].values()),
            services=tuple(kinds["service"].values()),
            policy=kinds["policy"][()],
            transfer_lanes=tuple(kinds["transfer_lane"].values()),
            cutoffs={(node, carrier, ServiceLevel(level)): week for (node, carrier, level), week in self._overrides()},
            holidays={name: dates for (name,), dates in kinds["calendar"].items()},
            places={(country, prefix): place for (country, prefix), place in kinds["place"].items()},
        )

    def _overrides(self) -> Iterable[tuple[Key, Any]]:
        return self._kinds["cutoff_override"].items()

    def put(self, resources: Iterable[pb.Resource], first: int = 0, *, once: bool = False) -> None:
        """Add or replace. ``first`` is the position of the first in its request, for the faults' paths; ``once`` refuses a
        key that is there. Raises InvalidInput with every fault."""
        faults: list[FieldFault] = []
        for position, message in enumerate(resources, first):
            path = f"resources[{position}]"
            try:
                kind, key, value = keyed_value(message)
            except InvalidInput as error:
                faults.extend(FieldFault(f"{path}.{f.field}", f.value, f.expected) for f in error.faults)
                continue
            if once and key in self._kinds[kind]:
                faults.append(FieldFault(f"{path}.{kind}", "/".join(key), "each key once"))
            self._kinds[kind][key] = value
        refuse(faults)

    def remove(self, keys: Iterable[api.ResourceKey]) -> None:
        """Raises InvalidInput with every key that is not there."""
        faults: list[FieldFault] = []
        for position, message in enumerate(keys):
            kind, key = kind_name(message.kind, f"removals[{position}].kind"), tuple(message.parts)
            if self._kinds[kind].pop(key, None) is None:
                faults.append(FieldFault(f"removals[{position}]", "/".join((kind, *key)), "a resource that is there"))
        refuse(faults)

    def find(self, kind: str, key: Key) -> pb.Resource | None:
        value = self._kinds[kind].get(key)
        return None if value is None else resource_message(kind, key, value)

    def page(self, kind: str, first: int, size: int) -> list[pb.Resource]:
        """``size`` resources of a kind from position ``first`` on."""
        return [
            resource_message(kind, key, value) for key, value in list(self._kinds[kind].items())[first : first + size]
        ]

    def messages(self) -> Iterator[pb.Resource]:
        """Every resource, the policy first."""
        for kind in ("policy", *KINDS[:-1]):
            for key, value in self._kinds[kind].items():
                yield resource_message(kind, key, value)

    def counts(self) -> dict[str, int]:
        """How many of each kind, by the fields of ResourceCounts."""
        return {f"{kind}s": len(self._kinds[kind]) for kind in KINDS if kind != "policy"}
