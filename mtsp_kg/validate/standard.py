"""A report as the triples that SHACL asks for (section 3.6): blank nodes are numbered, so the same each run.

Check queries are no shapes, and the report has no place for what they find, nor for what was not looked at. Imports
`names` and, of this room, `findings`, `forms`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from mtsp_kg import vocab
from mtsp_kg.plan import names
from mtsp_kg.validate.findings import Finding, Report, Rule, Severity
from mtsp_kg.validate.forms import View

_SEVERITIES = {
    Severity.VIOLATION: vocab.SH_VIOLATION,
    Severity.WARNING: vocab.SH_WARNING,
    Severity.INFO: vocab.SH_INFO,
}
_TYPE = ox.NamedNode(vocab.RDF_TYPE)
_OPEN = ("not-decided", "unknown-shacl-term")  # kinds of findings (see `silence`): something was not checked
_REPORT = ox.BlankNode("report")


def triples(report: Report, view: View) -> Iterator[ox.Triple]:
    """The report's triples, those of one result after the other."""
    shown = [finding for finding in view.shown(report) if finding.components]
    found = any(finding.components for finding in report.findings)
    yield ox.Triple(_REPORT, _TYPE, ox.NamedNode(vocab.SH_REPORT))
    # SHACL, section 3.6.1.1: a report conforms when there are no results, whatever their severity, and whether they
    # are shown or not. Where a shape was not looked at in full, nobody knows that it does, so it is not said.
    open_ = any(finding.shape in _OPEN for finding in report.findings)
    conforms = ox.Literal("false" if found or open_ else "true", datatype=ox.NamedNode(vocab.XSD_BOOLEAN))
    yield ox.Triple(_REPORT, ox.NamedNode(vocab.SH_CONFORMS), conforms)
    number = 0
    for finding in shown:
        for component in finding.components:
            number += 1
            node = ox.BlankNode(f"result{number}")
            yield ox.Triple(_REPORT, ox.NamedNode(vocab.SH_RESULT), node)
            yield from _result(node, finding, component, report.rules.get(finding.shape))


def _result(node: ox.BlankNode, finding: Finding, component: str, rule: Rule | None) -> Iterator[ox.Triple]:
    def say(predicate: str, value: ox.NamedNode | ox.BlankNode | ox.Literal) -> ox.Triple:
        return ox.Triple(node, ox.NamedNode(predicate), value)

    yield say(vocab.RDF_TYPE, ox.NamedNode(vocab.SH_VALIDATION_RESULT))
    yield say(vocab.SH_FOCUS_NODE, term(finding.focus))
    if rule and rule.path:
        yield from _path(node, rule.path)
    elif expanded := names.expand(finding.path):
        yield say(vocab.SH_RESULT_PATH, ox.NamedNode(expanded))
    if finding.value:
        yield say(vocab.SH_VALUE, term(finding.value))
    elif not finding.path:
        yield say(vocab.SH_VALUE, term(finding.focus))
    yield say(vocab.SH_RESULT_SEVERITY, ox.NamedNode(_SEVERITIES[finding.severity]))
    yield say(vocab.SH_COMPONENT, ox.NamedNode(component))
    yield say(vocab.SH_SOURCE_SHAPE, ox.NamedNode(finding.shape))
    for language, message in sorted(finding.messages.items()):
        yield say(vocab.SH_RESULT_MESSAGE, ox.Literal(message, language=language) if language else ox.Literal(message))


def _path(node: ox.BlankNode, path: tuple[ox.Triple, ...]) -> Iterator[ox.Triple]:
    """A copy of a shape's path, with blank nodes of this result."""
    known: dict[ox.BlankNode, ox.BlankNode] = {}

    def own(found: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> ox.NamedNode | ox.BlankNode:
        if isinstance(found, ox.BlankNode):
            return known.setdefault(found, ox.BlankNode(f"{node.value}path{len(known)}"))
        assert isinstance(found, ox.NamedNode)
        return found

    yield ox.Triple(node, ox.NamedNode(vocab.SH_RESULT_PATH), own(path[0].object))
    for triple in path[1:]:
        yield ox.Triple(own(triple.subject), triple.predicate, own(triple.object))


def term(told: str) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """A term as findings tell it: an IRI as it is or in angle brackets, `_:label`, or a literal of N-Triples."""
    if told.startswith("_:"):
        return ox.BlankNode(told[2:])
    if told.startswith('"'):
        quad = next(iter(ox.parse(f"<a:s> <a:p> {told} .", format=ox.RdfFormat.N_TRIPLES)))
        assert isinstance(quad.object, ox.Literal)
        return quad.object
    return ox.NamedNode(told.strip("<>"))
