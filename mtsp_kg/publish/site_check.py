"""A published site held against itself: every file as listed, every link leads somewhere, every count counted again.

Reads files only, nothing of what made them. Imports `errors`, `names`, `publish.folder`.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from html import unescape
from pathlib import Path
from posixpath import dirname, normpath
from urllib.parse import unquote, urlsplit

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.errors import NotFoundError
from mtsp_kg.plan import names
from mtsp_kg.publish.folder import MANIFEST, read_manifest

_LINK = re.compile(rb'\s(?:href|src|action)="([^"]*)"')
_ID = re.compile(rb'\sid="([^"]*)"')
_VOID, _DCAT, _SPDX = (vocab.PUBLISHING[prefix] for prefix in ("void", "dcat", "spdx"))
_DUMP, _DESCRIPTION = "dump/mtsp-kg.nq", ".well-known/void"


def check_folder(folder: Path) -> list[str]:
    """What is wrong with a published site, a line for each; nothing when all is well.

    Raises NotFoundError when there is no published site.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        raise NotFoundError(f"There is no published site: it has no {MANIFEST}.", file=folder)
    found = list(_files(folder, manifest["files"]))
    if not found:
        found += links(folder, manifest["files"], urlsplit(manifest["site"]).path)
        found += counts(folder, manifest["base"], manifest["site"])
    return found


def _files(folder: Path, listed: dict[str, dict[str, object]]) -> list[str]:
    found = []
    for path, about in listed.items():
        try:
            content = (folder / path).read_bytes()
        except OSError as error:
            found.append(f"{path}: cannot be read: {error.strerror}.")
            continue
        if hashlib.sha256(content).hexdigest() != about["sha256"]:
            found.append(f"{path}: is not what was published.")
    for place, _, files in os.walk(folder):
        for name in files:
            path = Path(place, name).relative_to(folder).as_posix()
            if path != MANIFEST and path not in listed:
                found.append(f"{path}: is not of this site.")
    return found


def links(folder: Path, listed: dict[str, dict[str, object]], root: str = "/") -> list[str]:
    """Links inside the site that lead nowhere: to no file, or to no place in a page. root: the site's path."""
    pages = {path: (folder / path).read_bytes() for path in listed if path.endswith(".html")}
    places = {path: {unescape(one.decode()) for one in _ID.findall(content)} for path, content in pages.items()}
    found = []
    for path, content in pages.items():
        for link in sorted(set(_LINK.findall(content))):
            target = unescape(link.decode())
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                if parts.scheme not in ("http", "https", "mailto"):
                    found.append(f"{path}: links to {target}.")
                continue
            if parts.path.startswith("/"):
                to = normpath(unquote(parts.path).removeprefix(root))
            else:
                to = normpath(f"{dirname(path)}/{unquote(parts.path)}".lstrip("/")) if parts.path else path
            if to not in listed:
                found.append(f"{path}: links to {target}, which is not there.")
            elif parts.fragment and to in places and unquote(parts.fragment) not in places[to]:
                found.append(f"{path}: links to {target}, and there is no such place in that page.")
    return found


def counts(folder: Path, base: str, site: str) -> list[str]:
    """Where the description of the data does not agree with the data, all counted again from the dump."""
    dump = ox.parse((folder / _DUMP).read_bytes(), format=ox.RdfFormat.N_QUADS)
    triples = {quad.triple for quad in dump}
    said: dict[str, dict[str, list[str]]] = {}
    description = (folder / _DESCRIPTION).read_bytes()
    for quad in ox.parse(description, format=ox.RdfFormat.TURTLE):
        about = said.setdefault(str(getattr(quad.subject, "value", quad.subject)), {})
        about.setdefault(quad.predicate.value, []).append(str(getattr(quad.object, "value", quad.object)))
    of_class = Counter(
        triple.object.value
        for triple in triples
        if triple.predicate.value == vocab.RDF_TYPE and isinstance(triple.object, ox.NamedNode)
    )
    of_property = Counter(triple.predicate.value for triple in triples)
    subjects = {triple.subject for triple in triples}
    entities = [node for node in subjects if isinstance(node, ox.NamedNode) and node.value.startswith(base + "id/")]
    dataset = said.get(base + names.DATASET.removeprefix(names.BASE), {})
    expected = {
        "triples": len(triples),
        "distinctSubjects": len(subjects),
        "distinctObjects": len({triple.object for triple in triples}),
        "entities": len(entities),
        "classes": len(of_class),
        "properties": len(of_property),
    }
    found = [
        f"{_DESCRIPTION}: void:{name} is {dataset.get(_VOID + name)}, counted again {number}."
        for name, number in expected.items()
        if dataset.get(_VOID + name) != [str(number)]
    ]
    for about in said.values():
        for kind, table, counted in (("class", of_class, "entities"), ("property", of_property, "triples")):
            found += [
                f"{_DESCRIPTION}: {iri} has {about.get(_VOID + counted)}, counted again {table[iri]}."
                for iri in about.get(_VOID + kind, ())
                if about.get(_VOID + counted) != [str(table[iri])]
            ]
        found += _dumps(folder, about, said, site)
    return found


def _dumps(folder: Path, about: dict[str, list[str]], said: dict[str, dict[str, list[str]]], site: str) -> list[str]:
    found = []
    for address in about.get(_DCAT + "downloadURL", ()):
        path = address.removeprefix(site)
        try:
            content = (folder / path).read_bytes()
        except OSError:
            found.append(f"{_DESCRIPTION}: {address} is not there.")
            continue
        digests = [
            value for check in about.get(_SPDX + "checksum", ()) for value in said[check][_SPDX + "checksumValue"]
        ]
        if digests != [hashlib.sha256(content).hexdigest()] or about.get(_DCAT + "byteSize") != [str(len(content))]:
            found.append(f"{_DESCRIPTION}: {address} has another size or SHA-256.")
    return found
