"""The lives of the demo's orders, for the page."""

from __future__ import annotations

from html import escape

from onebox.v1 import life_pb2

from server.cli.output import rounded, short_name
from server.cli.timeline import timeline_rows
from server.demo.label_picture import label_picture
from server.demo.living import Lived, Living
from server.demo.page_tables import table


def living_section(lived: Lived) -> str:
    """The whole section, or "" where no order was led through its life."""
    if not lived.lives:
        return ""
    told = lived.lives[0]
    return "".join(
        (
            '<section aria-labelledby="lives"><h2 id="lives">Orders through their whole life</h2>',
            "<p>Captured, routed, worked at by their nodes, labelled, scanned on their way, and paid: over the same server, "
            "each change one event, written together with the stock that it moves.</p>",
            table("What became of them", COLUMNS, [life_row(each) for each in lived.lives]),
            f"<h3>All that happened to {escape(told.order_id)}</h3>",
            '<div class="beside"><div>',
            table("", ("when", "of", "what", "", "by"), timeline_rows(told.events)),
            f"</div>{label_picture(lived.label_zpl)}</div>",
            '<p class="note">The server\'s days pass with the scans; who ordered is made up, where it went is not. The label is '
            "drawn from the ZPL that GetLabel gave; a scanner reads it.</p></section>",
        )
    )


COLUMNS = ("order", "what happens", "it is", "from", ">taken", ">paid back")


def life_row(one: Living) -> tuple[str, ...]:
    """As in COLUMNS."""
    payment = one.life.payment
    sent = [
        f"{each.node_id} ({short_name(life_pb2.ShipmentState, each.state).lower().replace('_', ' ')})"
        for each in one.life.shipments
    ]
    return (
        one.order_id,
        one.turn.value,
        short_name(life_pb2.OrderState, one.life.state),
        ", ".join(sent),
        rounded(payment.captured),
        rounded(payment.refunded),
    )
