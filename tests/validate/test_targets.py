"""What data speaks of and what targets match, against a reading of SHACL, section 2.1.3, triple by triple."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pyoxigraph as ox
import pytest

from mtsp_kg import vocab
from mtsp_kg.load import merge
from mtsp_kg.validate.shapes import Shape
from mtsp_kg.validate.targets import Targets, iri_of, subjects

EX = "http://example.org/"
GRAPHS = [ox.NamedNode(EX + f"graph{number}") for number in range(3)] + [ox.BlankNode("g")]
NODES = [ox.NamedNode(EX + f"n{number}") for number in range(6)] + [ox.BlankNode("b0"), ox.BlankNode("b1")]
CLASSES = [ox.NamedNode(EX + f"C{number}é类") for number in range(5)]
PROPERTIES = [ox.NamedNode(EX + name) for name in "pq"]
VALUES = [
    ox.Literal('a\tb\n\\"c\r'),
    ox.Literal("1", datatype=ox.NamedNode(vocab.XSD + "integer")),
    ox.Literal("文", language="zh"),
    ox.Literal("文", language="ar", direction=ox.BaseDirection.RTL),
    ox.Literal("2.5", datatype=ox.NamedNode(vocab.XSD + "decimal")),
]
TYPE, SUBCLASS = ox.NamedNode(vocab.RDF_TYPE), ox.NamedNode(vocab.RDFS_SUBCLASS)


def generated(seed: int) -> ox.Store:
    dice = random.Random(seed)
    store = ox.Store()
    for _ in range(dice.randrange(1, 40)):
        kind = dice.randrange(4)
        if kind == 0:
            triple = (dice.choice(NODES), TYPE, dice.choice(CLASSES))
        elif kind == 1:
            triple = (dice.choice(CLASSES), SUBCLASS, dice.choice(CLASSES))
        else:
            triple = (dice.choice(NODES), dice.choice(PROPERTIES), dice.choice([*NODES, *VALUES]))
        for graph in dice.sample(GRAPHS, dice.randrange(1, 3)):
            store.add(ox.Quad(*triple, graph))
    return store


def matched(store: ox.Store, declaration: str, target: object) -> Iterator[object]:
    quads = {quad.triple for quad in store}
    if declaration == vocab.SH_TARGET_NODE:
        yield target
    elif declaration == vocab.SH_TARGET_CLASS:
        classes = {target}
        while more := {q.subject for q in quads if q.predicate == SUBCLASS and q.object in classes} - classes:
            classes |= more
        yield from (quad.subject for quad in quads if quad.predicate == TYPE and quad.object in classes)
    else:
        by = [quad for quad in quads if quad.predicate == target]
        yield from (quad.subject if declaration == vocab.SH_TARGET_SUBJECTS_OF else quad.object for quad in by)


@pytest.mark.parametrize("merged", [False, True])
@pytest.mark.parametrize("seed", range(60))
def test_targets_match_what_the_standard_says(seed: int, merged: bool) -> None:
    store = generated(seed)
    wanted = {
        (declaration, target): set(matched(store, declaration, target))
        for declaration, targets in (
            (vocab.SH_TARGET_CLASS, CLASSES),
            (vocab.SH_TARGET_SUBJECTS_OF, PROPERTIES),
            (vocab.SH_TARGET_OBJECTS_OF, PROPERTIES),
            (vocab.SH_TARGET_NODE, [*NODES, *VALUES]),
        )
        for target in targets
    }
    if merged:
        merge(store)
    targets = Targets(store)
    for key, nodes in wanted.items():
        found = targets.of(Shape(EX + "S", targets=(key,)))
        assert len(found) == len(nodes), key
        assert {iri_of(node) for node in found} - {""} == {n.value for n in nodes if isinstance(n, ox.NamedNode)}
        assert {b"_:" + n.value.encode() for n in nodes if isinstance(n, ox.BlankNode)} <= found
    # The same literal is the same node, however a target leads to it.
    values = {key for key in wanted if key[0] == vocab.SH_TARGET_NODE and isinstance(key[1], ox.Literal)}
    led = targets.of(Shape(EX + "S", targets=tuple((vocab.SH_TARGET_OBJECTS_OF, each) for each in PROPERTIES)))
    stated = {quad.object for quad in store if quad.predicate in PROPERTIES}
    assert len(led & targets.of(Shape(EX + "S", targets=tuple(values)))) == len(stated & set(VALUES))


@pytest.mark.parametrize("seed", range(30))
def test_what_graphs_speak_of_all_or_without_some(seed: int) -> None:
    store = generated(seed)

    def spoken(graphs: list[object]) -> set[bytes]:
        return {str(quad.subject).encode() for quad in store if quad.graph_name in graphs}

    assert subjects(store) == spoken(list(GRAPHS))
    assert subjects(store, [graph.value for graph in GRAPHS[:2]]) == spoken(GRAPHS[2:])


def test_what_is_no_iri_has_none() -> None:
    assert iri_of(b"<< <http://a/b> <http://a/p> 1 >>") == ""
    assert iri_of(b"_:b") == ""
