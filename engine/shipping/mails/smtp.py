"""Sending mails by SMTP."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Literal

import aiosmtplib

from engine.errors import OneboxError
from engine.network.checks import require

Security = Literal["tls", "starttls", "none"]


class MailRefused(OneboxError):
    """The server will never take this mail: a bad address, a bad login. Sending again does not help."""


class MailUnavailable(OneboxError):
    """The server does not answer, or can't now: send again later."""


@dataclass(frozen=True, slots=True)
class SmtpPost:
    """A way to send mails.

    Attributes
    ----------
    sender : whom mails are from: ``Shop <orders@shop.example>``.
    security : "tls" from the first byte (465), "starttls" (587), or "none", for a server on the same machine.
    username, password : "" where the server asks for none; never sent in the clear.
    timeout_s : for each step. authorities : what the server's certificate is checked against; None takes the system's.
    """

    host: str
    port: int
    sender: str
    security: Security = "starttls"
    username: str = ""
    password: str = ""
    timeout_s: float = 10.0
    authorities: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        require(bool(self.host), "host", self.host, "a server's name")
        require(1 <= self.port <= 65_535, "port", self.port, "a port in 1..65535")
        require(self.timeout_s > 0, "timeout_s", self.timeout_s, "seconds > 0")
        clear = self.security == "none" and bool(self.username or self.password)
        require(not clear, "security", self.security, "tls or starttls, as there is a password")
        _ = self.mailbox

    @property
    def mailbox(self) -> Mailbox:
        """The sender as a header takes it."""
        name, address = parseaddr(self.sender)
        user, _, domain = address.rpartition("@")
        require(bool(user and domain), "sender", self.sender, "an address, Shop <name@domain>")
        return Mailbox(name, user, domain)

    async def send(self, message: EmailMessage) -> None:
        """Send one mail. Raises MailRefused or MailUnavailable; in the latter case it may have been sent all the same."""
        try:
            await aiosmtplib.send(
                message,
                hostname=self.host,
                port=self.port,
                username=self.username or None,
                password=self.password or None,
                use_tls=self.security == "tls",
                start_tls=self.security == "starttls",
                tls_context=self.authorities,
                timeout=self.timeout_s,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [refused.code for refused in error.recipients]
            raise _failure(min(codes, default=0), str(error)) from error
        except aiosmtplib.SMTPResponseException as error:
            raise _failure(error.code, error.message) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise MailUnavailable(f"{self.host}:{self.port} does not take the mail: {error}") from error


def _failure(code: int, text: str) -> OneboxError:
    """4xx passes, 5xx does not (RFC 5321, 4.2.1)."""
    kind = MailRefused if 500 <= code < 600 else MailUnavailable
    return kind(f"the server answered {code} {text}")
