"""An explanation for people."""

from __future__ import annotations

from typing import Any


def print_explanation(answer: Any) -> None:
    """``answer`` is an ExplainRouteResponse."""
    from onebox.v1 import route_pb2, types_pb2

    from server.cli.output import amount, print_table, short_name, when

    certificate = answer.certificate
    state = short_name(route_pb2.SolveState, certificate.state)
    print(
        f"route {answer.route_id}: {amount(answer.cost)}, decided {when(answer.decision_time)} on network version",
        end=" ",
    )
    print(f"{answer.network_version} by {certificate.solver}: {state}, gap {certificate.gap:.4%}")
    columns, parts = cost_parts(answer)
    print_table("cost by parts", columns, parts)
    shipments = [
        (
            one.node_id,
            one.carrier_id,
            short_name(types_pb2.ServiceLevel, one.service_level),
            ", ".join(one.line_ids),
            amount(one.cost),
        )
        for one in answer.shipments
    ]
    print_table("shipments", ("node", "carrier", "service", "lines", ">cost"), shipments)
    if answer.HasField("best_single"):
        best = answer.best_single
        print(f"in one shipment: {best.shipment.node_id}, {amount(best.dearer_by)} dearer. {best.why_lost}")
    else:
        print("in one shipment: not possible")
    if answer.nodes:
        columns = ("node", "why", ">lost by", "detail", "what would change it")
        print_table("nodes", columns, [verdict_row(verdict) for verdict in answer.nodes])


def cost_parts(answer: Any, decimals: int = 6) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Columns and rows: each part of the route's cost, beside the best single shipment's where there is another."""
    columns: tuple[str, ...] = ("part", ">this route")
    breakdowns = [answer.breakdown]
    if answer.HasField("best_single") and len(answer.shipments) > 1:
        columns += (f">one shipment from {answer.best_single.shipment.node_id}",)
        breakdowns.append(answer.best_single.shipment.breakdown)
    fields = [
        field.name
        for field in answer.breakdown.DESCRIPTOR.fields
        if any(getattr(breakdown, field.name) for breakdown in breakdowns)
    ]
    rows = [
        (
            name.removesuffix("_micros").replace("_", " "),
            *(f"{getattr(breakdown, name) / 1e6:.{decimals}f}" for breakdown in breakdowns),
        )
        for name in fields
    ]
    totals = [sum(getattr(breakdown, name) for name in fields) for breakdown in breakdowns]
    return columns, [*rows, ("total", *(f"{total / 1e6:.{decimals}f}" for total in totals))]


def verdict_row(verdict: Any) -> tuple[str, str, str, str, str]:
    """Node, why, lost by, detail, what would change it."""
    from onebox.v1 import route_pb2

    from server.cli.output import amount, short_name

    why = short_name(route_pb2.UnfilledReason, verdict.constraint).replace("UNSPECIFIED", "cost")
    return (
        verdict.node_id,
        "used" if verdict.used else why,
        amount(verdict.lost_by) if verdict.HasField("lost_by") else "",
        verdict.detail,
        verdict.smallest_change,
    )
