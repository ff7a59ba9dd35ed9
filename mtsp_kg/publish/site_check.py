"""Checks the consistency of a published site: files match the manifest, links resolve, counts are correct.

The check reads only the files of the site.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from posixpath import dirname, normpath
from typing import ClassVar, NamedTuple
from urllib.parse import unquote, urlsplit

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.errors import NotFoundError
from mtsp_kg.formats import check_form
from mtsp_kg.profile import Profile
from mtsp_kg.publish.dataset_description import DESCRIPTION_PATH
from mtsp_kg.publish.folder import MANIFEST, read_manifest

_LINK = re.compile(rb'\s(?:href|src|action)="([^"]*)"')
_ID = re.compile(rb'\sid="([^"]*)"')
_VOID, _DCAT, _SPDX = (vocab.PUBLISHING[prefix] for prefix in ("void", "dcat", "spdx"))
_Properties = dict[str, list[str]]


class SiteFault(NamedTuple):
    """A fault of a published site: the path of the file below the site's root, and a message."""

    path: str
    message: str


@dataclass(frozen=True)
class SiteCheck:
    """The faults of a published site."""

    folder: Path
    faults: tuple[SiteFault, ...]

    forms: ClassVar[tuple[str, ...]] = ("text", "json")

    @property
    def passed(self) -> bool:
        """Whether the site has no fault."""
        return not self.faults

    def write(self, form: str = "text") -> str:
        """The faults in one of its `forms`. Raises NotFoundError for an unknown form."""
        check_form(form, self.forms, "The check of a site")
        if form == "json":
            listed = [fault._asdict() for fault in self.faults]
            return json.dumps({"passed": self.passed, "faults": listed}, ensure_ascii=False, indent=2) + "\n"
        lines = [f"{fault.path}: {fault.message}" for fault in self.faults]
        count = f"{len(lines)} fault{'' if len(lines) == 1 else 's'}" if lines else "No faults"
        return "\n".join([*lines, f"{count} in {self.folder}."]) + "\n"

    def __str__(self) -> str:
        return self.write()


def check_site(folder: Path) -> SiteCheck:
    """Checks the files of a published site and, if they match the manifest, links and counts.

    Raises NotFoundError if there is no published site.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        raise NotFoundError(f"The folder contains no published site: {MANIFEST} is missing.", file=folder)
    files: dict[str, dict[str, object]] = manifest["files"]
    found = list(_file_faults(folder, files))
    if not found:
        found += link_faults(folder, files, urlsplit(manifest["site"]).path)
        found += _count_faults(folder, files, Profile(manifest["base"]), manifest["site"])
    return SiteCheck(folder, tuple(found))


def _file_faults(folder: Path, listed: dict[str, dict[str, object]]) -> Iterator[SiteFault]:
    for path, file in listed.items():
        try:
            content = (folder / path).read_bytes()
        except OSError as error:
            yield SiteFault(path, f"cannot be read: {error.strerror}.")
            continue
        if hashlib.sha256(content).hexdigest() != file["sha256"]:
            yield SiteFault(path, "differs from what was published.")
    for inside, _, names in os.walk(folder):
        for name in names:
            path = Path(inside, name).relative_to(folder).as_posix()
            if path != MANIFEST and path not in listed:
                yield SiteFault(path, "is not part of this site.")


def link_faults(folder: Path, listed: Collection[str], root: str = "/") -> Iterator[SiteFault]:
    """The links inside a site that lead to no file, or to no element of a page. root: the path of the site's root."""
    pages = {path: (folder / path).read_bytes() for path in listed if path.endswith(".html")}
    elements = {path: {unescape(one.decode()) for one in _ID.findall(content)} for path, content in pages.items()}
    for path, content in pages.items():
        for link in sorted(set(_LINK.findall(content))):
            target = unescape(link.decode())
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                if parts.scheme not in ("http", "https", "mailto"):
                    yield SiteFault(path, f"links to {target}.")
                continue
            if parts.path.startswith("/"):
                file = normpath(unquote(parts.path).removeprefix(root))
            else:
                file = normpath(f"{dirname(path)}/{unquote(parts.path)}".lstrip("/")) if parts.path else path
            if file not in listed:
                yield SiteFault(path, f"links to {target}, which does not exist.")
            elif parts.fragment and file in elements and unquote(parts.fragment) not in elements[file]:
                yield SiteFault(path, f"links to {target}, but that page has no element '{unquote(parts.fragment)}'.")


def _count_faults(folder: Path, listed: Collection[str], profile: Profile, address: str) -> Iterator[SiteFault]:
    """Differences between the description of the dataset and the data."""
    quads = [
        quad
        for path in listed
        if path.startswith("dump/") and path.endswith(".nq")
        for quad in ox.parse((folder / path).read_bytes(), format=ox.RdfFormat.N_QUADS)
    ]
    described = _read_description(folder / DESCRIPTION_PATH)
    triples = {quad.triple for quad in quads}
    of_class = Counter(
        triple.object.value
        for triple in triples
        if triple.predicate.value == vocab.RDF_TYPE and isinstance(triple.object, ox.NamedNode)
    )
    of_property = Counter(triple.predicate.value for triple in triples)
    subjects = {triple.subject for triple in triples}
    counts = {
        "triples": len(triples),
        "distinctSubjects": len(subjects),
        "distinctObjects": len({triple.object for triple in triples}),
        "entities": sum(isinstance(node, ox.NamedNode) and node.value.startswith(profile.ids) for node in subjects),
        "classes": len(of_class),
        "properties": len(of_property),
    }
    dataset = described.get(profile.dataset, {})
    for name, number in counts.items():
        if dataset.get(_VOID + name) != [str(number)]:
            yield _wrong_count(f"void:{name}", dataset.get(_VOID + name), number)
    for properties in described.values():
        for kind, table, counted in (("class", of_class, "entities"), ("property", of_property, "triples")):
            for iri in properties.get(_VOID + kind, ()):
                if properties.get(_VOID + counted) != [str(table[iri])]:
                    yield _wrong_count(f"void:{counted} of {iri}", properties.get(_VOID + counted), table[iri])
        yield from _dump_faults(folder, properties, described, address)


def _read_description(file: Path) -> dict[str, _Properties]:
    found: dict[str, _Properties] = {}
    for quad in ox.parse(file.read_bytes(), format=ox.RdfFormat.TURTLE):
        properties = found.setdefault(str(getattr(quad.subject, "value", quad.subject)), {})
        properties.setdefault(quad.predicate.value, []).append(str(getattr(quad.object, "value", quad.object)))
    return found


def _wrong_count(what: str, given: list[str] | None, number: int) -> SiteFault:
    return SiteFault(DESCRIPTION_PATH, f"{what} is {', '.join(given or ['missing'])}, but the dump has {number}.")


def _dump_faults(
    folder: Path, properties: _Properties, described: dict[str, _Properties], address: str
) -> Iterator[SiteFault]:
    for url in properties.get(_DCAT + "downloadURL", ()):
        try:
            content = (folder / url.removeprefix(address)).read_bytes()
        except OSError:
            yield SiteFault(DESCRIPTION_PATH, f"{url} does not exist.")
            continue
        digests = [
            value
            for checksum in properties.get(_SPDX + "checksum", ())
            for value in described[checksum][_SPDX + "checksumValue"]
        ]
        size = properties.get(_DCAT + "byteSize")
        if digests != [hashlib.sha256(content).hexdigest()] or size != [str(len(content))]:
            yield SiteFault(DESCRIPTION_PATH, f"the size or SHA-256 of {url} is wrong.")
