"""The command line. Commands import what they need when they run, so that ``onebox --help`` is quick."""

from __future__ import annotations


def main() -> None:
    """The ``onebox`` command. Ends with 0, 1 (refused or failed), 2 (wrong usage) or 3 (no server, no store)."""
    from server.cli.app import app

    app()
