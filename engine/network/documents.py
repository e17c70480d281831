"""Changes to a network part by part: whole documents put in or taken out, the result validated as a whole."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from engine.errors import NetworkFault, NetworkFaults
from engine.network.carriers import Carrier, Service, ServiceLevel, TransferLane, WeeklyCutoffs
from engine.network.files.policy_batch import unknown_in_batch
from engine.network.files.policy_file import FILE as POLICY
from engine.network.files.policy_file import PolicyFile, format_policy, parse_policy
from engine.network.files.reader import without_echoes
from engine.network.files.rules import broken_rules
from engine.network.files.schema import schemas
from engine.network.files.table import read_table
from engine.network.files.writer import UNITS, network_columns
from engine.network.items import Carton, Item
from engine.network.network import Network, Place
from engine.network.nodes import Node
from engine.network.policy import Policy


class Kind(enum.Enum):
    """The kinds of document a network is made of; the value is the field of ``Network`` that holds them."""

    NODE = "nodes"
    ITEM = "items"
    CARTON = "cartons"
    CARRIER = "carriers"
    SERVICE = "services"
    TRANSFER_LANE = "transfer_lanes"
    CUTOFFS = "cutoffs"
    CALENDAR = "holidays"
    PLACE = "places"


@dataclass(frozen=True, slots=True)
class NodeCutoffs:
    """The cutoffs of one carrier's level at one node, in place of the service's own."""

    node_id: str
    carrier_id: str
    level: ServiceLevel
    cutoffs: WeeklyCutoffs


@dataclass(frozen=True, slots=True)
class Calendar:
    """One holiday calendar."""

    name: str
    dates: frozenset[date]


Document = Node | Item | Carton | Carrier | Service | TransferLane | NodeCutoffs | Calendar | Place | Policy


@dataclass(frozen=True, slots=True)
class Deletion:
    """A document to take out, by its key.

    The key is the id of a node, item (SKU), carton, carrier or calendar; (carrier id, level's name) of a service; (origin,
    destination) of a lane; (node id, carrier id, level's name) of cutoffs; (country, postal prefix) of a place.
    """

    kind: Kind
    key: tuple[str, ...]


def apply(network: Network, upserts: Sequence[Document], deletes: Sequence[Deletion] = ()) -> Network:
    """The network with documents replaced in their place, new ones added at the end, and others taken out.

    Deletions come first. A policy replaces the policy; the network's name stays.

    Raises
    ------
    NetworkFaults : every fault of the result, and every deletion of what is not there.
    """
    held = {kind: _documents(network, kind) for kind in Kind}
    faults = []
    for deletion in deletes:
        if held[deletion.kind].pop(deletion.key, None) is None:
            name = ", ".join(deletion.key)
            faults.append(NetworkFault(deletion.kind.value, 0, "", name, "a key that is there to delete"))
    policy = network.policy
    for document in upserts:
        if isinstance(document, Policy):
            policy = document
        else:
            kind, key = _identity(document)
            held[kind][key] = document
    result = _assembled(network, held, policy)
    faults += validate(result)
    if faults:
        raise NetworkFaults(tuple(faults))
    return result


def validate(network: Network) -> tuple[NetworkFault, ...]:
    """Every fault of the network, cell by cell and across its parts, by the same rules its files are held to.

    A fault's file names the document, ``nodes.csv[berlin]``, and its row is 0.
    """
    faults: list[NetworkFault] = []
    _, found = parse_policy(format_policy(PolicyFile(network.name, UNITS, network.policy)))
    faults += found
    tables = {}
    known = schemas(UNITS)
    for file, columns in network_columns(network).items():
        keys = zip(*(columns[name] for name in known[file].key), strict=True)
        places = [(f"{file}[{', '.join(key)}]", 0) for key in keys]
        tables[file], found = read_table(known[file], places, columns)
        faults += found
    faults += unknown_in_batch(network.policy.batch, tables, POLICY)
    return tuple(without_echoes([*faults, *broken_rules(tables)]))


def _identity(document: Any) -> tuple[Kind, tuple[str, ...]]:
    match document:
        case Node():
            return Kind.NODE, (document.node_id,)
        case Item():
            return Kind.ITEM, (document.sku,)
        case Carton():
            return Kind.CARTON, (document.carton_id,)
        case Carrier():
            return Kind.CARRIER, (document.carrier_id,)
        case Service():
            return Kind.SERVICE, (document.carrier_id, document.level.name)
        case TransferLane():
            return Kind.TRANSFER_LANE, (document.origin, document.destination)
        case NodeCutoffs():
            return Kind.CUTOFFS, (document.node_id, document.carrier_id, document.level.name)
        case Calendar():
            return Kind.CALENDAR, (document.name,)
        case Place():
            return Kind.PLACE, (document.country, document.postal_prefix)
    raise TypeError(f"{type(document).__name__} is no document of a network")


def _documents(network: Network, kind: Kind) -> dict[tuple[str, ...], Any]:
    documents: Sequence[Any]
    if kind is Kind.CUTOFFS:
        documents = [NodeCutoffs(*key, cutoffs) for key, cutoffs in network.cutoffs.items()]
    elif kind is Kind.CALENDAR:
        documents = [Calendar(*entry) for entry in network.holidays.items()]
    elif kind is Kind.PLACE:
        documents = list(network.places.values())
    else:
        documents = getattr(network, kind.value)
    return {_identity(document)[1]: document for document in documents}


def _assembled(network: Network, held: dict[Kind, dict[tuple[str, ...], Any]], policy: Policy) -> Network:
    return replace(
        network,
        policy=policy,
        nodes=tuple(held[Kind.NODE].values()),
        items=tuple(held[Kind.ITEM].values()),
        cartons=tuple(held[Kind.CARTON].values()),
        carriers=tuple(held[Kind.CARRIER].values()),
        services=tuple(held[Kind.SERVICE].values()),
        transfer_lanes=tuple(held[Kind.TRANSFER_LANE].values()),
        cutoffs={(each.node_id, each.carrier_id, each.level): each.cutoffs for each in held[Kind.CUTOFFS].values()},
        holidays={each.name: each.dates for each in held[Kind.CALENDAR].values()},
        places={(place.country, place.postal_prefix): place for place in held[Kind.PLACE].values()},
    )
