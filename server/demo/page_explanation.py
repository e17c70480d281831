"""The explained decision, for the page."""

from __future__ import annotations

from html import escape
from typing import Any

from onebox.v1 import types_pb2

from engine.routing.order import Order
from server.cli.explanation import cost_parts, verdict_row
from server.cli.output import short_name
from server.demo.page_tables import table
from server.demo.report import Report


def explanation_section(report: Report) -> str:
    """The whole section, or "" where nothing shipped."""
    answer, order = report.explanation, report.explained_order
    if answer is None or order is None:
        return ""
    names = {node.node_id: node.name for node in report.network.nodes}
    shipments = [
        (
            one.node_id,
            names[one.node_id],
            f"{one.carrier_id} {short_name(types_pb2.ServiceLevel, one.service_level)}".strip(),
            ", ".join(one.line_ids),
            _rounded(one.cost),
        )
        for one in answer.shipments
    ]
    return "".join(
        (
            '<section aria-labelledby="why"><h2 id="why">Why this way: one decision</h2>',
            f"<p>{escape(_lead(order))} {escape(_single(answer))}</p>",
            '<div class="two"><div>',
            table("The shipments", ("node", "name", "service", "lines", ">cost"), shipments),
            table("What is in the order", ("line", "SKU", ">units"), _lines(order)),
            "</div><div>",
            _parts(answer),
            "</div></div>",
            table(
                "Nodes that were not taken",
                ("node", "why not", ">dearer by", "in words", "what would change it"),
                [verdict_row(verdict) for verdict in answer.nodes],
            ),
            f'<p class="note">By <code>{escape(answer.certificate.solver)}</code>, gap {answer.certificate.gap:.4%}: '
            f"proven the cheapest way at that moment. Answered by ExplainRoute from the record of the decision "
            f"(<code>{escape(answer.route_id)}</code>).</p></section>"
            if answer.certificate.gap == 0
            else f'<p class="note">By <code>{escape(answer.certificate.solver)}</code>, proven within '
            f"{answer.certificate.gap:.4%} of the cheapest way.</p></section>",
        )
    )


def _lead(order: Order) -> str:
    to = f" to {order.destination.postal_code}" if order.destination is not None else ""
    return f"Order {order.order_id}, {len(order.lines)} lines{to}, sold as {order.service_level.value}."


def _single(answer: Any) -> str:
    best = answer.best_single
    if not answer.HasField("best_single"):
        return "No one shipment could take all of it."
    if len(answer.shipments) == 1:
        return "It goes in one shipment."
    return f"The best single shipment, from {best.shipment.node_id}, would have cost {_rounded(best.dearer_by)} more."


def _rounded(money: Any) -> str:
    return f"{money.units + money.nanos / 1e9:,.2f} {money.currency_code}"


def _lines(order: Order) -> list[tuple[str, str, str]]:
    return [(line.line_id, line.sku, str(line.units)) for line in order.lines]


def _parts(answer: Any) -> str:
    columns, rows = cost_parts(answer, 2)
    return table("The cost by its parts, beside the best single shipment", columns, rows)
