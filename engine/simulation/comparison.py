"""Figures of scenarios beside each other: means, and what the difference between them is.

Replication r of every scenario has the same luck (``Chance``), so differences are paired: their interval is that of the mean
of the differences, Student's t at 95% (Law and Kelton, section 10.2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over replications and half the width of its 95% interval; 0 where there is one replication alone."""

    mean: float
    half_width: float


@dataclass(frozen=True, slots=True)
class Compared:
    """One scenario's figures, and each figure less the first scenario's, replication by replication."""

    scenario: str
    figures: dict[str, Estimate]
    differences: dict[str, Estimate]


def compare(figures: Mapping[str, Sequence[Figures]]) -> list[Compared]:
    """Each scenario beside the first; all have the same replications in the same order."""
    first = next(iter(figures.values()))
    names = list(first[0])
    compared = []
    for name, mine in figures.items():
        pairs = list(zip(mine, first, strict=True))
        compared.append(
            Compared(
                name,
                {key: estimate([one[key] for one in mine]) for key in names},
                {key: estimate([one[key] - other[key] for one, other in pairs]) for key in names},
            )
        )
    return compared


def estimate(sample: Sequence[float]) -> Estimate:
    """The mean of one number or more, with its interval."""
    if len(sample) < 2:
        return Estimate(sample[0], 0.0)
    from scipy.stats import t

    half = float(t.ppf(0.975, len(sample) - 1)) * stdev(sample) / len(sample) ** 0.5
    return Estimate(fmean(sample), half)
