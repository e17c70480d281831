"""A channel: one shop, marketplace or partner, and how its documents are to be read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from engine.capture.captured import LEVELS_SOLD, Address
from engine.network.carriers import ServiceLevel
from engine.network.checks import require


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel.

    Attributes
    ----------
    name : 1..32 of a-z, 0-9, - and _: captured orders and nodes' ``channels`` name it.
    adapter : which documents it sends; see ``engine.capture.adapters``.
    secret : what its webhooks are signed with; "" takes none over HTTP.
    url : the address it sends to, where the signature covers it (Square).
    currency, country : where a document states none; "" where it must.
    currencies : what it sells in beside ``currency`` and the network's own; orders in any other are not captured.
    time_zone : IANA name, of dates and times without an offset.
    stores : its names of stores to node ids.
    addresses : its numbers of places, as of a partner's branches, to their addresses, for orders that give just those.
    skus : its names of goods to SKUs; a name that is not in it is a SKU itself.
    levels : its names of shipping methods, lower case, to levels; others are known by their words (``level_of``).
    """

    name: str
    adapter: str
    secret: str = field(default="", repr=False)
    url: str = ""
    currency: str = ""
    country: str = ""
    currencies: frozenset[str] = frozenset()
    time_zone: str = "UTC"
    stores: Mapping[str, str] = field(default_factory=dict)
    addresses: Mapping[str, Address] = field(default_factory=dict)
    skus: Mapping[str, str] = field(default_factory=dict)
    levels: Mapping[str, ServiceLevel] = field(default_factory=dict)

    def __post_init__(self) -> None:
        named = re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,31}", self.name) is not None
        require(named, "channel", self.name, "a channel's name: 1..32 of a-z, 0-9, - and _")
        coded = (("currency", self.currency, 3), ("country", self.country, 2))
        for name, code, size in (*coded, *(("currencies", each, 3) for each in sorted(self.currencies))):
            fits = not code or (len(code) == size and code.isascii() and code.isalpha() and code.isupper())
            require(fits, name, code, f"{size} capital letters, or nothing")
        try:
            ZoneInfo(self.time_zone)
        except (KeyError, ValueError, OSError):
            require(False, "time_zone", self.time_zone, "an IANA time zone, as Europe/Berlin")
        for method, level in self.levels.items():
            sold = level in LEVELS_SOLD and method == method.lower()
            expected = "lower case, and one of GROUND, TWO_DAY, OVERNIGHT, SAME_DAY"
            require(sold, f"levels.{method}", level.value, expected)

    def sku_of(self, *names: str | None) -> str:
        """The SKU of goods by what the channel calls them, its own SKU first: the first name that ``skus`` has, else the
        first that is given; "" for none. Ids of 0 are none."""
        given = [name for name in names if name and name != "0"]
        known = next((self.skus[name] for name in given if name in self.skus), None)
        return next(iter(given), "") if known is None else known

    def level_of(self, *names: str) -> ServiceLevel | None:
        """The level that a shipping method of this name sells; None where nobody knows. The first name that says wins."""
        for name in names:
            known = self.levels.get(name.strip().lower())
            if known is not None:
                return known
        for name in names:
            for level, words in _WORDS:
                if words.search(name):
                    return level
        return None


_WORDS = (
    (ServiceLevel.SAME_DAY, re.compile(r"same[ _-]?day", re.I)),
    (
        ServiceLevel.OVERNIGHT,
        re.compile(r"overnight|next[ _-]?day|\b1[ _-]?day|one[ _-]?day|priority.{0,6}express", re.I),
    ),
    (ServiceLevel.TWO_DAY, re.compile(r"(2|two|2nd|second)[ _-]?day|expedited|priority", re.I)),
    (ServiceLevel.GROUND, re.compile(r"ground|standard|economy|free|flat[ _]?rate|saver", re.I)),
)
