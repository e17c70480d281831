from __future__ import annotations

import re
from collections.abc import AsyncIterator
from email import message_from_bytes
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import InvalidInput
from engine.shipping.mails.notice import Notice, NoticeLine, NoticePackage, Occasion, compose
from engine.shipping.mails.smtp import MailRefused, MailUnavailable, SmtpPost
from tests.mail_server import Inbox, mail_server

NOW = 1_762_354_800
SHOP = Mailbox("Harbour & Home", "orders", "shop.example")


def notice(occasion: Occasion = Occasion.SHIPPED, **changes: Any) -> Notice:
    facts: dict[str, Any] = {
        "occasion": occasion,
        "notice_id": "web:1001/shipped/1",
        "seller": "Harbour & Home",
        "name": "Zoë Łukasiewicz",
        "email": "zoe@example.com",
        "order_number": "1001",
        "lines": (NoticeLine("Mug, stoneware, sand", 4, 47_960_000), NoticeLine("Ångström <Atlas>", 1, 39_000_000)),
        "currency": "USD",
        "total_micros": 1_086_960_000,
        "expected": "Tuesday 11 November",
        "address": ("Zoë Łukasiewicz", "20 W 34th St", "NEW YORK, NY 10001"),
        "packages": (NoticePackage("Postal Service", "095212340000000174", "https://track.example/?n=1&x=2"),),
    }
    return Notice(**{**facts, **changes})


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
async def post(inbox: Inbox) -> AsyncIterator[SmtpPost]:
    async with mail_server(inbox) as port:
        yield SmtpPost("127.0.0.1", port, "Harbour & Home <orders@shop.example>", "none")


def parts(mail: EmailMessage) -> tuple[str, str]:
    bodies = [mail.get_body((kind,)) for kind in ("plain", "html")]
    assert bodies[0] is not None
    assert bodies[1] is not None
    return bodies[0].get_content(), bodies[1].get_content()


class _Shown(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br"):
            self.open.append(tag)
        self.links += [value for name, value in attrs if name == "href" and value]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def shown(html: str) -> _Shown:
    page = _Shown()
    page.feed(html)
    page.close()
    assert page.open == []
    return page


async def test_a_tracking_mail_arrives_over_smtp_in_text_and_html(post: SmtpPost, inbox: Inbox) -> None:
    await post.send(compose(notice(), post.mailbox, NOW))
    (mail,) = inbox.mails
    assert mail["Subject"] == "Your order 1001 is on its way"
    assert mail["To"].addresses[0].display_name == "Zoë Łukasiewicz"
    assert mail["From"].addresses[0].addr_spec == "orders@shop.example"
    text, html = parts(mail)
    page = shown(html)
    for body in (text, "".join(page.text)):
        assert "095212340000000174" in body
        assert "Tuesday 11 November" in body
        assert "Ångström <Atlas>" in body
        assert "1,086.96 USD" in body
    assert "https://track.example/?n=1&x=2" in text
    assert page.links == ["https://track.example/?n=1&x=2"]


@pytest.mark.parametrize("occasion", Occasion)
def test_each_occasion_says_what_happened(occasion: Occasion) -> None:
    code = {"code": "4711-0815"} if occasion is Occasion.READY_FOR_PICKUP else {}
    reason = {"reason": "Address insufficient"} if occasion is Occasion.DELAYED else {}
    text, html = parts(compose(notice(occasion, **code, **reason), SHOP, NOW))
    told = "".join(shown(html).text)
    for body in (text, told):
        assert "1001" in body
        for value in (*code.values(), *reason.values()):
            assert value in body
    assert not re.search(r"[{}%]|\bNone\b", told)
    assert text.strip().endswith("Harbour & Home")
    assert "\n\n\n\n" not in text.replace("\r\n", "\n")


def test_prices_that_are_not_told_are_not_there() -> None:
    quiet = notice(total_micros=None, currency="", lines=(NoticeLine("Mug", 1),))
    text, html = parts(compose(quiet, SHOP, NOW))
    assert "Total" not in text + html


def test_the_same_notice_is_known_by_its_message_id() -> None:
    first, again = (compose(notice(), SHOP, NOW + wait) for wait in (0, 60))
    assert first["Message-ID"] == again["Message-ID"]
    assert first["Message-ID"] != compose(notice(notice_id="web:1001/shipped/2"), SHOP, NOW)["Message-ID"]


@given(st.text(max_size=30), st.text(min_size=1, max_size=30))
@settings(max_examples=100, deadline=None)
def test_nothing_a_customer_typed_becomes_a_header_or_markup(name: str, item: str) -> None:
    mail = compose(notice(name=name, lines=(NoticeLine(item, 1),)), SHOP, NOW)
    plain = compose(notice(), SHOP, NOW)
    assert sorted(mail.keys()) == sorted(plain.keys())
    back = message_from_bytes(mail.as_bytes(), policy=default)
    assert len(back["To"].addresses) == 1
    assert shown(parts(back)[1]).links == shown(parts(plain)[1]).links


@pytest.mark.parametrize("email", ["", "zoe", "@example.com", "zoe@", "a@b.example,c@d.example", "a@b\r\nBcc: c@d"])
def test_one_mail_goes_to_one_address(email: str) -> None:
    with pytest.raises(InvalidInput, match="email"):
        notice(email=email)


def test_a_tracking_link_is_a_web_address() -> None:
    with pytest.raises(InvalidInput, match="url"):
        NoticePackage("Carrier", "1", "javascript:alert(1)")


@pytest.mark.parametrize(
    ("answer", "error"), [("550 No such user", MailRefused), ("451 Try again later", MailUnavailable)]
)
async def test_a_refusal_for_good_is_told_from_one_for_now(
    post: SmtpPost, inbox: Inbox, answer: str, error: type[Exception]
) -> None:
    inbox.answer = answer
    with pytest.raises(error, match=answer[:3]):
        await post.send(compose(notice(), post.mailbox, NOW))
    assert inbox.mails == []


async def test_a_server_that_is_not_there_is_tried_again_later(post: SmtpPost) -> None:
    import socket

    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        gone = SmtpPost("127.0.0.1", unused.getsockname()[1], post.sender, "none")
        with pytest.raises(MailUnavailable, match="does not take the mail"):
            await gone.send(compose(notice(), gone.mailbox, NOW))


async def test_a_mail_is_not_sent_in_the_clear_where_it_must_not_be(post: SmtpPost, inbox: Inbox) -> None:
    asked = SmtpPost(post.host, post.port, post.sender, "starttls")
    with pytest.raises(MailUnavailable):
        await asked.send(compose(notice(), asked.mailbox, NOW))
    assert inbox.mails == []


def test_a_password_never_goes_in_the_clear() -> None:
    with pytest.raises(InvalidInput, match="security"):
        SmtpPost("mail.example", 25, "a@b.example", "none", "user", "secret")
