"""Findings about the validation itself: nodes that no shape targets, and shapes that were not evaluated."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.load import has_triples
from mtsp_kg.profile import Profile
from mtsp_kg.validate.findings import Finding, Position, Severity, SourceLookup
from mtsp_kg.validate.inputs import SourceFile
from mtsp_kg.validate.merged_data import merge_graph
from mtsp_kg.validate.report import ReportRule
from mtsp_kg.validate.shape_checks import shacl_terms
from mtsp_kg.validate.shapes import Shapes, Term
from mtsp_kg.validate.targets import Nodes, Targets, iri_of

_TYPE = ox.NamedNode(vocab.RDF_TYPE)
_SUBCLASS = ox.NamedNode(vocab.RDFS_SUBCLASS)
_EXAMPLES = 3
# Kind: severity, message in English and Chinese.
KINDS = {
    "unmatched-shape": (
        Severity.WARNING,
        "The target of this shape matches no node: correct the target, or remove the shape.",
        "该形状的目标没有对应任何节点：请更正目标，或删除该形状。",
    ),
    "untouched-resources": (
        Severity.INFO,
        "No shape targets these resources of class {what} ({count}): {examples}.",
        "{what} 中有 {count} 个资源未受任何形状检查：{examples}。",
    ),
    "unknown-class": (
        Severity.WARNING,
        "The class {what} is not defined and has no instances: correct its name, or load its ontology.",
        "类 {what} 未有定义，也没有实例：请更正名称，或载入其本体。",
    ),
    "unknown-shacl-term": (
        Severity.VIOLATION,
        "{what} is not a SHACL term, so it checks nothing.{near}",
        "SHACL 没有术语 {what}，因此它不检查任何内容。{near}",
    ),
    "not-decided": (
        Severity.VIOLATION,
        "No available engine supports {what}, so it is not checked. Express it in SHACL Core or with sh:sparql.",
        "此处的引擎不处理 {what}：其要求未经检查。请改用 SHACL Core 或 sh:sparql。",
    ),
    "empty-file": (
        Severity.WARNING,
        "The file contains no triples: add some, or remove the file.",
        "该文件没有任何陈述：请补充内容，或将其删除。",
    ),
    "import-not-given": (
        Severity.WARNING,
        "{what} is imported but is not among the given files; imports are never fetched. Add its file.",
        "{what} 被导入但不在所给文件中；导入内容从不从网络获取。请指明其文件。",
    ),
}
# The kinds of findings that mean that a shape was not checked in full.
NOT_CHECKED = ("not-decided", "unknown-shacl-term")


def kind_rules() -> dict[str, ReportRule]:
    """Each kind of these findings as a rule of the report."""
    return {
        kind: ReportRule(kind, {"en": kind.replace("-", " ")}, {"en": en, "zh": zh}, severity)
        for kind, (severity, en, zh) in KINDS.items()
    }


def unmatched_shapes(shapes: Shapes, iris: Iterable[str]) -> Iterator[Finding]:
    """Shapes whose targets match no node."""
    for iri in iris:
        yield _finding("unmatched-shape", iri, shapes.lookup(iri))


def untouched_resources(
    store: ox.Store, targets: Targets, targeted: Nodes, subjects: Nodes, profile: Profile
) -> Iterator[Finding]:
    """Resources that no shape targets, by class. Blank nodes do not count: shapes reach them through other nodes."""
    missed = {node for node in subjects - targeted if iri_of(node)}
    classes = {iri: nodes for class_, nodes in targets.by_class.items() if (iri := iri_of(class_))} if missed else {}
    by_class: dict[str, Nodes] = {}
    for class_, nodes in sorted(classes.items()):  # a resource of several classes is counted in the first
        if here := nodes & missed:
            by_class[class_] = here
            missed -= here
    if missed:
        by_class[vocab.RDFS_RESOURCE] = by_class.get(vocab.RDFS_RESOURCE, Nodes()) | missed
    for class_, nodes in sorted(by_class.items()):
        first, *others = (iri_of(node) for node in heapq.nsmallest(_EXAMPLES, nodes))
        resource = ox.NamedNode(first)
        names = [quad.graph_name for quad in store.quads_for_pattern(resource, None, None, None)]
        graphs = {name.value for name in names if isinstance(name, ox.NamedNode)}
        examples = ", ".join(map(profile.shrink, (first, *others)))
        lookup = SourceLookup((resource,), tuple(sorted(graphs)))
        yield _finding(
            "untouched-resources", class_, lookup,
            what=profile.shrink(class_), count=f"{len(nodes):,}", examples=examples,
        )  # fmt: skip


def unchecked_terms(shapes: Shapes, store: ox.Store) -> Iterator[Finding]:
    """Undefined classes, terms that are not in SHACL, and terms that no available engine evaluates."""
    quads = shapes.store.quads_for_pattern(None, None, None, None)
    named = (quad for quad in quads if isinstance(quad.graph_name, ox.NamedNode))
    found = [finding for quad in named for finding in _of_quad(quad, shapes, store)]
    yield from sorted(found, key=lambda finding: str(finding.lookup.wanted[0]))


def _of_quad(quad: ox.Quad, shapes: Shapes, store: ox.Store) -> Iterator[Finding]:
    predicate, object_ = quad.predicate.value, quad.object
    value = object_.value if isinstance(object_, ox.NamedNode) else ""
    for iri in (predicate, value):
        if iri.startswith(vocab.SH):
            yield from _of_term(iri, quad, shapes)
    if predicate in (vocab.SH_CLASS, vocab.SH_TARGET_CLASS) and value and not _is_defined(object_, shapes, store):
        yield _in_shapes("unknown-class", value, quad, shapes, what=shapes.profile.shrink(value))


def _of_term(iri: str, quad: ox.Quad, shapes: Shapes) -> Iterator[Finding]:
    terms, name = shacl_terms(), iri.removeprefix(vocab.SH)
    if name in terms.undecided:
        yield _in_shapes("not-decided", iri, quad, shapes, what=f"sh:{name}")
    elif name not in terms.known:
        yield _in_shapes("unknown-shacl-term", iri, quad, shapes, what=f"sh:{name}", near=_near(name))


def _in_shapes(kind: str, focus: str, quad: ox.Quad, shapes: Shapes, **words: str) -> Finding:
    blanks: dict[ox.BlankNode, str] = {}
    nodes = [term for term in (quad.subject, quad.object) if isinstance(term, ox.BlankNode)]
    if nodes:
        from mtsp_kg.locate import fingerprints, surroundings

        marks = fingerprints(surroundings(shapes.store, nodes))
        blanks = {node: marks[node] for node in nodes}
    graphs = (quad.graph_name.value,) if isinstance(quad.graph_name, ox.NamedNode) else ()
    return _finding(kind, focus, SourceLookup((quad,), graphs, blanks), **words)


def _near(local: str) -> str:
    import difflib

    found = difflib.get_close_matches(local, sorted(shacl_terms().known), n=1)
    return f" Did you mean sh:{found[0]}?" if found else ""


def _is_defined(class_: Term, shapes: Shapes, store: ox.Store) -> bool:
    """Whether a class is typed, has a superclass or subclass, or has an instance."""
    if not isinstance(class_, ox.NamedNode):
        return True
    return any(
        True
        for graph in (store, shapes.store)
        for subject, predicate, object_ in (
            (class_, _TYPE, None),
            (class_, _SUBCLASS, None),
            (None, _SUBCLASS, class_),
            (None, _TYPE, class_),
        )
        for _ in graph.quads_for_pattern(subject, predicate, object_, merge_graph(graph))
    )


def empty_files(files: Iterable[SourceFile], store: ox.Store) -> Iterator[Finding]:
    """Files without triples; store: all of them loaded."""
    files = list(files)
    sharing = Counter(file.graph for file in files)
    for file in files:
        graph = ox.NamedNode(file.graph)
        if sharing[file.graph] == 1 and any(True for _ in store.quads_for_pattern(None, None, None, graph)):
            continue
        if not has_triples(file.path):
            yield _finding("empty-file", file.name, SourceLookup(found=(Position(file.name, 1),)))


def missing_imports(stores: Iterable[ox.Store], files: Iterable[SourceFile]) -> Iterator[Finding]:
    """Imported ontologies that are not among the files, by their IRI, their file name or the IRI of their graph."""
    stores, files = list(stores), list(files)
    given = {file.graph for file in files}
    stems = {file.path.stem for file in files}
    for store in stores:
        ontology = store.quads_for_pattern(None, _TYPE, ox.NamedNode(vocab.OWL_ONTOLOGY), merge_graph(store))
        given |= {quad.subject.value for quad in ontology if isinstance(quad.subject, ox.NamedNode)}
    for store in stores:
        for quad in sorted(store.quads_for_pattern(None, ox.NamedNode(vocab.OWL_IMPORTS), None, None), key=str):
            if isinstance(quad.graph_name, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
                named = quad.object.value
                if named not in given and named.rstrip("/#").rsplit("/", 1)[-1].split(".")[0] not in stems:
                    lookup = SourceLookup((quad,), (quad.graph_name.value,))
                    yield _finding("import-not-given", named, lookup, what=named)


def _finding(kind: str, focus: str, lookup: SourceLookup, **words: str) -> Finding:
    severity, *texts = KINDS[kind]
    messages = {language: text.format(**words) for language, text in zip(("en", "zh"), texts, strict=True)}
    return Finding(focus, "", "", kind, severity, messages, lookup.graphs, lookup=lookup)
