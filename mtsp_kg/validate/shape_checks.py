"""Shapes that are none are told as such, with file and line, before an engine makes something of them.

SHACL, sections 2.1 (shapes), 2.3.1 (paths), 3.4.3 (recursion, which SHACL leaves undefined and no engine here decides)
and 4 (what the values of constraints must be). Imports `errors`, `names`, and of this room `places`, `rules`, `shapes`
and `triples`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.errors import DataError
from mtsp_kg.plan import names
from mtsp_kg.validate.findings import Spot
from mtsp_kg.validate.shapes import Shapes, Term, Triples

_DEFAULT = ox.DefaultGraph()
_COUNTS = ("minCount", "maxCount", "minLength", "maxLength", "qualifiedMinCount", "qualifiedMaxCount")
_LISTS = ("and", "or", "xone", "in", "languageIn", "ignoredProperties")
_NODES = ("node", "property", "not", "qualifiedValueShape")
_MEMBERS = ("and", "or", "xone")
_IRIS = ("datatype", "severity", "nodeKind", "class")
_KINDS = ("BlankNode", "IRI", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral")
_STEPS = (vocab.SH_INVERSE, vocab.SH_ZERO_OR_MORE, vocab.SH_ONE_OR_MORE, vocab.SH_ZERO_OR_ONE)
# What XPath's regular expressions have and Python's have not: a pattern with one of these is left to the engine.
_BEYOND = re.compile(r"\\[pPiIcC]|-\[")
_DEEP = 100


def check_shapes(shapes: Shapes, name_of: Callable[[Path], str] = str) -> None:
    """Raises DataError, with file and line, for the first shape that is none; name_of: what a message calls a file."""
    for subject, what, remedy in _faults(shapes.triples):
        raise _error(shapes, subject, what, remedy, name_of)


def _faults(triples: Triples) -> Iterator[tuple[Term, str, str]]:
    for subject, value in triples.by(vocab.SH_PROPERTY):
        if not triples.objects(value, vocab.SH_PATH):
            yield (
                subject,
                f"A property shape of {_said(subject)} has no sh:path",
                "Give it one, or mend its name in sh:property",
            )
    for subject, value in triples.by(vocab.SH_PATH):
        if len(triples.objects(subject, vocab.SH_PATH)) > 1:
            yield subject, "A property shape has two sh:path", "Make two shapes of it"
        if reason := _path_fault(triples, value, 0):
            yield subject, f"The value of sh:path is no path: {reason}", "See SHACL, section 2.3.1"
    for name in _COUNTS:
        for subject, value in triples.by(vocab.SH + name):
            if not (isinstance(value, ox.Literal) and re.fullmatch(r"\+?\d+", value.value)):
                yield subject, f"The value of sh:{name} is {_said(value)}, no whole number", "Write one, as in 1"
    for name in _LISTS:
        for subject, value in triples.by(vocab.SH + name):
            if reason := _list_fault(triples, value):
                yield subject, f"The value of sh:{name} is no list: {reason}", "Write it in ( )"
    for name in _IRIS:
        for subject, value in triples.by(vocab.SH + name):
            if not isinstance(value, ox.NamedNode):
                yield subject, f"The value of sh:{name} is {_said(value)}, no IRI", "Write an IRI"
            elif name == "nodeKind" and value.value.removeprefix(vocab.SH) not in _KINDS:
                yield (
                    subject,
                    f"{_said(value)} is no kind of node",
                    f"Write one of: sh:{', sh:'.join(_KINDS)}",
                )
    for subject, value in triples.by(vocab.SH + "pattern"):
        pattern = value.value if isinstance(value, ox.Literal) else ""
        if not isinstance(value, ox.Literal) or value.datatype.value != vocab.XSD + "string":
            yield (
                subject,
                f"The value of sh:pattern is {_said(value)}, no text",
                "Write a regular expression",
            )
        elif not _BEYOND.search(pattern):
            try:
                re.compile(pattern)
            except (re.error, RecursionError, OverflowError) as error:
                yield subject, f"The pattern '{pattern}' is no regular expression: {error}", "Mend it"
    if circle := _circle(triples):
        said = " - ".join(_said(node) for node in circle)
        yield circle[0], f"The shapes are recursive, which SHACL leaves undecided: {said}", "Break the circle"


def _path_fault(triples: Triples, path: Term, deep: int) -> str:
    """Why a term is no SHACL path; empty when it is one."""
    if isinstance(path, ox.NamedNode):
        return "" if path.value != vocab.RDF_NIL else "it is the empty list"
    if not isinstance(path, ox.BlankNode):
        return f"it is {_said(path)}"
    if deep > _DEEP:
        return "it leads into itself, or is too deep"
    about = {predicate: objects[0] for predicate, objects in triples.about.get(path, {}).items()}
    if vocab.RDF_FIRST in about:
        if reason := _list_fault(triples, path):
            return reason
        members = list(triples.members(path))
        if len(members) < 2:
            return "a sequence has two steps or more"
        return next(filter(None, (_path_fault(triples, member, deep + 1) for member in members)), "")
    if vocab.SH_ALTERNATIVE in about:
        if reason := _list_fault(triples, about[vocab.SH_ALTERNATIVE]):
            return reason
        members = list(triples.members(about[vocab.SH_ALTERNATIVE]))
        if len(members) < 2:
            return "an alternative has two paths or more"
        return next(filter(None, (_path_fault(triples, member, deep + 1) for member in members)), "")
    steps = [about[step] for step in _STEPS if step in about]
    return _path_fault(triples, steps[0], deep + 1) if len(steps) == 1 else "a blank node says none"


def _list_fault(triples: Triples, node: Term) -> str:
    seen: set[Term] = set()
    while node != ox.NamedNode(vocab.RDF_NIL):
        if node in seen:
            return "it leads into itself"
        seen.add(node)
        if not isinstance(node, ox.NamedNode | ox.BlankNode):
            return f"it is {_said(node)}"
        rests = triples.objects(node, vocab.RDF_REST)
        if len(rests) != 1 or len(triples.objects(node, vocab.RDF_FIRST)) != 1:
            return "a member is missing" if seen - {node} else f"it is {_said(node)}"
        node = rests[0]
    return ""


def _circle(triples: Triples) -> list[Term]:
    """Shapes that need each other to be decided, in a circle; none where there is none such."""
    needs: dict[Term, list[Term]] = {}
    for name in (*_NODES, *_MEMBERS):
        for subject, value in triples.by(vocab.SH + name):
            needed = list(triples.members(value)) if name in _MEMBERS else [value]
            needs.setdefault(subject, []).extend(sorted(needed, key=str))
    decided: set[Term] = set()
    for start in sorted(needs, key=str):
        trail: list[Term] = []
        waiting: list[Iterator[Term]] = [iter([start])]
        while waiting:
            node = next(waiting[-1], None)
            if node is None:
                waiting.pop()
                decided |= {trail.pop()} if trail else set()
            elif node in trail:
                at = trail.index(node)
                return [*trail[at:], trail[at]]
            elif node not in decided and isinstance(node, ox.NamedNode | ox.BlankNode):
                trail.append(node)
                waiting.append(iter(needs.get(node, [])))
    return []


def _said(term: Term) -> str:
    if isinstance(term, ox.NamedNode):
        return names.shrink(term.value)
    return "a blank node" if isinstance(term, ox.BlankNode) else str(term)


def _error(shapes: Shapes, node: Term, what: str, remedy: str, name_of: Callable[[Path], str]) -> DataError:
    from mtsp_kg.validate.placing import Places
    from mtsp_kg.validate.shapes import place_of

    seen: set[Term] = set()
    above: Term | None = node
    while isinstance(above, ox.BlankNode) and above not in seen:
        seen.add(above)
        above = next((quad.subject for quad in shapes.store.quads_for_pattern(None, None, above, _DEFAULT)), None)
    spots: tuple[Spot, ...] = ()
    if isinstance(above, ox.NamedNode):
        (placed,) = Places(shapes.files, name_of).placed([place_of(above.value, shapes)])
        spots = placed.spots
    spot = spots[0] if spots else None
    return DataError(
        f"The shapes are not SHACL: {what}.",
        remedy=f"{remedy}.",
        file=spot.file if spot else (name_of(shapes.files[0][0]) if len(shapes.files) == 1 else None),
        line=spot.line if spot else None,
        column=spot.column if spot else None,
    )
