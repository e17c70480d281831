from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean

from engine.errors import InvalidInput
from engine.shipping.numbers import SerialRange, check_digit, is_sscc, spaced_sscc

PREFIXES = st.text("0123456789", min_size=4, max_size=12)


def test_the_check_digit_is_that_of_the_general_specifications() -> None:
    assert check_digit("37610425002123456") == 9  # GS1's own example of an SSCC, 376104250021234569
    assert is_sscc("376104250021234569")


@given(PREFIXES, st.data())
def test_every_number_checks_and_another_serial_is_another_number(prefix: str, data: st.DataObject) -> None:
    serials = SerialRange(prefix)
    one, other = (data.draw(st.integers(0, serials.size - 1)) for _ in range(2))
    assert is_sscc(serials.number(one))
    assert ean.calc_check_digit(serials.number(one)[:-1]) == serials.number(one)[-1]
    assert serials.number(one)[1:].startswith(prefix)
    assert (serials.number(one) == serials.number(other)) == (one == other)


@given(st.integers(0, SerialRange().size - 1), st.integers(0, 17), st.integers(1, 9))
def test_one_digit_misread_is_noticed(serial: int, place: int, off: int) -> None:
    number = SerialRange().number(serial)
    misread = number[:place] + str((int(number[place]) + off) % 10) + number[place + 1 :]
    assert not is_sscc(misread)


def test_numbers_do_not_run_over_their_range() -> None:
    serials = SerialRange("952123456789")
    assert serials.number(serials.size - 1)
    with pytest.raises(InvalidInput, match=r"serial: expected a serial in 0\.\.99999"):
        serials.number(serials.size)


@pytest.mark.parametrize("prefix", ["", "952", "9521234567890", "95a1", "９５２１"])
def test_a_company_prefix_that_is_none_is_refused(prefix: str) -> None:
    with pytest.raises(InvalidInput, match="company_prefix"):
        SerialRange(prefix)


def test_people_read_it_in_groups() -> None:
    assert spaced_sscc(SerialRange().number(1)) == "(00) 0952 1234 0000 0000 13"
