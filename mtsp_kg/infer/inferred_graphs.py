"""Inferred triples as named graphs, one for each kind of rule, with the axioms that each derives from.

The graph `<base>graph/inferred/<kind>` contains the triples that a kind of rule derived first; `<base>graph/inferred`
has the labels of these graphs and the sources of each (the class or property that the axiom describes). Asserted
triples are not repeated there.
"""

from __future__ import annotations

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.formats import Format, rdf_format
from mtsp_kg.infer.closure import Closure
from mtsp_kg.infer.reasoner import Reasoner
from mtsp_kg.infer.rules import KINDS
from mtsp_kg.infer.terms import RDF_TYPE, line, nt
from mtsp_kg.profile import Profile

PROV = vocab.VOCABULARIES["prov"]


def graph_of(kind: str, profile: Profile) -> str:
    """The IRI of the graph of a kind of rule."""
    return f"{profile.inferred}/{kind}"


def nquads(closure: Closure, profile: Profile) -> bytes:
    """The inferred graphs as sorted N-Quads: the same closure gives the same bytes."""
    lines = [f"{line(fact)} {nt(graph_of(rule.kind, profile))} .\n" for rule, fact in closure.inferred()]
    return "".join(sorted([*lines, *_about(closure, profile)])).encode()


def written(closure: Closure, form: str, profile: Profile) -> bytes:
    """The inferred graphs in an RDF format, or their triples if it has no named graphs. Raises NotFoundError."""
    format_ = rdf_format(form)
    quads = nquads(closure, profile)
    if format_.name == "nquads":
        return quads
    parsed = sorted(ox.parse(quads, format=ox.RdfFormat.N_QUADS), key=lambda quad: (str(quad.graph_name), str(quad)))
    about = ox.NamedNode(profile.inferred)
    if format_.name in ("trig", "turtle"):
        shown = parsed if format_.named_graphs else [quad for quad in parsed if quad.graph_name != about]
        return _turtle(shown, format_, profile)
    media = ox.RdfFormat.from_media_type(format_.media_type)
    assert media is not None
    if format_.named_graphs:
        return ox.serialize(parsed, format=media) or b""
    triples = {str(quad.triple): quad.triple for quad in parsed if quad.graph_name != about}
    return ox.serialize([triples[text] for text in sorted(triples)], format=media) or b""


def add_inferences(store: ox.Store, reasoner: Reasoner) -> Closure:
    """Puts inferred triples into a store, in their graphs and in the default graph. Raises DataError, QueryError."""
    closure = reasoner.close(store)
    quads = nquads(closure, reasoner.project.profile)
    store.bulk_load(quads, format=ox.RdfFormat.N_QUADS)
    parsed = ox.parse(quads, format=ox.RdfFormat.N_QUADS)
    store.bulk_extend(ox.Quad(quad.subject, quad.predicate, quad.object, ox.DefaultGraph()) for quad in parsed)
    return closure


def _about(closure: Closure, profile: Profile) -> set[str]:
    lines: set[str] = set()
    for derivation in closure.derivations:
        rule, graph = derivation.rule, nt(graph_of(derivation.rule.kind, profile))
        properties = [f"{RDF_TYPE} {nt(PROV + 'Entity')}"]
        if rule.axiom is not None:
            properties.append(f"{nt(PROV + 'wasDerivedFrom')} {rule.axiom.about}")
        if rule.kind in KINDS:
            properties += [f'{nt(vocab.PREF_LABEL)} "{KINDS[rule.kind][tag]}"@{tag}' for tag in ("en", "zh")]
        lines.update(f"{graph} {property_} {nt(profile.inferred)} .\n" for property_ in properties)
    return lines


def _turtle(quads: list[ox.Quad], format_: Format, profile: Profile) -> bytes:
    """Turtle or TriG, one triple a line and prefixes in order (pyoxigraph's come in any order)."""
    used: set[str] = set()

    def name(term: object) -> str:
        if not isinstance(term, ox.NamedNode):
            return str(term)
        short = profile.shrink(term.value)
        if short == term.value:
            return str(term)
        used.add(short.split(":", 1)[0])
        return short

    blocks: dict[str, list[str]] = {}
    for quad in quads:
        graph = name(quad.graph_name) if format_.named_graphs else ""
        blocks.setdefault(graph, []).append(f"{name(quad.subject)} {name(quad.predicate)} {name(quad.object)} .")
    body = []
    for graph, lines in blocks.items():
        body += ["", f"{graph} {{", *(f"    {statement}" for statement in lines), "}"] if graph else ["", *lines]
    head = [f"@prefix {prefix}: <{profile.prefixes[prefix]}> ." for prefix in sorted(used)]
    return ("\n".join([*head, *body]) + "\n").encode()
