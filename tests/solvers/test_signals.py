"""Solvers leave the process its signals: a server that solved a large order still drains on Ctrl-C."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_PROGRAM = """
import signal
import numpy as np
{solve}
try:
    signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt:
    print("interrupted")
"""
_COLUMNS = """
from solvers.order_columns import solve_order
from tests.solvers.orders import random_order
for seed in range(10):
    solve_order(random_order(np.random.default_rng(seed)))
"""
_LARGE = """
from solvers.large_order import solve
from tests.solvers.large_orders import random_order
for seed in range(10):
    solve(random_order(np.random.default_rng(seed), 4, 4))
"""


@pytest.mark.parametrize("solve", [_COLUMNS, _LARGE], ids=["columns", "large"])
def test_ctrl_c_after_a_solve_is_the_callers_as_before(solve: str) -> None:
    program = _PROGRAM.format(solve=solve)
    root = Path(__file__).parent.parent.parent
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=root, check=False)
    assert (ended.returncode, ended.stdout) == (0, "interrupted\n"), ended.stderr
