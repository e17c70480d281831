"""After the warm-up no order waits for the compiler."""

from __future__ import annotations

import subprocess
import sys

_CHECK = """
import pkgutil, importlib, engine.routing, solvers
from numba.core.dispatcher import Dispatcher
from engine.routing import warm
warm.main()
names = [f"engine.routing.{m.name}" for m in pkgutil.iter_modules(engine.routing.__path__)]
names += [f"solvers.{m.name}" for m in pkgutil.iter_modules(solvers.__path__)]
kernels = {k for name in names for k in vars(importlib.import_module(name)).values() if isinstance(k, Dispatcher)}
assert len(kernels) > 5
reached = {k for k in kernels if k.signatures}
waiting = list(reached)
while waiting:  # what a compiled kernel calls is compiled within it
    of = waiting.pop().py_func
    called = {of.__globals__.get(name) for name in of.__code__.co_names}
    found = {k for k in called if isinstance(k, Dispatcher)} - reached
    reached |= found
    waiting += found
print(sorted(k.py_func.__name__ for k in kernels - reached))
"""


def test_the_warm_up_reaches_every_kernel() -> None:
    ended = subprocess.run([sys.executable, "-c", _CHECK], capture_output=True, text=True, check=False)
    assert (ended.stdout.strip(), ended.stderr) == ("[]", "")
