"""What a mail says, and the mail it becomes: plain text and HTML from one set of facts."""

from __future__ import annotations

import enum
from datetime import UTC, datetime
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined

from engine.network.checks import require


class Occasion(enum.Enum):
    CONFIRMED = "CONFIRMED"  # the order was taken
    SHIPPED = "SHIPPED"
    DELAYED = "DELAYED"  # a shipment will be, or is, later than promised
    DELIVERED = "DELIVERED"
    READY_FOR_PICKUP = "READY_FOR_PICKUP"


_SUBJECTS = {
    Occasion.CONFIRMED: "Your order {0} is confirmed",
    Occasion.SHIPPED: "Your order {0} is on its way",
    Occasion.DELAYED: "Your order {0} is delayed",
    Occasion.DELIVERED: "Your order {0} has arrived",
    Occasion.READY_FOR_PICKUP: "Your order {0} is ready to be picked up",
}


class NoticeLine(msgspec.Struct, frozen=True):
    """Units of an item; ``amount_micros`` for all of them, None where prices are not told."""

    name: str
    units: int
    amount_micros: int | None = None


class NoticePackage(msgspec.Struct, frozen=True):
    """One package on its way. ``url`` is where its carrier tells of it, "" where there is none."""

    carrier: str
    tracking_number: str
    url: str = ""

    def __post_init__(self) -> None:
        require(not self.url or self.url.startswith(("https://", "http://")), "url", self.url, "a web address, or none")


class Notice(msgspec.Struct, frozen=True):
    """One mail to one customer.

    Attributes
    ----------
    notice_id : unique; the mail's Message-ID comes from it, so that a mail sent twice can be told.
    email, name : the customer's. seller : the shop's name.
    lines : what it is about: all of an order, or what is in a shipment.
    total_micros, currency : of the order, None where prices are not told.
    expected : when it arrives or is ready, in words ("Tuesday 11 November"), "" where unknown.
    address : the lines it goes to, or of the store that hands over. code : asked for at hand-over.
    """

    occasion: Occasion
    notice_id: str
    seller: str
    name: str
    email: str
    order_number: str
    lines: tuple[NoticeLine, ...]
    currency: str = ""
    total_micros: int | None = None
    expected: str = ""
    address: tuple[str, ...] = ()
    packages: tuple[NoticePackage, ...] = ()
    code: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        user, at, domain = self.email.rpartition("@")
        plain = self.email.isprintable() and " " not in self.email and "," not in self.email
        require(bool(user and at and domain) and plain, "email", self.email, "one address, name@domain")
        for name in ("notice_id", "seller", "order_number"):
            value = getattr(self, name)
            require(bool(value) and value.isprintable(), name, value, "text on one line")
        priced = self.total_micros is None or bool(self.currency)
        require(priced, "currency", self.currency, "one, as there is a total")


def compose(notice: Notice, sender: Mailbox, time: int) -> EmailMessage:
    """The mail, text and HTML; ``time`` (UTC seconds) is its date."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = _SUBJECTS[notice.occasion].format(notice.order_number)
    message["From"] = sender
    user, _, domain = notice.email.rpartition("@")
    shown = notice.name if notice.name.isprintable() else ""
    message["To"] = Mailbox(shown, user, domain)
    message["Date"] = format_datetime(datetime.fromtimestamp(time, UTC))
    message["Message-ID"] = f"<{_plain_id(notice.notice_id)}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    facts = {"notice": notice, "occasion": notice.occasion.value, "subject": message["Subject"]}
    message.set_content(_templates().get_template("notice.txt").render(facts))
    message.add_alternative(_templates().get_template("notice.html").render(facts), subtype="html")
    return message


@lru_cache(1)
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("engine.shipping.mails"),
        undefined=StrictUndefined,
        autoescape=lambda name: name is not None and name.endswith(".html"),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["money"] = _money
    return environment


def _money(micros: int) -> str:
    """To the cent, half up."""
    cents = (abs(micros) + 5_000) // 10_000
    return f"{'-' if micros < 0 else ''}{cents // 100:,}.{cents % 100:02d}"


def _plain_id(text: str) -> str:
    """The id in letters a Message-ID may have; others as their code, so that two ids stay two."""
    return "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in ".-_") else f"%{ord(letter):x}%"
        for letter in text
    )
