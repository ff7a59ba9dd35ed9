"""The vocabulary of SHACL, from `shacl_terms.txt`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

_FILE = Path(__file__).with_suffix(".txt")


class ShaclTerms(NamedTuple):
    """Local names: terms of the Recommendation, node kinds, terms that no available engine evaluates, and properties by
    the kind of their values.
    """

    known: frozenset[str]
    node_kinds: tuple[str, ...]
    undecided: frozenset[str]
    values: dict[str, tuple[str, ...]]


@cache
def shacl_terms() -> ShaclTerms:
    """The terms in the file."""
    by_kind: dict[str, list[str]] = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, *names = line.split()
            by_kind.setdefault(kind, []).extend(names)
    return ShaclTerms(
        known=frozenset(name for kind, names in by_kind.items() if kind != "undecided" for name in names),
        node_kinds=tuple(by_kind["node-kind"]),
        undecided=frozenset(by_kind["undecided"]),
        values={kind.removeprefix("term:"): tuple(names) for kind, names in by_kind.items() if ":" in kind},
    )
