"""Schedules read as a planner writes them, and what is written reads back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.network.files import schedules
from engine.network.files.cells import Codec, money, quantity, scaled
from engine.network.files.units import DISTANCES, LENGTHS, WEIGHTS

MINUTES = st.integers(0, 1440)
SPANS = st.tuples(MINUTES, MINUTES).filter(lambda span: span[0] < span[1])


def a_week(values: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.tuples(*[st.none() | values] * 7)


@given(a_week(SPANS))
def test_hours_read_back(hours: tuple[tuple[int, int] | None, ...]) -> None:
    assert schedules.parse_hours(schedules.format_hours(hours)) == hours


@given(a_week(st.sampled_from((600, 1020)) | MINUTES))
def test_cutoffs_read_back(cutoffs: tuple[int | None, ...]) -> None:
    assert schedules.parse_cutoffs(schedules.format_cutoffs(cutoffs)) == cutoffs


@given(st.frozensets(st.integers(0, 6), min_size=1))
def test_days_read_back(days: frozenset[int]) -> None:
    assert schedules.parse_days(schedules.format_days(days)) == days


def test_schedules_read_as_they_are_written() -> None:
    week = schedules.parse_hours("Mon-Fri 09:00-18:00; Sat 10:00-24:00")
    assert week == (*[(540, 1080)] * 5, (600, 1440), None)
    assert schedules.format_hours(week) == "Mon-Fri 09:00-18:00; Sat 10:00-24:00"
    assert schedules.parse_cutoffs("daily 17:00") == (1020,) * 7
    assert schedules.parse_cutoffs("none") == (None,) * 7
    assert schedules.parse_days("Mon;Wed") == {0, 2}
    assert schedules.parse_days("Sat-Mon") == {5, 6, 0}
    assert schedules.format_days(frozenset(range(5))) == "Mon-Fri"
    assert schedules.format_days(frozenset(range(7))) == "daily"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Mon",
        "Mon 9:00-18:00",
        "Mon 09:00",
        "Mon 18:00-09:00",
        "Mon 09:00-09:00",
        "Mon 09:00-24:01",
        "Mo 09:00-18:00",
        "Mon 09:00-12:00; Mon 13:00-18:00",
        "Mon-Fri 09:00-18:00;",
        "Fri- 09:00-18:00",
        "Mon 09:00-18:00-20:00",
    ],
)
def test_what_is_no_schedule_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        schedules.parse_hours(text)


@pytest.mark.parametrize("text", ["", "none", "Mon;Mon", "Mon-", "Mon,Tue", "Mon-Fri;Wed"])
def test_what_is_no_list_of_days_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        schedules.parse_days(text)


def codecs() -> st.SearchStrategy[Codec]:
    factors = [*WEIGHTS.values(), *LENGTHS.values(), *DISTANCES.values()]
    return st.sampled_from([money(), *(quantity("u", factor, "b", 0, 10**9) for factor in factors)])


@given(codecs(), st.integers(0, 10**9))
def test_amounts_read_back_in_every_unit(codec: Codec, value: int) -> None:
    assert codec.read(codec.write(value)) == value


@pytest.mark.parametrize(
    ("text", "micros"),
    [("4.35", 4_350_000), ("0.000001", 1), (".5", 500_000), ("+7.", 7_000_000), ("0.10", 100_000)],
)
def test_money_is_exact_to_the_micro(text: str, micros: int) -> None:
    assert money().read(text) == micros


@pytest.mark.parametrize(
    "text", ["4,35", "1e3", "-1", "0.0000001", "1/3", "1_000", "٣", "nan", "$4", "100000001", "9" * 5000]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        money().read(text)


@pytest.mark.parametrize(("text", "value"), [("0.5", 1), ("1.4999", 1), ("1.5", 2), ("2.5", 3)])
def test_figures_round_half_up(text: str, value: int) -> None:
    assert scaled("", WEIGHTS["g"], 0, 10).read(text) == value
