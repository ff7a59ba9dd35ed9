"""Relative IRIs. Imports nothing of the package."""

from __future__ import annotations

import re

_PARTS = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.\-]*):)?(//[^/?#]*)?([^?#]*)(\?[^#]*)?(#.*)?\Z", re.DOTALL)


def resolve(base: str | None, reference: str) -> str:
    """The IRI that a reference means (RFC 3986, section 5.2, strict), as oxiri reads it.

    That is: dot segments are resolved in a reference's path only, neither in a base nor after an authority.

    >>> resolve("http://a/b/c?d", "../e/./f#g")
    'http://a/e/f#g'
    """
    if base is None:
        return reference
    scheme, authority, path, query, fragment = _parts(reference)
    if scheme:
        return reference
    base_scheme, base_authority, base_path, base_query, _ = _parts(base)
    start = f"{base_scheme}:"
    if authority:
        return start + reference
    start += base_authority
    if not path:
        return start + base_path + (query or base_query) + fragment
    if path.startswith("/"):
        folder, path = "/", path[1:]
    else:
        folder = base_path[: base_path.rfind("/") + 1] or "/" * bool(base_authority)
    return start + _below(folder, path) + query + fragment


def _below(folder: str, path: str) -> str:
    """A relative path without its `.` and `..` segments (RFC 3986, section 5.2.4); those of the folder are kept.

    >>> _below("/a/b/", "c/./../../g")
    '/a/g'
    """
    root = "/" if folder.startswith("/") else ""
    kept = folder[len(root) :].split("/")[:-1]
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return root + "/".join(kept)


def _parts(iri: str) -> tuple[str, str, str, str, str]:
    found = _PARTS.match(iri)
    assert found is not None  # every string matches
    scheme, authority, path, query, fragment = found.groups(default="")
    return scheme, authority, path, query, fragment
