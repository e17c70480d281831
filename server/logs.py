"""Structured logs: one line an event, JSON for machines, colours for a terminal."""

from __future__ import annotations

import logging
import sys

import structlog

from server.settings import Settings

_FRAMES = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
"""Where it happened, without the values at hand: those are customers' orders, which belong in no log."""


def set_up_logs(settings: Settings) -> None:
    """Everything goes to stderr, the library's own warnings included; an event in one write, as workers share the stream."""
    level = getattr(logging, settings.log_level.upper())
    machine = settings.log_format == "json" or (settings.log_format == "auto" and not sys.stderr.isatty())
    before: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[structlog.typing.Processor] = (
        [structlog.processors.ExceptionRenderer(_FRAMES), structlog.processors.JSONRenderer()]
        if machine
        else [
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
        ]
    )
    structlog.configure(
        processors=[*before, *last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last]
        )
    )
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[handler], force=True)
