"""Parts are applied to a network as one change: all of it valid, or none of it done and every fault named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from engine.errors import NetworkFaults
from engine.network.carriers import ServiceLevel
from engine.network.documents import Calendar, Deletion, Document, Kind, NodeCutoffs, apply, validate
from engine.network.files import load_network
from engine.network.items import Item
from engine.network.network import Place
from tests.networks import EU

NETWORK = load_network(EU)
GROUND = ("dc-berlin", "kranich", ServiceLevel.GROUND)


def places_of(*upserts: Document, deletes: tuple[Deletion, ...] = ()) -> set[tuple[str, str]]:
    with pytest.raises(NetworkFaults) as raised:
        apply(NETWORK, upserts, deletes)
    return {(fault.file, fault.column) for fault in raised.value.network_faults}


def test_a_document_is_replaced_in_its_place_and_a_new_one_comes_last() -> None:
    kettle = replace(NETWORK.items[0], weight_g=1_400)
    result = apply(NETWORK, [Item("VASE", 900, 100, 100, 300), kettle])
    assert result.items == (kettle, *NETWORK.items[1:], Item("VASE", 900, 100, 100, 300))
    assert replace(result, items=NETWORK.items) == NETWORK


def test_parts_that_need_each_other_come_in_one_change() -> None:
    store = replace(NETWORK.nodes[3], node_id="store-graz", holidays="at-6")
    assert places_of(store) == {("nodes.csv[store-graz]", "holidays")}
    result = apply(NETWORK, [store, Calendar("at-6", frozenset({date(2026, 3, 19)}))])
    assert result.nodes[-1] == store
    assert result.holidays["at-6"] == {date(2026, 3, 19)}


def test_every_kind_is_taken_out_by_its_key() -> None:
    deletes = (
        Deletion(Kind.ITEM, ("RUG-WOOL",)),
        Deletion(Kind.CARTON, ("L",)),
        Deletion(Kind.PLACE, ("PT", "40")),
        Deletion(Kind.CUTOFFS, ("dc-berlin", "kranich", "GROUND")),
        Deletion(Kind.TRANSFER_LANE, ("dc-munich", "store-vienna")),
        Deletion(Kind.NODE, ("vendor-lisbon",)),
        Deletion(Kind.CALENDAR, ("pt",)),
    )
    result = apply(NETWORK, (), deletes)
    for kind in (Kind.ITEM, Kind.CARTON, Kind.PLACE, Kind.CUTOFFS, Kind.TRANSFER_LANE, Kind.NODE, Kind.CALENDAR):
        assert len(getattr(result, kind.value)) == len(getattr(NETWORK, kind.value)) - 1
    assert GROUND not in result.cutoffs


def test_deleting_what_others_refer_to_names_each_of_them() -> None:
    deletes = (Deletion(Kind.SERVICE, ("kranich", "TWO_DAY")), Deletion(Kind.CALENDAR, ("de",)))
    assert places_of(deletes=deletes) == {
        ("nodes.csv[dc-berlin]", "services"),
        ("nodes.csv[dc-munich]", "services"),
        ("nodes.csv[dc-berlin]", "holidays"),
        ("nodes.csv[dc-munich]", "holidays"),
        ("nodes.csv[store-hamburg]", "holidays"),
    }


def test_every_fault_of_a_change_is_named_at_once() -> None:
    found = places_of(
        replace(NETWORK.nodes[0], time_zone="Europe/Atlantis", country="Germany", lead_time_s=-0),
        NodeCutoffs("dc-nowhere", "kranich", ServiceLevel.GROUND, (1_020,) * 7),
        Place("DE", "99", 50.0, 11.0, "Mars/Olympus"),
        replace(NETWORK.policy, split_penalty=10**18),
        replace(NETWORK.services[2], radius_m=0),
        deletes=(Deletion(Kind.ITEM, ("NOPE",)),),
    )
    assert found == {
        ("nodes.csv[dc-berlin]", "time_zone"),
        ("nodes.csv[dc-berlin]", "country"),
        ("cutoffs.csv[dc-nowhere, kranich, GROUND]", "node_id"),
        ("places.csv[DE, 99]", "time_zone"),
        ("policy.toml", "objective.split_penalty"),
        ("services.csv[kranich, SAME_DAY]", "radius"),
        ("items", ""),
    }


def test_a_refused_change_leaves_the_network_as_it_was() -> None:
    before = load_network(EU)
    places_of(deletes=(Deletion(Kind.CARRIER, ("kranich",)),))
    assert before == NETWORK


def test_the_files_network_has_no_fault() -> None:
    assert validate(NETWORK) == ()
