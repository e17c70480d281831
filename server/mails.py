"""Mails to customers, for as long as the server runs."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import structlog

from engine.dock.dock import Dock
from engine.errors import NotReady, StoreUnavailable
from engine.inventory.connection import Client
from engine.outgoing.group import EventGroup
from engine.outgoing.mails import MailRoom, SentNotices
from engine.shipping.mails.smtp import SmtpPost
from server.clock import SystemClock
from server.settings import Settings

_GROUP = "mails"
_LOOK_S = 1.0

log = structlog.get_logger()


def open_mail_room(settings: Settings, client: Client, dock: Dock) -> MailRoom:
    """Raises InvalidInput where the settings make no post."""
    post = SmtpPost(
        settings.smtp_host,
        settings.smtp_port,
        settings.mail_from,
        settings.smtp_security,
        settings.smtp_username,
        settings.smtp_password.get_secret_value(),
    )
    group = EventGroup(client, settings.ledger, _GROUP, uuid.uuid4().hex)
    sent = SentNotices(client, settings.ledger)
    clock = SystemClock()  # a mail's date is the day it is sent, also where past orders are replayed
    return MailRoom(group, dock.desk, dock.premises, post, sent, settings.shop_name, clock, _given_up)


async def send_mails(room: MailRoom) -> None:
    """Until cancelled. A mail server that is away is tried again a minute later. The group was joined before."""
    while True:
        done = 0
        try:
            done = await room.step()
        except (StoreUnavailable, NotReady) as error:
            log.warning("mails_not_sent", error=str(error))
        except Exception:
            log.exception("mails_not_sent")
        if not done:
            await asyncio.sleep(_LOOK_S)


def _given_up(name: str, why: Any) -> None:
    log.error("mail_given_up", about=name, error=str(why))
