"""Inferred triples as named graphs, one for each kind of rule, with the axioms that each derives from.

The graph `<base>graph/inferred/<kind>` holds the triples that a kind of rule gave first; `<base>graph/inferred` says
what each is called and from which axioms (by the IRI of what the axiom is about) it was derived. A triple that is
asserted is not inferred. Imports `names`, `formats`, `closure`, `kinds` and `reasoner`.
"""

from __future__ import annotations

from collections import Counter

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.formats import Format, rdf_format
from mtsp_kg.infer.closure import Closure
from mtsp_kg.infer.reasoner import Reasoner
from mtsp_kg.infer.rules import KINDS
from mtsp_kg.infer.terms import RDF_TYPE, line, nt
from mtsp_kg.plan import names

PROV = vocab.VOCABULARIES["prov"]


def graph_of(kind: str) -> str:
    """The IRI of the graph of a kind of rule."""
    return f"{names.INFERRED}/{kind}"


def counts(closure: Closure) -> dict[str, int]:
    """How many triples each kind of rule gave, in the order of kinds; queries come last, by name."""
    found = Counter(rule.kind for rule, _ in closure.inferred())
    return {kind: found[kind] for kind in (*KINDS, *sorted(found.keys() - KINDS.keys())) if found[kind]}


def nquads(closure: Closure) -> bytes:
    """The inferred graphs as sorted N-Quads: the same closure gives the same bytes."""
    lines = [f"{line(fact)} {nt(graph_of(rule.kind))} .\n" for rule, fact in closure.inferred()]
    return "".join(sorted([*lines, *_about(closure)])).encode()


def _about(closure: Closure) -> list[str]:
    told: set[str] = set()
    for given in closure.found:
        rule, graph = given.rule, nt(graph_of(given.rule.kind))
        said = [f"{RDF_TYPE} {nt(PROV + 'Entity')}"]
        if rule.axiom is not None:
            said.append(f"{nt(PROV + 'wasDerivedFrom')} {rule.axiom.about}")
        if rule.kind in KINDS:
            said += [f'{nt(vocab.PREF_LABEL)} "{KINDS[rule.kind][tag]}"@{tag}' for tag in ("en", "zh")]
        told.update(f"{graph} {rest} {nt(names.INFERRED)} .\n" for rest in said)
    return list(told)


def written(closure: Closure, form: str, plan: str | None) -> bytes:
    """The inferred graphs in an RDF format, or their triples where it has no named graphs. Raises NotFoundError."""
    format_ = rdf_format(form)
    quads = nquads(closure)
    if format_.name == "nquads":
        return quads
    parsed = sorted(ox.parse(quads, format=ox.RdfFormat.N_QUADS), key=lambda quad: (str(quad.graph_name), str(quad)))
    about = ox.NamedNode(names.INFERRED)
    if format_.name in ("trig", "turtle"):
        return _turtle(parsed if format_.named_graphs else [q for q in parsed if q.graph_name != about], format_, plan)
    media = ox.RdfFormat.from_media_type(format_.media_type)
    assert media is not None
    if format_.named_graphs:
        return ox.serialize(parsed, format=media) or b""
    triples = {str(quad.triple): quad.triple for quad in parsed if quad.graph_name != about}
    return ox.serialize([triples[text] for text in sorted(triples)], format=media) or b""


def _turtle(quads: list[ox.Quad], format_: Format, plan: str | None) -> bytes:
    """Turtle or TriG, one triple a line and prefixes in order (pyoxigraph's come in any order)."""
    used: set[str] = set()

    def name(term: object) -> str:
        if not isinstance(term, ox.NamedNode):
            return str(term)
        short = names.shrink(term.value, plan)
        if short == term.value:
            return str(term)
        used.add(short.split(":", 1)[0])
        return short

    blocks: dict[str, list[str]] = {}
    for quad in quads:
        graph = name(quad.graph_name) if format_.named_graphs else ""
        said = f"{name(quad.subject)} {name(quad.predicate)} {name(quad.object)} ."
        blocks.setdefault(graph, []).append(said)
    body = []
    for graph, lines in blocks.items():
        body += ["", f"{graph} {{", *(f"    {said}" for said in lines), "}"] if graph else ["", *lines]
    table = names.prefixes(plan)
    head = [f"@prefix {prefix}: <{table[prefix]}> ." for prefix in sorted(used)]
    return ("\n".join([*head, *body]) + "\n").encode()


def add_inferences(store: ox.Store, reasoner: Reasoner) -> Closure:
    """Puts what follows into a store: in graphs of its own, and in the merged default graph. Raises DataError."""
    closure = reasoner.close(store)
    quads = nquads(closure)
    store.bulk_load(quads, format=ox.RdfFormat.N_QUADS)
    parsed = ox.parse(quads, format=ox.RdfFormat.N_QUADS)
    store.bulk_extend(ox.Quad(quad.subject, quad.predicate, quad.object, ox.DefaultGraph()) for quad in parsed)
    return closure
