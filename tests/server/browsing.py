"""A real browser without a window, for pages that must work in one."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
    "--window-size=1200,900",
)


def opened(page: Path, fragment: str = "") -> tuple[str, list[str]]:
    """The document as it stands once the page's own scripts have run, and what the console says. Skips without a browser."""
    browser = next((found for name in _NAMES if (found := shutil.which(name))), None)
    if browser is None:
        pytest.skip(f"no browser here: none of {', '.join(_NAMES)} is installed")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [browser, *_FLAGS, f"--user-data-dir={profile}", "--dump-dom", page.as_uri() + fragment]
        ended = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return ended.stdout, [line for line in ended.stderr.splitlines() if ":CONSOLE" in line]
