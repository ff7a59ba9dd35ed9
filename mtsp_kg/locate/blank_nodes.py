"""Fingerprints of blank nodes, which are the same for each parse of a file.

Labels are not stable: pyoxigraph generates a new one for each `[ ]` and each list cell at every parse, and a Store
renames `_:x` too. A fingerprint is computed from all triples with the node and with the blank nodes that are connected
to it (colour refinement; RDFC-1.0, section 4.6, starts in the same way). A blank node occurs in one file only, so its
fingerprint is the same in the file and in a store of many files, whichever graphs have its triples, as long as no
triples about it were added (no inferences). Nodes that no triple distinguishes share a fingerprint, and each has the
positions of all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from hashlib import blake2b

import pyoxigraph as ox

from mtsp_kg.locate.terms import TermKey, as_stored, term_key

_Triple = tuple[str, str, TermKey]
_ROUNDS = 64  # nodes of one component that still have the same colour then are taken as equal


def surroundings(
    store: ox.Store, nodes: Iterable[ox.BlankNode], without: Collection[ox.NamedNode] = ()
) -> Iterator[ox.Quad]:
    """The quads of a store that determine the fingerprints of nodes: theirs, and those of connected blank nodes.

    without: graphs of inferences. The default graph is used only for a node that is in no named graph, since `load`
    puts the merge of all graphs there.
    """
    waiting, seen = list(nodes), set(nodes)
    while waiting:
        node = waiting.pop()
        around = [
            *store.quads_for_pattern(node, None, None, None),
            *store.quads_for_pattern(None, None, node, None),
        ]
        named = [quad for quad in around if not isinstance(quad.graph_name, ox.DefaultGraph)]
        for quad in named or around:
            if quad.graph_name in without:
                continue
            yield quad
            for label in (*blank_nodes(term_key(quad.subject)), *blank_nodes(term_key(quad.object))):
                term = ox.BlankNode(label[2:])
                if term not in seen:
                    seen.add(term)
                    waiting.append(term)


def fingerprints(triples: Iterable[ox.Quad | ox.Triple]) -> dict[ox.BlankNode, str]:
    """The fingerprint of each blank node that is subject or object of some triples.

    The triples must include all those with these nodes. A node that occurs only in triple terms (RDF 1.2) has no
    fingerprint, and `locate` treats all such nodes as equal.
    """
    plain = ((str(term_key(found.subject)), found.predicate.value, term_key(found.object)) for found in triples)
    return {ox.BlankNode(label[2:]): mark for label, mark in fingerprints_of(plain).items()}


def fingerprints_of(triples: Iterable[_Triple]) -> dict[str, str]:
    """Like `fingerprints`, for triples and labels in the representation of the scanners."""
    about: dict[str, set[_Triple]] = defaultdict(set)
    for subject, predicate, object_ in triples:
        if subject.startswith("_:") or not isinstance(object_, str) or object_.startswith("_:"):
            triple = (subject, predicate, as_stored(object_))
            for node in (subject, object_):
                if isinstance(node, str) and node.startswith("_:"):
                    about[node].add(triple)
    marks: dict[str, str] = {}
    for component in _components(about):
        marks |= _marks(component, about)
    return marks


def blank_nodes(term: TermKey) -> Iterator[str]:
    """The labels of the blank nodes in a term or triple."""
    if isinstance(term, str):
        if term.startswith("_:"):
            yield term
    elif len(term) == 3:
        yield from blank_nodes(term[0])
        yield from blank_nodes(term[2])


def _components(about: Mapping[str, set[_Triple]]) -> Iterator[list[str]]:
    """The blank nodes, grouped by what triples connect without a named node between them."""
    seen: set[str] = set()
    for node in about:
        if node in seen:
            continue
        seen.add(node)
        component = [node]
        for member in component:
            for subject, _, object_ in about[member]:
                for other in (subject, object_):
                    if isinstance(other, str) and other.startswith("_:") and other not in seen:
                        seen.add(other)
                        component.append(other)
        yield component


def _marks(component: list[str], about: Mapping[str, set[_Triple]]) -> dict[str, str]:
    """Colour refinement: nodes take the colours of their triples until no further nodes differ."""
    colours = dict.fromkeys(component, "")
    kinds = 0
    for _ in range(_ROUNDS):
        colours = {
            node: _digest(
                sorted(
                    repr((_coloured(subject, colours, node), predicate, _coloured(object_, colours, node)))
                    for subject, predicate, object_ in about[node]
                )
            )
            for node in component
        }
        found = len(set(colours.values()))
        if found in (kinds, len(component)):
            break
        kinds = found
    # Two components whose nodes all differ at once may have equal nodes: the whole is part of each fingerprint.
    whole = _digest(sorted(colours.values()))
    return {node: _digest([colour, whole]) for node, colour in colours.items()}


def _coloured(term: TermKey, colours: Mapping[str, str], node: str) -> object:
    """A term of a triple about `node` without its label; nodes in a triple term are not distinguished."""
    if isinstance(term, str):
        if term == node:
            return ("self",)
        return (colours.get(term, ""),) if term.startswith("_:") else term
    if len(term) == 3:
        return (_coloured(term[0], {}, ""), term[1], _coloured(term[2], {}, ""))
    return term


def _digest(parts: Iterable[str]) -> str:
    return blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()
