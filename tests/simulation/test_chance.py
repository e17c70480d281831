"""Common random numbers: a draw belongs to what it is for, and to nothing else."""

from __future__ import annotations

from engine.simulation.chance import Chance


def test_a_draw_is_the_same_whatever_was_drawn_before() -> None:
    one, other = Chance(1, 0), Chance(1, 0)
    other.uniform("reject", "A-1", "DC01")
    assert one.uniform("reject", "A-2", "DC01") == other.uniform("reject", "A-2", "DC01")


def test_another_seed_replication_or_name_is_another_draw() -> None:
    draws = {Chance(*of).uniform(*what) for of in ((1, 0), (2, 0), (1, 1)) for what in (("a", "bc"), ("ab", "c"))}
    assert len(draws) == 6


def test_draws_are_uniform() -> None:
    draws = [Chance(7, 0).uniform("x", str(n)) for n in range(20_000)]
    assert min(draws) >= 0
    assert max(draws) < 1
    assert abs(sum(draws) / len(draws) - 0.5) < 0.01
    assert abs(sum(draw < 0.1 for draw in draws) / len(draws) - 0.1) < 0.01


def test_poisson_counts_have_their_mean_and_rise_with_it() -> None:
    chance = Chance(3, 0)
    low = [chance.poisson(0.8, str(n)) for n in range(20_000)]
    high = [chance.poisson(1.3, str(n)) for n in range(20_000)]
    assert abs(sum(low) / 20_000 - 0.8) < 0.03
    assert abs(sum(high) / 20_000 - 1.3) < 0.03
    assert all(a <= b for a, b in zip(low, high, strict=True))  # more demand adds orders, and takes none away


def test_a_mean_is_rounded_by_chance_so_that_it_is_right_on_average() -> None:
    chance = Chance(4, 0)
    counts = [chance.whole(2.25, str(n)) for n in range(20_000)]
    assert set(counts) == {2, 3}
    assert abs(sum(counts) / 20_000 - 2.25) < 0.02
