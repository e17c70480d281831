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
names = {k.py_func.__name__: k.signatures for k in kernels}  # those with an underscore are compiled within the others
print(sorted(name for name, signatures in names.items() if not signatures and not name.startswith("_")))
"""


def test_the_warm_up_reaches_every_kernel() -> None:
    ended = subprocess.run([sys.executable, "-c", _CHECK], capture_output=True, text=True, check=False)
    assert (ended.stdout.strip(), ended.stderr) == ("[]", "")
