"""A project's site published into a folder or handed to the server, and the operator's copy of the document checked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from mtsp_kg.cache import project_digest
from mtsp_kg.errors import DataError, DocumentError
from mtsp_kg.infer.completion import inferences_wanted
from mtsp_kg.plan import names
from mtsp_kg.project import Project
from mtsp_kg.publish.rebase import PublishOptions

if TYPE_CHECKING:
    import pyoxigraph as ox

    from mtsp_kg.plan.pages.site import PlanSite
    from mtsp_kg.publish.folder import Published
    from mtsp_kg.store import Store

_PACKAGE = Path(__file__).resolve().parents[2]
# The code and data files of the package on which a page can depend.
_ROOMS = ("infer", "query", "publish", "plan", "sparql")
_MODULES = ("vocab", "profile", "formats", "layout", "load", "project", "store")


@dataclass(frozen=True)
class SiteOptions(PublishOptions):
    """How a plan's graph becomes a site.

    document: the publisher's copy of the plan's document, whose text pages then show; live: whether a server answers
    the forms of pages.
    """

    document: Path | None = None
    live: bool = False


def publish(project: Project, load: Callable[[], Store], target: Path, options: SiteOptions) -> Published:
    """Publishes a project's graph as a static site; load: gives its store when it is needed.

    A folder that holds the same site already is left alone. Raises DataError, DocumentError, QueryError.
    """
    from mtsp_kg.publish.folder import unchanged, write_site

    begun = perf_counter()
    key = site_key(project, options)
    published = unchanged(target, key)
    if published is None:
        from mtsp_kg.plan.pages.site import PlanSite

        published = write_site(PlanSite(project, load(), options), target, key)
    return replace(published, seconds=perf_counter() - begun)


def site_key(project: Project, options: SiteOptions) -> str:
    """What identifies a site: the SHA-256 of its sources, of the options and of the code that makes it."""
    total = hashlib.sha256(project_digest(project).encode())
    total.update(repr((options.base, options.site, options.endpoint, options.live, inferences_wanted())).encode())
    code = [path for room in _ROOMS for path in (_PACKAGE / room).rglob("*")]
    code += [_PACKAGE / f"{module}.py" for module in _MODULES]
    data = [*project.shape_files(), *project.query_files(), *sorted((project.root / "ontology").glob("*.yaml"))]
    data += [options.document] if options.document else []
    for path in sorted(path for path in code if path.is_file() and path.suffix != ".pyc") + data:
        try:
            content = path.read_bytes()
        except OSError as error:
            raise DataError(f"The file cannot be read: {error.strerror}.", file=path) from error
        total.update(f"\0{path.name}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()


def site_to_serve(
    project: Project, asserted: ox.Store, base: str | None, address: str, document: str | None
) -> PlanSite:
    """The site of a server. asserted: named graphs without inferences, not merged yet; base: with which IRIs are
    published; address: of the server; document: the operator's copy of the document."""
    from mtsp_kg.load import merge
    from mtsp_kg.plan.pages.site import PlanSite
    from mtsp_kg.store import EmbeddedStore

    copy = Path(document) if document else None
    merge(asserted)
    options = SiteOptions(base, address, address + "sparql", document=copy, live=True)
    return PlanSite(project, EmbeddedStore(asserted), options)


def check_copy(file: str, store: ox.Store) -> str:
    """A message to the operator: how many passages of a copy of the document are those of the graph, by their SHA-256.

    Raises NotFoundError where there is no such file, DocumentError where it is not a copy of the graph's document.
    """
    import pyoxigraph as ox

    from mtsp_kg.plan.document import read_document
    from mtsp_kg.plan.pages.passage import passages_by_iri

    document = read_document(file)
    known: dict[str, str] = {}
    for quad in store.quads_for_pattern(None, ox.NamedNode(names.term("textDigest")), None, None):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.Literal):
            known[quad.subject.value] = quad.object.value
    same = sum(known.get(iri) == passage.digest for iri, passage in passages_by_iri(document).items())
    if same == 0:
        raise DocumentError(
            f"No passage of this copy of {document.symbol} matches the graph.",
            remedy="Give the edition of the document from which the graph was made (the Chinese one), as plain text.",
            file=document.file,
        )
    counted = f"mtsp shows the text of {file}: {same} of {len(known)} passages match the graph"
    return f"{counted}." if same == len(known) else f"{counted}; the others are shown without links."
