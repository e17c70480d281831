"""Amounts divided to the smallest coin, so that the parts are the whole."""

from __future__ import annotations

from collections.abc import Sequence

from engine.capture.values import MINOR_DIGITS


def coin_micros(currency: str) -> int:
    """The smallest coin of an ISO 4217 currency, micros: a cent, save where the standard has none or thousandths."""
    return int(10 ** (6 - MINOR_DIGITS.get(currency, 2)))


def divided(total: int, weights: Sequence[int], coin: int) -> list[int]:
    """``total`` >= 0 in proportion to ``weights`` >= 0, each part whole coins: by largest remainder, the first of equals.

    The parts sum to the total. What is no whole coin goes with the first part of weight. Weights that are all 0 count alike.
    """
    if not weights:
        return []
    if not any(weights):
        weights = [1] * len(weights)
    whole = sum(weights)
    coins, odd = divmod(total, coin)
    parts = [coins * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(coins * weights[i] % whole), i))
    for i in by_remainder[: coins - sum(parts)]:
        parts[i] += 1
    amounts = [part * coin for part in parts]
    amounts[next(i for i, weight in enumerate(weights) if weight)] += odd
    return amounts


def of_units(total: int, units: int, of: int, coin: int) -> int:
    """What ``units`` of ``of`` cost when all cost ``total`` micros: whole coins, rounded half up, and never more than all of
    them, which cost the total, though that be no whole coin.

    A refund is the difference of two such amounts, so refunds one by one come to the whole.
    """
    if units == of:
        return total
    return min(total, (2 * total * units + of * coin) // (2 * of * coin) * coin)
