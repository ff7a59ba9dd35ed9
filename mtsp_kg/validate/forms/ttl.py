"""The report that SHACL defines (section 3.6), in Turtle.

This format has no means to express findings of check queries, or findings about the validation itself.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.validate.coverage_checks import NOT_CHECKED
from mtsp_kg.validate.findings import Finding, Severity
from mtsp_kg.validate.report_view import ReportView

_SEVERITIES = {
    Severity.VIOLATION: vocab.SH_VIOLATION,
    Severity.WARNING: vocab.SH_WARNING,
    Severity.INFO: vocab.SH_INFO,
}
_TYPE = ox.NamedNode(vocab.RDF_TYPE)
_REPORT = ox.BlankNode("report")


def write(view: ReportView) -> str:
    """A sh:ValidationReport with a sh:ValidationResult for each result of the shapes."""
    profile = view.report.profile
    prefixes = {"sh": vocab.SH, "shapes": profile.shapes}
    prefixes |= {prefix: name for prefix, name in profile.prefixes.items() if name == profile.ontology}
    return (ox.serialize(report_triples(view), format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b"").decode()


def report_triples(view: ReportView) -> Iterator[ox.Triple]:
    """The report's triples, result by result; blank nodes are numbered, so that each run gives the same labels."""
    findings = view.report.findings
    # SHACL, section 3.6.1.1: a report conforms when there are no results, whatever their severity, and whether they are
    # shown or not. Where a shape was not checked in full, it is unknown whether the data conform, so it is false.
    conforms = not any(finding.components or finding.shape in NOT_CHECKED for finding in findings)
    value = ox.Literal("true" if conforms else "false", datatype=ox.NamedNode(vocab.XSD_BOOLEAN))
    yield ox.Triple(_REPORT, _TYPE, ox.NamedNode(vocab.SH_REPORT))
    yield ox.Triple(_REPORT, ox.NamedNode(vocab.SH_CONFORMS), value)
    results = ((finding, component) for finding in view.findings for component in finding.components)
    for number, (finding, component) in enumerate(results, start=1):
        node = ox.BlankNode(f"result{number}")
        yield ox.Triple(_REPORT, ox.NamedNode(vocab.SH_RESULT), node)
        yield from _result(node, finding, component, view)


def _result(node: ox.BlankNode, finding: Finding, component: str, view: ReportView) -> Iterator[ox.Triple]:
    def triple(predicate: str, value: ox.NamedNode | ox.BlankNode | ox.Literal) -> ox.Triple:
        return ox.Triple(node, ox.NamedNode(predicate), value)

    rule = view.report.rules.get(finding.shape)
    yield triple(vocab.RDF_TYPE, ox.NamedNode(vocab.SH_VALIDATION_RESULT))
    yield triple(vocab.SH_FOCUS_NODE, _term(finding.focus))
    if rule and rule.path:
        yield from _path(node, rule.path)
    elif expanded := view.report.profile.expand(finding.path):
        yield triple(vocab.SH_RESULT_PATH, ox.NamedNode(expanded))
    if finding.value:
        yield triple(vocab.SH_VALUE, _term(finding.value))
    elif not finding.path:
        yield triple(vocab.SH_VALUE, _term(finding.focus))
    yield triple(vocab.SH_RESULT_SEVERITY, ox.NamedNode(_SEVERITIES[finding.severity]))
    yield triple(vocab.SH_COMPONENT, ox.NamedNode(component))
    yield triple(vocab.SH_SOURCE_SHAPE, ox.NamedNode(finding.shape))
    for language, text in sorted(finding.messages.items()):
        message = ox.Literal(text, language=language) if language else ox.Literal(text)
        yield triple(vocab.SH_RESULT_MESSAGE, message)


def _path(node: ox.BlankNode, path: tuple[ox.Triple, ...]) -> Iterator[ox.Triple]:
    """A copy of a shape's path, whose blank nodes belong to this result alone."""
    known: dict[ox.BlankNode, ox.BlankNode] = {}

    def copied(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> ox.NamedNode | ox.BlankNode:
        if isinstance(term, ox.BlankNode):
            return known.setdefault(term, ox.BlankNode(f"{node.value}path{len(known)}"))
        assert isinstance(term, ox.NamedNode)
        return term

    yield ox.Triple(node, ox.NamedNode(vocab.SH_RESULT_PATH), copied(path[0].object))
    for triple in path[1:]:
        yield ox.Triple(copied(triple.subject), triple.predicate, copied(triple.object))


def _term(text: str) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """A term of a finding: an IRI with or without angle brackets, `_:label`, or an N-Triples literal."""
    if text.startswith("_:"):
        return ox.BlankNode(text[2:])
    if text.startswith('"'):
        quad = next(iter(ox.parse(f"<a:s> <a:p> {text} .", format=ox.RdfFormat.N_TRIPLES)))
        assert isinstance(quad.object, ox.Literal)
        return quad.object
    return ox.NamedNode(text.strip("<>"))
