"""The demo network ``us``: built by ``engine.network.build_us``, shipped as files beside this one."""

from __future__ import annotations

from pathlib import Path

DIRECTORY = Path(__file__).parent
