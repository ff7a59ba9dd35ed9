"""Publishing a project into a folder, and what decides whether that has been done already.

Imports `cache`, `infer.completion`, `project`, `publish.source` when it is called, and `publish.site`, `publish.folder`
when there is something to do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from mtsp_kg.cache import project_digest
from mtsp_kg.errors import DataError
from mtsp_kg.infer.completion import wanted
from mtsp_kg.project import Project

if TYPE_CHECKING:
    from mtsp_kg.plan.pages.source import Options
    from mtsp_kg.publish.folder import Published
    from mtsp_kg.store import Store

_PACKAGE = Path(__file__).resolve().parents[2]
# What a page can depend on.
_ROOMS = ("infer", "query", "publish", "plan", "sparql")
_MODULES = ("vocab", "profile", "formats", "load", "project", "store")


def publish(project: Project, plan: str | None, load: Callable[[], Store], target: Path, options: Options) -> Published:
    """Publishes a project's graph as a static site; load: gives its store when it is needed.

    Nothing is done when the folder holds the same site already. Raises DataError, DocumentError, QueryError.
    """
    from mtsp_kg.publish import folder

    key = key_of(project, options)
    found = folder.unchanged(target, key)
    if found is not None:
        return found
    from mtsp_kg.plan.pages.site import Site

    return folder.write(Site(project, load(), plan, options), target, key)


def key_of(project: Project, options: Options) -> str:
    """What names a site: the SHA-256 of its sources, of the options and of the code that makes it."""
    total = hashlib.sha256(project_digest(project).encode())
    total.update(repr((options.base, options.site, options.endpoint, options.live, wanted())).encode())
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
