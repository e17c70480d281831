"""Prometheus metrics. With several workers each writes to files in a directory, which the supervisor adds up."""

from __future__ import annotations

from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

MULTIPROCESS_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""Where workers write to. prometheus_client reads it as it is imported, so the supervisor sets it before they start."""

_BUCKETS_S = (0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


class Metrics:
    """What a worker counts. One observation for each call: well under two microseconds."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.calls = Histogram(
            "onebox_call_seconds",
            "Seconds a call took in the server, by method and status code.",
            ("method", "code"),
            buckets=_BUCKETS_S,
            registry=self.registry,
        )
        self.documents = Counter(
            "onebox_captured_documents",
            "Documents that channels sent, by channel and what became of them.",
            ("channel", "fate"),
            registry=self.registry,
        )
        self.network_version = Gauge(
            "onebox_network_version",
            "Version of the network in force; 0 before the first.",
            registry=self.registry,
            multiprocess_mode="livemin",
        )
        self.prices_version = Gauge(
            "onebox_prices_version",
            "Version of the bid prices in force; 0 before the first.",
            registry=self.registry,
            multiprocess_mode="livemin",
        )
        self.mirror_stale = Gauge(
            "onebox_mirror_stale_seconds",
            "Seconds since the mirror was known to equal the ledger.",
            registry=self.registry,
            multiprocess_mode="livemax",
        )


def serve_metrics(host: str, port: int, registry: CollectorRegistry) -> None:
    """Serve them from a thread of their own until the process ends."""
    start_http_server(port, host, registry)


def registry_of_workers(directory: Path) -> CollectorRegistry:
    """The sum of what the workers wrote to ``directory``."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(directory))  # type: ignore[no-untyped-call]
    return registry


def mark_dead(process_id: int | None, directory: Path) -> None:
    """Forget the gauges of a worker that has ended; its counts stay."""
    mark_process_dead(process_id, str(directory))  # type: ignore[no-untyped-call]
