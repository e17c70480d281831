"""A decision that was made together with others, taken up again from its record.

What an order got in a batch rests on all orders of the batch, which a record of one does not hold. So its replay does not
decide again: it lays the recorded plan over the recorded stock, has every constraint checked and every price reckoned anew,
and assembles the route from that. The same bytes come out, or the plan was not what the record says (I9).
"""

from __future__ import annotations

from engine.network.carriers import Service, ServiceLevel
from engine.routing.assembly import assemble
from engine.routing.bids import recorded
from engine.routing.planner import Planner
from engine.routing.record import Record, snapshot_of
from engine.routing.route import Route, RouteState
from engine.routing.verify import Draft


def check(planner: Planner, record: Record) -> Route:
    """The record's route, made once more. Raises PlanRefused where the plan breaks a rule or costs something else."""
    route = record.route
    stock = snapshot_of(record, planner.sourcing.tables, planner.network)
    ask = planner.sourcing.asking.ask(record.order)
    planner.lay_bids(ask, stock, route.decision_time, recorded(planner.sourcing.tables, record.bids))
    position = {line.line_id: x for x, line in enumerate(record.order.lines)}
    left_out = [0] * ask.n_lines
    for line in route.unfilled:
        left_out[position[line.line_id]] = line.units
    decision = planner.settle(
        ask,
        drafts_of(planner, record),
        left_out,
        route.certificate,
        record.n_options,
        stock,
        route.decision_time,
        unfilled=route.unfilled,
    )
    return assemble(
        planner.network,
        decision,
        route.route_id,
        route.decision_time,
        route.network_version,
        route.prices_version,
        reserve=route.state is not RouteState.PLANNED,
        confirmed=route.state is RouteState.CONFIRMED,
    )


def drafts_of(planner: Planner, record: Record) -> list[Draft]:
    """The recorded shipments as drafts of the record's order."""
    network, tables = planner.network, planner.sourcing.tables
    services = {service.key: service for service in network.services}
    position = {line.line_id: x for x, line in enumerate(record.order.lines)}
    drafts = []
    for shipment in record.route.shipments:
        service: Service | ServiceLevel = shipment.level
        store = None
        if shipment.carrier_id:
            service = services[shipment.carrier_id, shipment.level]
        else:
            store = network.nodes[tables.node_index[shipment.destination_node]]
        contents = tuple(
            [
                (position[content.line_id], network.items[tables.item_index[content.sku]], content.units)
                for content in shipment.contents
            ]
        )
        node = network.nodes[tables.node_index[shipment.node_id]]
        drafts.append(Draft(node, service, store, shipment.ship_day, contents, shipment.cost))
    return drafts
