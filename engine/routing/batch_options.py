"""Which options of one order can never win in a batch, whatever prices stock and capacity come to have, compiled.

Two options of one node and day take the same stock and the same capacity, so no price tells them apart: one that ships no
more lines and costs no less for every set of them is dominated. (Options of other nodes or days are not: their prices may
differ.) An option that takes from a rule of the batch, a carrier's limit or the couriers' budget, dominates nothing.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from solvers.problem import INFEASIBLE


@njit(cache=True)
def keep_undominated(  # type: ignore[no-untyped-def]
    place,  # int64[J], node and day as one number
    hold,  # int64[J]
    fixed,  # int64[J]
    row,  # int32[J]
    set_cost,  # int64[R, 2**L]
    ruled,  # uint8[J], 1 where the option takes from a rule
    by_place,  # int64[J], a stable order by place
    keep,  # uint8[J], out
):
    """Fill ``keep``; of options alike the first stays."""
    n_options = place.shape[0]
    for j in range(n_options):
        keep[j] = 0
        s = hold[j]
        while s:
            if set_cost[row[j], s] < INFEASIBLE:
                keep[j] = 1
                break
            s = (s - 1) & hold[j]
    first = 0
    while first < n_options:
        last = first + 1
        while last < n_options and place[by_place[last]] == place[by_place[first]]:
            last += 1
        for x in range(first, last):
            a = by_place[x]
            for y in range(first, last):
                b = by_place[y]
                if x == y or not keep[b] or ruled[b] or hold[a] & ~hold[b]:
                    continue
                better, alike = True, hold[a] == hold[b] and not ruled[a]
                s = hold[a]
                while s and better:
                    of_a = min(np.int64(INFEASIBLE), fixed[a] + set_cost[row[a], s])
                    of_b = min(np.int64(INFEASIBLE), fixed[b] + set_cost[row[b], s])
                    better = of_b <= of_a
                    alike = alike and of_a == of_b
                    s = (s - 1) & hold[a]
                if better and not (alike and y > x):
                    keep[a] = 0
                    break
        first = last
