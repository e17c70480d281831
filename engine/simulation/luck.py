"""What a replay adds to its orders: how much goes wrong, and how often the router looks again at what it decided."""

from __future__ import annotations

from dataclasses import dataclass

from engine.network.checks import require


@dataclass(frozen=True, slots=True)
class Luck:
    """How much goes wrong. Shares are 0..1.

    Attributes
    ----------
    reject_scale : on every node's own reject rate, 0..1,000.
    short_pick : the share of rejects in which the units are not there: the count is corrected, and they are gone.
    abandoned : the share of orders that are never paid for: their reservation lapses.
    returned : the share of delivered units that come back, ``return_days`` after they arrived, to the node they came from.
    max_rounds : how often one order is rerouted at most; what is refused after that is lost.
    """

    reject_scale: float = 1.0
    short_pick: float = 0.5
    abandoned: float = 0.0
    returned: float = 0.0
    return_days: int = 10
    max_rounds: int = 3

    def __post_init__(self) -> None:
        for name in ("short_pick", "abandoned", "returned"):
            require(0 <= getattr(self, name) <= 1, name, getattr(self, name), "a share in 0..1")
        require(0 <= self.reject_scale <= 1_000, "reject_scale", self.reject_scale, "a factor in 0..1000")
        require(0 <= self.return_days <= 365, "return_days", self.return_days, "days in 0..365")
        require(0 <= self.max_rounds <= 20, "max_rounds", self.max_rounds, "a count in 0..20")


NOTHING_GOES_WRONG = Luck(reject_scale=0.0)


@dataclass(frozen=True, slots=True)
class SecondLook:
    """Routes that have not left are decided again together, and the moves that save most are made.

    ``every_minutes``, 1..10,080, from the first order to the last; ``max_moves_bp``, 1..10,000: at most so much of the routes
    looked at moves, basis points; ``min_saving``, micros: of a move.
    """

    every_minutes: int
    max_moves_bp: int = 500
    min_saving: int = 0

    def __post_init__(self) -> None:
        require(1 <= self.every_minutes <= 10_080, "every_minutes", self.every_minutes, "minutes in 1..10080")
        require(1 <= self.max_moves_bp <= 10_000, "max_moves_bp", self.max_moves_bp, "basis points in 1..10000")
        require(self.min_saving >= 0, "min_saving", self.min_saving, "micros >= 0")
