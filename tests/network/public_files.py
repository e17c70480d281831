"""Where the public data lie: ONEBOX_DATA, or shared/data beside the repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.network.public_data import missing_files

DATA = Path(os.environ.get("ONEBOX_DATA", str(Path(__file__).parents[3] / "shared" / "data")))

needs_public_data = pytest.mark.skipif(
    bool(missing_files(DATA)), reason=f"the public data are not in {DATA}: set ONEBOX_DATA to where they are"
)
