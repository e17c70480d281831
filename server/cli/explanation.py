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
    parts = [
        (field.name.removesuffix("_micros"), f"{micros / 1e6:.6f}") for field, micros in answer.breakdown.ListFields()
    ]
    print_table("cost by parts", ("part", ">amount"), parts)
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
    verdicts = [
        (
            verdict.node_id,
            "used"
            if verdict.used
            else short_name(route_pb2.UnfilledReason, verdict.constraint).replace("UNSPECIFIED", "cost"),
            amount(verdict.lost_by) if verdict.HasField("lost_by") else "",
            verdict.detail,
            verdict.smallest_change,
        )
        for verdict in answer.nodes
    ]
    print_table("nodes", ("node", "why", ">lost by", "detail", "what would change it"), verdicts)
