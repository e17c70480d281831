"""Rounding a fractional assignment of one order's items to centres, so that few centres are used and every marginal is kept.

``share`` is float64[N, L]: item l goes to centre n with probability ``share[n, l]``; each column sums to 1. Each function fills
``out[l]`` with the centre of item l, drawn from numpy's generator as numba keeps it, seeded by the caller.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from solvers.fluid_ascent import Float64
from solvers.problem import Int64

INDEPENDENT, JASIN_SINHA, DILATE, FORCE_OPEN = range(4)

_NOTHING = 1e-9
"""Shares below are the linear programme's rounding errors."""


@njit(cache=True, nogil=True)
def _drawn(weights: Float64) -> int:
    """An index with probability in proportion to its weight; the last of any weight when the errors add up to none."""
    left = np.random.random() * weights.sum()
    chosen = 0
    for i in range(len(weights)):
        if weights[i] > 0.0:
            chosen = i
            left -= weights[i]
            if left < 0.0:
                break
    return chosen


@njit(cache=True, nogil=True)
def independent(share: Float64, out: Int64) -> None:
    """Each item for itself."""
    for line in range(share.shape[1]):
        out[line] = _drawn(share[:, line])


@njit(cache=True, nogil=True)
def dilate(share: Float64, out: Int64) -> None:
    """Centres open at exponential times; an item sees centre n's clock run ``share`` as fast and takes the first it sees open.

    Ma, arXiv 2207.04774, section 3: at most 1 + ln(items) times the fewest centres.
    """
    n_nodes, n_lines = share.shape
    opens = np.empty(n_nodes)
    for n in range(n_nodes):
        opens[n] = np.random.exponential(1.0)
    for line in range(n_lines):
        seen = np.inf
        for n in range(n_nodes):
            if share[n, line] > _NOTHING and opens[n] / share[n, line] < seen:
                seen = opens[n] / share[n, line]
                out[line] = n


@njit(cache=True, nogil=True)
def force_open(share: Float64, out: Int64) -> None:
    """As ``dilate``, but each item's likeliest centre is open to it by time 1 of that centre's own clock.

    With the probability that keeps the marginals it opens exactly then, else when it would, or then if it would later.
    Ma, arXiv 2207.04774, section 4: at most d times the fewest centres where an item lies in d of them.
    """
    n_nodes, n_lines = share.shape
    opens = np.empty(n_nodes)
    for n in range(n_nodes):
        opens[n] = np.random.exponential(1.0)
    for line in range(n_lines):
        likeliest = 0
        for n in range(1, n_nodes):
            if share[n, line] > share[likeliest, line]:
                likeliest = n
        u = share[likeliest, line]
        late = 1.0
        if u < 1.0 - _NOTHING:
            late = (1.0 - u) / (1.0 - u + u * np.exp(1.0 / u) - np.e)
        forced = 1.0 if np.random.random() < late else min(opens[likeliest], 1.0)
        seen = forced / u
        out[line] = likeliest
        for n in range(n_nodes):
            if n != likeliest and share[n, line] > _NOTHING and opens[n] / share[n, line] < seen:
                seen = opens[n] / share[n, line]
                out[line] = n


@njit(cache=True, nogil=True)
def jasin_sinha(share: Float64, out: Int64) -> None:
    """One (centre, layer) is drawn for the whole order; items not in the layer draw for themselves from what is left.

    A centre's shares are peeled into layers of m items of one height each, m = L..1. Layer (n, m) is drawn with probability
    height x m / L and takes its m items; for each item the same probability is then taken off its layers, and what remains is
    what it draws from when the order's layer passes it by. Jasin and Sinha, Operations Research 63(6), section 4.
    """
    n_nodes, n_lines = share.shape
    layer = np.zeros((n_nodes * n_lines, n_lines))
    chance = np.zeros(n_nodes * n_lines)
    rest = np.empty(n_lines)
    for n in range(n_nodes):
        for line in range(n_lines):
            rest[line] = share[n, line]
        for members in range(n_lines, 0, -1):
            count, height = 0, np.inf
            for line in range(n_lines):
                if rest[line] > _NOTHING:
                    count += 1
                    height = min(height, rest[line])
            if count < members:
                continue
            row = n * n_lines + members - 1
            chance[row] = height * members / n_lines
            for line in range(n_lines):
                if rest[line] > _NOTHING:
                    layer[row, line] = height
                    rest[line] -= height
    drawn = _drawn(chance)
    weights = np.empty(len(chance))
    for line in range(n_lines):
        if layer[drawn, line] > 0.0:
            out[line] = drawn // n_lines
        else:
            for row in range(len(chance)):
                weights[row] = max(0.0, layer[row, line] - chance[row]) if layer[row, line] > 0.0 else 0.0
            out[line] = _drawn(weights) // n_lines


@njit(cache=True, nogil=True)
def round_order(scheme: int, share: Float64, out: Int64) -> None:
    """By the scheme of that number."""
    if scheme == INDEPENDENT:
        independent(share, out)
    elif scheme == JASIN_SINHA:
        jasin_sinha(share, out)
    elif scheme == DILATE:
        dilate(share, out)
    else:
        force_open(share, out)
