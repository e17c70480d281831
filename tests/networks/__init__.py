"""Networks written by hand, and where they lie."""

from pathlib import Path

EU = Path(__file__).parent / "eu"
