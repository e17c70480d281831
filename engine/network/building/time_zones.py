"""Time zones of US postal prefixes, by state, with the prefixes that lie across a state's boundary line named."""

from __future__ import annotations

EASTERN, CENTRAL, MOUNTAIN, PACIFIC = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"

_STATES = {
    EASTERN: "CT DC DE FL GA MA MD ME NC NH NJ NY OH PA RI SC VA VT WV",
    "America/Detroit": "MI",
    "America/Indiana/Indianapolis": "IN",
    "America/Kentucky/Louisville": "KY",
    CENTRAL: "AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI",
    MOUNTAIN: "CO MT NM UT WY",
    "America/Boise": "ID",
    "America/Phoenix": "AZ",
    PACIFIC: "CA NV OR WA",
    "America/Anchorage": "AK",
    "Pacific/Honolulu": "HI",
    "America/Puerto_Rico": "PR VI",
}

# Prefixes most of whose people live by another clock than their state's. A few counties at the edges differ still.
_PREFIXES = {
    CENTRAL: "324 325 420 421 422 423 424 463 464 476 477",
    EASTERN: "373 374 376 377 378 379",
    MOUNTAIN: "577 586 693 798 799 885",
    PACIFIC: "835 838",
    "America/Boise": "979",
    "America/Juneau": "998 999",
}

_BY_STATE = {state: zone for zone, states in _STATES.items() for state in states.split()}
STATES = tuple(sorted(_BY_STATE))
_BY_PREFIX = {prefix: zone for zone, prefixes in _PREFIXES.items() for prefix in prefixes.split()}


def time_zone(state: str, postal_code: str) -> str:
    """IANA time zone of a postal code (its first three digits count) in a two-letter state.

    Raises
    ------
    KeyError
        for a state that is not served.
    """
    return _BY_PREFIX.get(postal_code[:3]) or _BY_STATE[state]
