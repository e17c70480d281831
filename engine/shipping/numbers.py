"""Tracking numbers: serial shipping container codes (GS1 General Specifications, 3.3 and 7.9).

A local carrier is no postal operator, so the numbers of posts (UPU S10, USPS IMpb) are not its to give. An SSCC is made for
what it does: any company that packs numbers its own packages with it, and any scanner reads it, as GS1-128 with (00) in front.

    extension digit, company prefix, serial, check digit: 18 digits in all
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.network.checks import require

SSCC_DIGITS = 18
DEMONSTRATION_PREFIX = "9521234"
"""A company prefix within 952, which GS1 keeps for demonstrations: no company's packages have it."""


def check_digit(digits: str) -> int:
    """GS1's check digit: weights 3, 1, 3, ... from the right; it fills the sum up to a multiple of ten (7.9.1)."""
    require(bool(digits) and digits.isascii() and digits.isdecimal(), "digits", digits, "decimal digits")
    weighted: int = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(digits)))
    return -weighted % 10


def is_sscc(text: str) -> bool:
    """Is it an SSCC, 18 digits with the right check digit?"""
    decimal = len(text) == SSCC_DIGITS and text.isascii() and text.isdecimal()
    return decimal and int(text[-1]) == check_digit(text[:-1])


def spaced_sscc(sscc: str) -> str:
    """For people to read and compare: ``(00) 0952 1234 0000 0000 17``."""
    return "(00) " + " ".join(sscc[first : first + 4] for first in range(0, len(sscc), 4))


@dataclass(frozen=True, slots=True)
class SerialRange:
    """The SSCCs of one company prefix (4..12 digits, GS1's; the shop's own, or the demonstration one).

    GS1 asks that a number is not given again within a year of its package's arrival: a prefix of seven digits has 10 billion.
    """

    company_prefix: str = DEMONSTRATION_PREFIX

    def __post_init__(self) -> None:
        prefix = self.company_prefix
        digits = prefix.isascii() and prefix.isdecimal() and 4 <= len(prefix) <= 12
        require(digits, "company_prefix", prefix, "4 to 12 digits of a GS1 company prefix")

    @property
    def size(self) -> int:
        """How many numbers there are: the extension digit counts as the serial's first."""
        return int(10 ** (SSCC_DIGITS - 1 - len(self.company_prefix)))

    def number(self, serial: int) -> str:
        """The SSCC of a serial in 0..size-1."""
        require(0 <= serial < self.size, "serial", serial, f"a serial in 0..{self.size - 1}")
        whole = str(serial).zfill(SSCC_DIGITS - 1 - len(self.company_prefix))
        body = whole[0] + self.company_prefix + whole[1:]
        return f"{body}{check_digit(body)}"
