"""Timelines for people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

_AMOUNTS = ("authorised_micros", "captured_micros", "refunded_micros")


def timeline_rows(events: Iterable[Any]) -> list[tuple[str, str, str, str, str]]:
    """(when, what it is about, its state or what happened, more, who and why) of each LifeEvent message."""
    return [_row(event) for event in events]


def _row(event: Any) -> tuple[str, str, str, str, str]:
    from google.protobuf.json_format import MessageToDict

    from server.cli.output import when

    data = MessageToDict(event.data)
    about = event.subject_id.rpartition("/")[2] if event.kind in ("SHIPMENT", "RETURN") else event.kind.lower()
    moved = event.before != event.after
    what = event.after if moved else str(data.get("what", ""))
    who = f"{event.actor}: {event.reason}" if event.reason else event.actor
    return when(event.event_time), about, what, _more(data), who


def _more(data: dict[str, Any]) -> str:
    """The rest of what an event says, briefly."""
    parts = []
    if "node_id" in data:
        parts.append(f"at {data['node_id']}")
    for name in ("carrier_id", "stage", "trouble", "tracking", "place", "hold", "why", "detail"):
        if data.get(name):
            parts.append(str(data[name]))
    parts += map(str, data.get("tracking_numbers", ()))
    for name in ("contents", "lines"):
        parts += [f"{int(units)} x {sku}" for _, sku, units in data.get(name, ())]
    for name in ("units", "waiting", "kept"):
        if isinstance(data.get(name), dict):
            parts += [f"{name} of line {line_id}: {int(units)}" for line_id, units in data[name].items()]
    parts += [f"{name.removesuffix('_micros')} {data[name] / 1e6:.2f}" for name in _AMOUNTS if data.get(name)]
    return ", ".join(parts)
