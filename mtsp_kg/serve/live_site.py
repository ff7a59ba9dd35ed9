"""A site that is prepared in a separate thread while the server already answers.

Preparing a site takes a second or two, for which the endpoint need not wait. The thread renders one page after another,
so that the event loop is never blocked; if too many requests are waiting, further ones get an error.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from mtsp_kg.errors import MtspError
from mtsp_kg.serve.problems import BusyError
from mtsp_kg.serve.site_answers import SiteAnswers
from mtsp_kg.serve.site_interface import ServedSite, SiteAnswer, SiteQueries, SiteRequest

T = TypeVar("T")
_MOST_WAITING = 200
# How long the event loop may wait for the thread that makes pages, in seconds (CPython's default is 0.005).
_SWITCH_INTERVAL = 0.0005


class LiveSite:
    """A site created in the background. make: creates it; may take seconds, and is called once in the site's thread."""

    def __init__(self, make: Callable[[], ServedSite]) -> None:
        self._make = make
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="pages")
        self._waiting = 0
        self._made: asyncio.Task[SiteAnswers] | None = None
        self._prepared: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Starts to create the site; requires a running event loop."""
        if self._made is None:
            sys.setswitchinterval(_SWITCH_INTERVAL)
            self._made = asyncio.get_running_loop().create_task(self._make_site())

    async def respond(self, request: SiteRequest, queries: SiteQueries) -> SiteAnswer | None:
        """The site's answer, once the site exists. Raises BusyError, and the error that prevented its creation."""
        self.begin()
        assert self._made is not None
        answers = await asyncio.shield(self._made)
        return await answers.respond(request, queries)

    async def run(self, work: Callable[[], T], /) -> T:
        """Does work in the site's thread. Raises BusyError if too much is waiting there."""
        if self._waiting >= _MOST_WAITING:
            raise BusyError("Too many pages are being rendered.", remedy="Try again in a few seconds.")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        finally:
            self._waiting -= 1

    async def _make_site(self) -> SiteAnswers:
        loop = asyncio.get_running_loop()
        answers = await loop.run_in_executor(self._thread, lambda: SiteAnswers(self._make(), self.run))
        self._prepared = loop.create_task(self._prepare(answers.site))
        return answers

    async def _prepare(self, site: ServedSite) -> None:
        # Step by step, so that a visitor who comes in between waits for one step only. A step that fails here fails
        # again when a page needs it, and then the visitor gets the message.
        for step in site.steps():
            with suppress(MtspError):
                await self.run(step)
