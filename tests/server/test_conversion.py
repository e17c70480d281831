"""What goes into a message comes out of it, and money keeps its last micro."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from onebox.v1 import order_pb2, route_pb2, types_pb2

from engine.network.carriers import ServiceLevel
from engine.network.components import Component
from engine.network.nodes import NodeType
from engine.network.policy import Divide
from engine.routing.order import Destination, Fulfilment, Line, Order, PickupAt
from server.conversion.catalogue import Catalogue, documents_from
from server.conversion.fields import LATEST_INSTANT, money
from server.conversion.order_messages import order_message
from server.conversion.orders import order_from
from server.conversion.routes import breakdown_fields, route_message
from tests.server.canned import route_of
from tests.server.networks import SMALL

names = st.text("abcXYZ0189-_ é", min_size=1, max_size=12)
instants = st.integers(0, LATEST_INSTANT - 1)
maybe = st.none() | st.booleans()
SOLD = [ServiceLevel.GROUND, ServiceLevel.TWO_DAY, ServiceLevel.OVERNIGHT, ServiceLevel.SAME_DAY]


@st.composite
def orders(draw: st.DrawFn) -> Order:
    ids = draw(st.lists(names, min_size=1, max_size=5, unique=True))
    lines = tuple(
        Line(line_id, draw(names), draw(st.integers(1, 1_000_000)), draw(st.sampled_from(Fulfilment)))
        for line_id in ids
    )
    at_node = st.builds(PickupAt, node_id=names)
    within = st.builds(PickupAt, radius_m=st.integers(1, 1_000_000))
    return Order(
        order_id=draw(names),
        order_time=draw(instants),
        lines=lines,
        destination=Destination(draw(st.sampled_from(["US", "DE"])), draw(names), draw(st.booleans())),
        channel=draw(names),
        service_level=draw(st.sampled_from(SOLD)),
        exact_service=draw(st.booleans()),
        deliver_by=draw(st.none() | instants),
        pickup=draw(at_node | within),
        pickup_by=draw(st.none() | instants),
        late_allowed=draw(maybe),
        partial=draw(maybe),
        divide=draw(st.none() | st.sampled_from(Divide)),
        max_shipments=draw(st.integers(0, 1_000)),
        only_nodes=draw(st.frozensets(names, max_size=3)),
        not_nodes=draw(st.frozensets(names, max_size=3)),
        only_node_types=draw(st.frozensets(st.sampled_from(NodeType))),
        not_node_types=draw(st.frozensets(st.sampled_from(NodeType))),
        vip=draw(st.booleans()),
    )


@given(orders())
def test_an_order_survives_the_wire(order: Order) -> None:
    wire = order_message(order).SerializeToString()
    assert order_from(order_pb2.Order.FromString(wire), now=1) == order


@given(st.integers(-(10**18), 10**18))
def test_money_has_units_and_nanos_of_one_sign_and_loses_nothing(micros: int) -> None:
    message = types_pb2.Money(**money(micros, "USD"))
    assert message.units * 1_000_000 * 1_000 + message.nanos == micros * 1_000
    assert message.units * message.nanos >= 0
    assert abs(message.nanos) < 1_000_000_000


@given(st.dictionaries(st.sampled_from(Component), st.integers(1, 10**15)))
def test_a_breakdown_keeps_every_part_under_its_own_name(parts: dict[Component, int]) -> None:  # I7
    message = route_pb2.CostBreakdown(**breakdown_fields(tuple(parts.items())))
    assert {field.name: micros for field, micros in message.ListFields()} == {
        f"{component.name.lower()}_micros": micros for component, micros in parts.items()
    }


def test_a_network_survives_the_wire() -> None:
    documents = documents_from(Catalogue(SMALL).messages(), set())
    assert len(documents) == len(list(Catalogue(SMALL).messages()))
    for part in (*SMALL.nodes, *SMALL.items, *SMALL.cartons, *SMALL.carriers, *SMALL.services, SMALL.policy):
        assert part in documents


def test_an_order_without_a_time_is_ordered_now_and_its_lines_are_numbered() -> None:
    message = order_pb2.Order(
        order_id="O", lines=[{"sku": "A", "units": 1}] * 2, destination={"country": "US", "postal_code": "1"}
    )
    order = order_from(message, now=1_234)
    assert (order.order_time, [line.line_id for line in order.lines]) == (1_234, ["1", "2"])


@pytest.mark.parametrize("expiry", [0, 1_700_000_000])
def test_a_route_that_holds_nothing_has_no_expiry(expiry: int) -> None:
    from msgspec.structs import replace

    order = Order("O", 1_700_000_000, (Line("1", "A", 1),), Destination("US", "1"))
    assert route_message(replace(route_of(order), expiry_time=expiry)).HasField("expiry_time") == (expiry > 0)
