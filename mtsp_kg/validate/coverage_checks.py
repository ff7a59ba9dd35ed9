"""The terms of SHACL (Core and SPARQL, W3C Recommendation of 20 July 2017) and those of its notes that are not decided.

Imports nothing of the package.

Nothing passes silently: what a validation did not look at, or could not decide, is a finding of its own kind.

Imports `names` and `load`, and of this room `findings`, `merged`, `rules`, `shapes`, `targets`, `triples`.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.load import has_triples
from mtsp_kg.plan import names
from mtsp_kg.validate.findings import Finding, Rule, Severity, Spot, Where
from mtsp_kg.validate.inputs import whole
from mtsp_kg.validate.shapes import Shapes, Term, place_of
from mtsp_kg.validate.targets import Nodes, Targets, iri_of

_UNDECIDED = """
    js jsFunctionName jsLibrary jsLibraryURL JSConstraint JSConstraintComponent JSExecutable JSFunction JSLibrary JSRule
    JSTarget JSTargetType JSValidator rule Rule Rules SPARQLRule TripleRule entailment target Target TargetType
    SPARQLTarget SPARQLTargetType SPARQLFunction Function expression ExpressionConstraintComponent filterShape nodes
    reifierShape reificationRequired targetWhere shape values
"""
_KNOWN = """
    AndConstraintComponent BlankNode BlankNodeOrIRI BlankNodeOrLiteral ClassConstraintComponent
    ClosedConstraintComponent ConstraintComponent DatatypeConstraintComponent DisjointConstraintComponent
    EqualsConstraintComponent HasValueConstraintComponent IRI IRIOrLiteral InConstraintComponent Info
    LanguageInConstraintComponent LessThanConstraintComponent LessThanOrEqualsConstraintComponent Literal
    MaxCountConstraintComponent MaxExclusiveConstraintComponent MaxInclusiveConstraintComponent
    MaxLengthConstraintComponent MinCountConstraintComponent MinExclusiveConstraintComponent
    MinInclusiveConstraintComponent MinLengthConstraintComponent NodeConstraintComponent NodeKind
    NodeKindConstraintComponent NodeShape NotConstraintComponent OrConstraintComponent Parameter Parameterizable
    PatternConstraintComponent PrefixDeclaration PropertyGroup PropertyShape PropertyConstraintComponent
    QualifiedMaxCountConstraintComponent QualifiedMinCountConstraintComponent ResultAnnotation SPARQLAskExecutable
    SPARQLAskValidator SPARQLConstraint SPARQLConstraintComponent SPARQLConstructExecutable SPARQLExecutable
    SPARQLSelectExecutable SPARQLSelectValidator SPARQLUpdateExecutable Severity Shape
    UniqueLangConstraintComponent ValidationReport ValidationResult Validator Violation Warning XoneConstraintComponent
    AbstractResult alternativePath and annotationProperty annotationValue annotationVarName ask class closed condition
    conforms construct datatype deactivated declare defaultValue description detail disjoint equals flags focusNode
    group hasValue ignoredProperties in intersection inversePath labelTemplate languageIn lessThan lessThanOrEquals
    maxCount maxExclusive maxInclusive maxLength message minCount minExclusive minInclusive minLength name namespace
    node nodeKind nodeValidator not object oneOrMorePath optional or order parameter path pattern predicate prefix
    prefixes property propertyValidator qualifiedMaxCount qualifiedMinCount qualifiedValueShape
    qualifiedValueShapesDisjoint result resultAnnotation resultMessage resultPath resultSeverity returnType select
    severity shapesGraph shapesGraphWellFormed sourceConstraint sourceConstraintComponent sourceShape sparql subject
    suggestedShapesGraph targetClass targetNode targetObjectsOf targetSubjectsOf this union uniqueLang update validator
    value xone zeroOrMorePath zeroOrOnePath
"""
UNDECIDED = frozenset(_UNDECIDED.split())
KNOWN = frozenset(_KNOWN.split())


_TYPE = ox.NamedNode(vocab.RDF_TYPE)
_NOWHERE = Where()
_SHOWN = 3
# Kind: severity, message in English and Chinese.
KINDS = {
    "unmatched-shape": (
        Severity.WARNING,
        "The target of this shape matches nothing: mend the target, or take the shape out.",
        "该形状的目标没有对应任何节点：请更正目标，或删除该形状。",
    ),
    "untouched-resources": (
        Severity.INFO,
        "No shape looks at {count} of {what}: {examples}.",
        "{what} 中有 {count} 个资源未受任何形状检查：{examples}。",
    ),
    "unknown-class": (
        Severity.WARNING,
        "Nothing defines the class {what}, and nothing is one: mend its name, or load its ontology.",
        "类 {what} 未有定义，也没有实例：请更正名称，或载入其本体。",
    ),
    "unknown-shacl-term": (
        Severity.VIOLATION,
        "SHACL has no term {what}, so it checks nothing.{near}",
        "SHACL 没有术语 {what}，因此它不检查任何内容。{near}",
    ),
    "not-decided": (
        Severity.VIOLATION,
        "No engine here decides {what}: what it asks is not checked. Write it in SHACL Core or as sh:sparql.",
        "此处的引擎不处理 {what}：其要求未经检查。请改用 SHACL Core 或 sh:sparql。",
    ),
    "empty-file": (
        Severity.WARNING,
        "The file says nothing: fill it, or take it out.",
        "该文件没有任何陈述：请补充内容，或将其删除。",
    ),
    "import-not-given": (
        Severity.WARNING,
        "{what} is imported but not among the files given; imports are never fetched. Name its file.",
        "{what} 被导入但不在所给文件中；导入内容从不从网络获取。请指明其文件。",
    ),
}


def own_rules() -> dict[str, Rule]:
    """The kinds as rules."""
    return {
        kind: Rule(kind, {"en": kind.replace("-", " ")}, {"en": en, "zh": zh}, severity)
        for kind, (severity, en, zh) in KINDS.items()
    }


def _finding(
    kind: str,
    focus: str,
    where: Where = _NOWHERE,
    graphs: Iterable[str] = (),
    spots: tuple[Spot, ...] = (),
    **words: str,
) -> Finding:
    severity, *texts = KINDS[kind]
    messages = {language: text.format(**words) for language, text in zip(("en", "zh"), texts, strict=True)}
    return Finding(focus, "", "", kind, severity, messages, tuple(sorted(set(graphs))), where=where, spots=spots)


def unmatched(shapes: Shapes, iris: Iterable[str]) -> Iterator[Finding]:
    """Shapes whose targets match nothing."""
    for iri in iris:
        place = place_of(iri, shapes)
        yield _finding("unmatched-shape", iri, place.where, place.graphs)


def untouched(store: ox.Store, targets: Targets, looked_at: Nodes, subjects: Nodes) -> Iterator[Finding]:
    """What no shape looks at, by class. Blank nodes are looked at by way of what leads to them."""
    missed = {node for node in subjects - looked_at if iri_of(node)}
    classes = {iri: nodes for class_, nodes in targets.by_class.items() if (iri := iri_of(class_))} if missed else {}
    by_class: dict[str, Nodes] = {}
    for class_, nodes in sorted(classes.items()):  # what has several classes is told with the first
        if here := nodes & missed:
            by_class[class_] = here
            missed -= here
    if missed:
        by_class[vocab.RDFS_RESOURCE] = by_class.get(vocab.RDFS_RESOURCE, Nodes()) | missed
    for class_, nodes in sorted(by_class.items()):
        first, *others = (iri_of(node) for node in heapq.nsmallest(_SHOWN, nodes))
        resource = ox.NamedNode(first)
        graphs = {quad.graph_name.value for quad in store.quads_for_pattern(resource, None, None, None)
                  if isinstance(quad.graph_name, ox.NamedNode)}  # fmt: skip
        examples = ", ".join(map(names.shrink, (first, *others)))
        yield _finding("untouched-resources", class_, Where((resource,)), graphs,
                       what=names.shrink(class_), count=f"{len(nodes):,}", examples=examples)  # fmt: skip


def shapes_faults(shapes: Shapes, store: ox.Store) -> Iterator[Finding]:
    """Classes nobody defines, terms that SHACL does not have, and what no engine here decides."""
    quads = shapes.store.quads_for_pattern(None, None, None, None)
    named = (quad for quad in quads if isinstance(quad.graph_name, ox.NamedNode))
    found = [finding for quad in named for finding in _of_quad(quad, shapes, store)]
    yield from sorted(found, key=lambda finding: str(finding.where.wanted[0]))


def _of_quad(quad: ox.Quad, shapes: Shapes, store: ox.Store) -> Iterator[Finding]:
    predicate, object_ = quad.predicate.value, quad.object
    local = predicate.removeprefix(vocab.SH)
    told = object_.value if isinstance(object_, ox.NamedNode) else ""
    if predicate.startswith(vocab.SH):
        if local in UNDECIDED:
            yield _of("not-decided", predicate, quad, shapes, what=f"sh:{local}")
        elif local not in KNOWN:
            yield _of("unknown-shacl-term", predicate, quad, shapes, what=f"sh:{local}", near=_near(local))
        elif local in ("class", "targetClass") and told and not _defined(object_, shapes, store):
            yield _of("unknown-class", told, quad, shapes, what=names.shrink(told))
    if told.startswith(vocab.SH):
        term = told.removeprefix(vocab.SH)
        if term in UNDECIDED:
            yield _of("not-decided", told, quad, shapes, what=f"sh:{term}")
        elif term not in KNOWN:
            yield _of("unknown-shacl-term", told, quad, shapes, what=f"sh:{term}", near=_near(term))


def _of(kind: str, focus: str, quad: ox.Quad, shapes: Shapes, **words: str) -> Finding:
    blanks: dict[ox.BlankNode, str] = {}
    nodes = [term for term in (quad.subject, quad.object) if isinstance(term, ox.BlankNode)]
    if nodes:
        from mtsp_kg.locate import fingerprints, surroundings

        marks = fingerprints(surroundings(shapes.store, nodes))
        blanks = {node: marks[node] for node in nodes}
    graph = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
    return _finding(kind, focus, Where((quad,), blanks), (graph,), (), **words)


def _near(local: str) -> str:
    import difflib

    found = difflib.get_close_matches(local, sorted(KNOWN), n=1)
    return f" Did you mean sh:{found[0]}?" if found else ""


def _defined(class_: Term, shapes: Shapes, store: ox.Store) -> bool:
    """Whether a class is said to be one, has a superclass or subclass, or has an instance."""
    if not isinstance(class_, ox.NamedNode):
        return True
    subclass = ox.NamedNode(vocab.RDFS_SUBCLASS)
    return any(
        True
        for graph in (store, shapes.store)
        for subject, predicate, object_ in (
            (class_, _TYPE, None),
            (class_, subclass, None),
            (None, subclass, class_),
            (None, _TYPE, class_),
        )
        for _ in graph.quads_for_pattern(subject, predicate, object_, whole(graph))
    )


def empty_files(
    files: Iterable[tuple[Path, str]], store: ox.Store, name_of: Callable[[Path], str]
) -> Iterator[Finding]:
    """Files that say nothing; store: with all of them loaded."""
    files = list(files)
    alone = Counter(graph for _, graph in files)
    for path, graph in files:
        if alone[graph] == 1 and any(True for _ in store.quads_for_pattern(None, None, None, ox.NamedNode(graph))):
            continue
        if not has_triples(path):
            yield _finding("empty-file", name_of(path), spots=(Spot(name_of(path), 1),))


def imports(stores: Iterable[ox.Store], files: Iterable[tuple[Path, str]]) -> Iterator[Finding]:
    """Ontologies that are imported and not given: by their name, or by the name of their file or of its graph."""
    stores = list(stores)
    given = {graph for _, graph in files}
    stems = {path.stem for path, _ in files}
    for store in stores:
        ontology = store.quads_for_pattern(None, _TYPE, ox.NamedNode(vocab.OWL_ONTOLOGY), whole(store))
        given |= {quad.subject.value for quad in ontology if isinstance(quad.subject, ox.NamedNode)}
    for store in stores:
        for quad in sorted(store.quads_for_pattern(None, ox.NamedNode(vocab.OWL_IMPORTS), None, None), key=str):
            if isinstance(quad.graph_name, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
                named = quad.object.value
                if named not in given and named.rstrip("/#").rsplit("/", 1)[-1].split(".")[0] not in stems:
                    yield _finding("import-not-given", named, Where((quad,)), (quad.graph_name.value,), what=named)
