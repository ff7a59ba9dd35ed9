"""The live server of a plan's graph: its pages and documents, a SPARQL endpoint, and the catalogue as an API."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from mtsp_kg.errors import DocumentError, MissingExtraError
from mtsp_kg.load import load_project, merge
from mtsp_kg.plan import names
from mtsp_kg.plan.document import read_document
from mtsp_kg.plan.pages.passage import passages_by_iri
from mtsp_kg.plan.pages.publisher import SiteOptions
from mtsp_kg.plan.pages.words import LANGUAGES, words_in
from mtsp_kg.plan.project import plans
from mtsp_kg.project import Project
from mtsp_kg.query.catalogue import read_catalogue
from mtsp_kg.query.entities import Entities
from mtsp_kg.serve.settings import ServerSettings
from mtsp_kg.serve.worker_factory import named_quads, worker_factory
from mtsp_kg.store import EmbeddedStore, Store

if TYPE_CHECKING:
    from mtsp_kg.plan.pages.site import PlanSite
    from mtsp_kg.serve.app import ServedProject

_log = logging.getLogger("mtsp_kg.serve")


def serve(
    project: Project,
    completed: Callable[[], Store],
    settings: ServerSettings,
    options: SiteOptions,
    announce: Callable[[str], None],
) -> None:
    """Serves a project until SIGINT or SIGTERM.

    completed: returns the store with inferred triples, when needed; announce: receives a line with the address when the
    server is ready. Raises DataError, DocumentError, QueryError, ListenError, MissingExtraError.
    """
    rebase = options.rebase(project.profile)
    # The parent of the workers starts while this process loads the graph, and loads it while this process imports the
    # web server.
    quads: Future[bytes] = Future()
    prefixes = {prefix: rebase.out(namespace) for prefix, namespace in project.profile.prefixes.items()}
    workers = worker_factory(quads.result, rebase.out(project.profile.inferred), settings.limits, prefixes)
    workers.launch()
    # From the files, which takes less time than from the cache where every triple is needed.
    asserted = load_project(project, merged=False)
    if options.document is not None:
        _log.info(check_copy(options.document, asserted))
    store = completed()
    inferred = named_quads(store.snapshot(), project.profile.inferred)
    quads.set_result(rebase.out_bytes(named_quads(asserted) + inferred))
    try:
        from mtsp_kg.serve.app import ServedProject
        from mtsp_kg.serve.live_site import LiveSite
        from mtsp_kg.serve.server import run_server
    except ImportError as error:
        raise MissingExtraError("The web server is not installed.", remedy="pip install 'mtsp-kg[serve]'.") from error
    queries = read_catalogue(project, "ask")
    entities = Entities(store, project.profile, suggest=False)
    words = words_in(LANGUAGES[0])
    plan_labels = [entities.label(names.plan_iri(slug)) for slug in plans(project)]
    title = str(words.dataset_title).format(plan=", ".join(plan_labels) or words.site)

    def content(local_address: str) -> ServedProject:
        address = options.site or options.base or local_address
        site_options = replace(options, site=address, endpoint=address + "sparql", live=True)
        return ServedProject(
            address,
            project.profile,
            queries,
            entities,
            title=title,
            site=LiveSite(lambda: _site(project, asserted, site_options)),
            rebase=rebase,
        )

    run_server(settings, workers, content, announce)


def check_copy(file: Path, store: ox.Store) -> str:
    """A message to the operator: how many passages of a copy of the document match the graph, by their SHA-256.

    Raises NotFoundError if there is no such file, DocumentError if it is not a copy of the graph's document.
    """
    document = read_document(file)
    known: dict[str, str] = {}
    for quad in store.quads_for_pattern(None, ox.NamedNode(names.term("textDigest")), None, None):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.Literal):
            known[quad.subject.value] = quad.object.value
    same = sum(known.get(iri) == passage.digest for iri, passage in passages_by_iri(document).items())
    if same == 0:
        raise DocumentError(
            f"No passage of this copy of {document.symbol} matches the graph.",
            remedy="Give the edition from which the graph was made, as plain text.",
            file=document.file,
        )
    counted = f"Pages show the text of {file}: {same} of {len(known)} passages match the graph"
    return f"{counted}." if same == len(known) else f"{counted}; the others are shown without links."


def _site(project: Project, asserted: ox.Store, options: SiteOptions) -> PlanSite:
    from mtsp_kg.plan.pages.site import PlanSite

    merge(asserted)
    return PlanSite(project, EmbeddedStore(asserted), options)
