"""A project's site published into a folder."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from mtsp_kg.cache import project_digest
from mtsp_kg.errors import DataError
from mtsp_kg.infer.completion import inferences_wanted
from mtsp_kg.project import Project
from mtsp_kg.publish.folder import Published, unchanged, write_site
from mtsp_kg.publish.rebase import PublishOptions
from mtsp_kg.store import Store

_PACKAGE = Path(__file__).resolve().parents[2]
# The code and data files of the package on which a page can depend.
_ROOMS = ("infer", "query", "publish", "plan", "sparql")
_MODULES = ("vocab", "profile", "formats", "layout", "load", "project", "store")


@dataclass(frozen=True)
class SiteOptions(PublishOptions):
    """The options of a plan's site.

    document: the publisher's copy of the plan's document, whose text the pages then show; live: whether a server
    handles the forms of pages.
    """

    document: Path | None = None
    live: bool = False


def publish(project: Project, load: Callable[[], Store], target: Path, options: SiteOptions) -> Published:
    """Publishes a project's graph as a static site; load: returns its store, when needed.

    A folder that already contains the same site is not changed. Raises DataError, DocumentError, QueryError.
    """
    begun = perf_counter()
    key = site_key(project, options)
    published = unchanged(target, key)
    if published is None:
        from mtsp_kg.plan.pages.site import PlanSite

        published = write_site(PlanSite(project, load(), options), target, key)
    return replace(published, seconds=perf_counter() - begun)


def site_key(project: Project, options: SiteOptions) -> str:
    """The key of a site: the SHA-256 of its sources, of the options and of the code that generates it."""
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
