"""Posting over HTTP: no redirect is followed, as the signature is for the address that was set up."""

from __future__ import annotations

import httpx

from engine.outgoing.dispatcher import Post


def http_post(client: httpx.AsyncClient) -> Post:
    """``client`` has the time limit; whoever opened it closes it."""

    async def post(url: str, headers: dict[str, str], body: bytes) -> int:
        try:
            answer = await client.post(url, headers=headers, content=body, follow_redirects=False)
        except httpx.HTTPError:
            return 0
        return answer.status_code

    return post
