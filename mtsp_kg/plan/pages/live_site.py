"""The site of `publish` behind the server: made while the server answers already, and used in one thread of its own.

Pages and documents are cut from an index that takes a second or two to make; the endpoint need not wait for it. What
takes a moment is done in that thread, one thing after another, so that the event loop stays free; a visitor who would
have to wait behind too many others is told so. Imports `errors`, `load`, `project`, `publish`, `store` and this room.

The operator's own copy of the document, looked at before it is shown: is it the one that the graph speaks of?

Imports `errors`, `names`, `document`, `publish`.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pyoxigraph as ox

from mtsp_kg.errors import DocumentError, MtspError
from mtsp_kg.load import merge
from mtsp_kg.plan import names
from mtsp_kg.plan.document import read_document
from mtsp_kg.plan.pages.passage import texts
from mtsp_kg.project import Project
from mtsp_kg.serve.problems import BusyError
from mtsp_kg.serve.rebase import Base
from mtsp_kg.serve.site_interface import Ask, SiteAnswer, SiteRequest
from mtsp_kg.store import EmbeddedStore

if TYPE_CHECKING:
    from mtsp_kg.plan.pages.site_answers import Answers

T = TypeVar("T")
_MOST_WAITING = 200
# How long the event loop may have to wait for the thread that makes pages, in seconds (CPython's default is 0.005).
_TURN = 0.0005


def maker(
    project: Project, stated: ox.Store, plan: str | None, here: str, ours: Base, document: str | None
) -> Callable[[Any], Answers]:
    """What makes the site of a project. stated: its named graphs, without
    inferences, not merged yet; here: where the server stands;
    ours: what our IRIs begin with; document: the operator's copy."""

    def make(run: Any) -> Answers:
        from mtsp_kg.plan.pages.site import Site
        from mtsp_kg.plan.pages.site_answers import Answers
        from mtsp_kg.plan.pages.source import Options

        copy = Path(document) if document else None
        options = Options(ours.iri, here, copy, here + "sparql", live=True)
        merge(stated)
        return Answers(Site(project, EmbeddedStore(stated), plan, options), run)

    return make


class LiveSite:
    """A site that is made in the background. make: gives its answers, and may take seconds; it is called once, in the
    site's thread, with the function that does work there."""

    def __init__(self, make: Callable[[Any], Answers]) -> None:
        self._make = make
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="pages")
        self._waiting = 0
        self._begun: asyncio.Task[Answers] | None = None
        self._ahead: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Begins to make the site; within a running event loop."""
        if self._begun is None:
            sys.setswitchinterval(_TURN)
            loop = asyncio.get_running_loop()
            self._begun = loop.create_task(self._made())

    async def respond(self, request: SiteRequest, ask: Ask) -> SiteAnswer | None:
        """The site's answer, once it is there. Raises BusyError, and what made the site impossible."""
        self.begin()
        assert self._begun is not None
        answers = await asyncio.shield(self._begun)
        return await answers.respond(request, ask)

    async def run(self, work: Callable[[], T], /) -> T:
        """Does work in the site's thread. Raises BusyError when too much waits there."""
        if self._waiting >= _MOST_WAITING:
            raise BusyError("Too many pages are being made at this moment.", remedy="Ask again in a few seconds.")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        finally:
            self._waiting -= 1

    async def _made(self) -> Answers:
        answers = await asyncio.get_running_loop().run_in_executor(self._thread, self._make, self.run)
        self._ahead = asyncio.get_running_loop().create_task(self._prepare(answers))
        return answers

    async def _prepare(self, answers: Answers) -> None:
        # Step by step, so that a visitor who comes meanwhile waits for one of them only. What fails here fails again,
        # and is told, when it is asked for.
        for step in answers.site.steps():
            with suppress(MtspError):
                await self.run(step)


def checked_copy(file: str, store: ox.Store) -> str:
    """A line for the operator: how many passages of the copy are those of the graph, by their SHA-256.

    Raises NotFoundError where there is no such file, DocumentError where it is no copy of the document.
    """
    document = read_document(file)
    digest = ox.NamedNode(names.term("textDigest"))
    known: dict[str, str] = {}
    for quad in store.quads_for_pattern(None, digest, None, None):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.Literal):
            known[quad.subject.value] = quad.object.value
    same = sum(known.get(iri) == passage.digest for iri, passage in texts(document).items())
    if same == 0:
        raise DocumentError(
            f"No passage of this copy of {document.symbol} is one of the graph's.",
            remedy="Give the Chinese edition of the plan that the graph is of, as plain text.",
            file=document.file,
        )
    marked = f"mtsp shows the text of {file}: {same} of {len(known)} passages are as the graph knows them"
    return f"{marked}." if same == len(known) else f"{marked}; the others are shown without marks."
