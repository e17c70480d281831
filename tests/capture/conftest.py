"""One suite, two inboxes: a test that takes ``inbox`` runs on each."""

from __future__ import annotations

import pytest

from engine.capture.inbox import Inbox, MemoryInbox
from engine.capture.redis_inbox import RedisInbox
from tests.stores import new_name


@pytest.fixture(params=["memory", "redis"])
def inbox(request: pytest.FixtureRequest) -> Inbox:
    if request.param == "memory":
        return MemoryInbox()
    return RedisInbox(request.getfixturevalue("client"), new_name())
