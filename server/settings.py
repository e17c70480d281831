"""The server's settings: from the environment (``ONEBOX_PORT=...``), overruled by the command line."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import AwareDatetime, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

MEBIBYTE = 1 << 20


class Settings(BaseSettings):
    """Everything that can be set. Raises pydantic.ValidationError naming each field, its value and its range."""

    model_config = SettingsConfigDict(env_prefix="ONEBOX_", frozen=True, extra="forbid")

    host: str = Field(default="127.0.0.1", description="Address the gRPC server listens on.")
    port: int = Field(default=50051, ge=0, le=65_535, description="Port of the gRPC server; 0 takes a free one.")
    workers: int = Field(default=1, ge=1, le=64, description="Processes that serve the port.")
    token: SecretStr | None = Field(
        default=None, description="Callers must send it: `authorization: Bearer TOKEN`. Unset: none asked."
    )
    allow_anonymous: bool = Field(default=False, description="Serve other machines without a token.")
    tls_cert: Path | None = Field(default=None, description="Certificate chain of the server (PEM). Unset: no TLS.")
    tls_key: Path | None = Field(default=None, description="Private key of the server (PEM); with tls_cert.")
    max_message_bytes: int = Field(
        default=4 * MEBIBYTE, ge=1_024, le=256 * MEBIBYTE, description="Largest message taken or sent."
    )
    max_calls: int = Field(
        default=0, ge=0, le=100_000, description="Calls under way at a time in a worker, others are refused; 0: any."
    )
    stream_in_flight: int = Field(
        default=64, ge=1, le=1_024, description="Orders under way at a time on one StreamRoutes call."
    )
    reflection: bool = Field(default=True, description="Tell callers the contract (gRPC reflection).")
    drain_s: float = Field(
        default=30.0, ge=0, le=600, description="Seconds that calls under way get to finish after SIGTERM."
    )
    drain_notice_s: float = Field(
        default=0.0, ge=0, le=60, description="Seconds between NOT_SERVING and the end of new calls."
    )

    store_url: str = Field(default="", description="Redis or Valkey by URL; empty starts the embedded store.")
    store_username: str | None = Field(default=None, description="ACL user of the store.")
    store_password: SecretStr | None = Field(default=None, description="Password of the store.")
    store_ca: Path | None = Field(
        default=None, description="Authorities that the store's certificate is checked against (PEM)."
    )
    store_cert: Path | None = Field(default=None, description="Client certificate for the store (PEM); with store_key.")
    store_key: Path | None = Field(default=None, description="Client key for the store (PEM).")
    store_timeout_s: float = Field(default=5.0, gt=0, le=60, description="Seconds that the store gets to answer.")
    data_dir: Path | None = Field(
        default=Path("onebox-data"), description="Data of the embedded store; empty throws it away at the end."
    )
    durability: Literal["always", "everysec", "none"] = Field(
        default="everysec", description="When the embedded store's log is flushed."
    )
    ledger: str = Field(
        default="main", min_length=1, max_length=64, description="The ledger's name: several share one store."
    )
    replay_from: AwareDatetime | None = Field(
        default=None,
        description="For past orders, never live ones: time starts at this instant and is then that of the latest order or scan.",
    )
    sweep_interval_s: float = Field(
        default=5.0, ge=0.05, le=600, description="Seconds between two looks for expired reservations."
    )

    http_host: str = Field(default="127.0.0.1", description="Address of the HTTP side: webhooks, health, metrics.")
    http_port: int | None = Field(
        default=None, ge=0, le=65_535, description="Port of the HTTP side; 0 takes a free one. Unset: none."
    )
    http_max_body_bytes: int = Field(
        default=16 * MEBIBYTE, ge=1_024, le=256 * MEBIBYTE, description="Largest body that a channel may send."
    )
    channels: Path | None = Field(default=None, description="The channels that orders come from (TOML).")
    stripe_key: SecretStr | None = Field(
        default=None, description="Stripe's key. Unset: payments are booked here, and no money moves."
    )
    stripe_url: str = Field(default="", description="Where Stripe's API is; empty: its own address.")
    pickup_secret: SecretStr | None = Field(
        default=None, description="What pickup codes are made with. Unset: chance, anew in each worker."
    )
    shop_name: str = Field(default="Onebox", min_length=1, max_length=64, description="What papers and mails call us.")
    returns_text: str = Field(default="", max_length=400, description="What packing slips say of returns.")
    page_size: Literal["A4", "LETTER"] = Field(default="A4", description="Pages of papers.")
    company_prefix: str | None = Field(
        default=None, description="GS1 company prefix of package numbers. Unset: that for demonstrations."
    )
    shipping: Path | None = Field(
        default=None, description="Carriers with an account and addresses of nodes (TOML). Unset: local carriers."
    )
    shelves: Path | None = Field(default=None, description="Where nodes have SKUs, for pick lists (CSV).")
    scan_secret: SecretStr | None = Field(
        default=None,
        description="What scans that are posted to /scans are signed with (whsec_...). Unset: none are taken.",
    )
    track_interval_s: int = Field(
        default=900, ge=1, le=86_400, description="Seconds between two looks at what a carrier knows of a shipment."
    )
    smtp_host: str = Field(default="", description="Server that mails to customers go by; empty: none are sent.")
    smtp_port: int = Field(default=587, ge=1, le=65_535, description="Its port.")
    smtp_security: Literal["tls", "starttls", "none"] = Field(
        default="starttls", description="tls from the first byte (465), starttls, or none, on this machine."
    )
    smtp_username: str = Field(default="", description="Who logs in there; empty: nobody.")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="His password.")
    mail_from: str = Field(default="", description="Whom mails are from: `Shop <orders@shop.example>`; with smtp_host.")
    events_days: int | None = Field(
        default=None,
        ge=1,
        le=3_650,
        description="Days after which events leave the stream, once webhooks, groups and an export have them. Unset: never.",
    )
    webhooks: Path | None = Field(default=None, description="The endpoints that events are sent to (TOML).")

    planning_studies: int = Field(
        default=1, ge=0, le=16, description="Studies of planners under way at a time in a worker; 0: none is taken."
    )
    planning_processes: int = Field(
        default=1, ge=1, le=64, description="Processes of lowest priority that one study replays in."
    )
    planning_orders: int = Field(default=200_000, ge=1, le=10_000_000, description="Most orders in a study.")
    planning_reps: int = Field(default=100, ge=1, le=1_000, description="Most replications of a study's scenario.")
    planning_memory_mib: int = Field(
        default=4_096, ge=256, le=1 << 20, description="Most memory that a process of a study may take, in MiB."
    )
    planning_keep_days: float = Field(
        default=7.0, gt=0, le=366, description="Days that a finished study's figures are kept, to be compared."
    )

    metrics_host: str = Field(default="127.0.0.1", description="Address of the metrics over HTTP.")
    metrics_port: int = Field(default=0, ge=0, le=65_535, description="Port of Prometheus metrics over HTTP; 0: off.")
    log_format: Literal["auto", "json", "console"] = Field(
        default="auto", description="auto: console on a terminal, else JSON."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least level that is logged."
    )

    @field_validator(
        "data_dir",
        "token",
        "http_port",
        "channels",
        "webhooks",
        "shipping",
        "shelves",
        "company_prefix",
        "scan_secret",
        mode="before",
    )
    @classmethod
    def _empty_is_unset(cls, value: Any) -> Any:
        return None if value == "" else value

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("tls_cert and tls_key: expected both or neither")
        if self.token is None and not self.allow_anonymous and not is_loopback(self.host):
            raise ValueError(
                f"token: expected one, as host {self.host!r} is reached by other machines (or set allow_anonymous)"
            )
        if self.smtp_host and "@" not in self.mail_from:
            raise ValueError(f"mail_from: expected an address with smtp_host, got {self.mail_from!r}")
        if self.http_port == 0 and self.workers > 1:
            raise ValueError("http_port: expected a port of its own with several workers, which share it, got 0")
        if self.replay_from is not None and self.workers > 1:
            raise ValueError(
                f"workers: expected 1 with replay_from, as each keeps a time of its own, got {self.workers}"
            )
        return self


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
