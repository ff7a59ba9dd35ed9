"""One validation from beginning to end: shapes and checks over a project's graph, or shapes over files of one's own.

Imports `ending`, `errors`, `load`, `project`, `store` and the modules of this room.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from importlib import import_module
from pathlib import Path

import pyoxigraph as ox

from mtsp_kg.errors import DataError
from mtsp_kg.load import parse_file
from mtsp_kg.process_exit import keep_until_exit
from mtsp_kg.project import Project
from mtsp_kg.store import Store
from mtsp_kg.validate import coverage_checks
from mtsp_kg.validate.engines import ENGINES, choose, read_report
from mtsp_kg.validate.findings import Finding, Report, Rule, Severity, in_order
from mtsp_kg.validate.inputs import Inputs, Sources, UnmergedStore, aside, rdf_files, united, with_graphs
from mtsp_kg.validate.shape_checks import check_shapes
from mtsp_kg.validate.shapes import Shapes, read_shapes, rule_of
from mtsp_kg.validate.targets import Nodes, Targets, subjects


def validate_graph(
    project: Project,
    inputs: Inputs,
    plan: str | None = None,
    *,
    shapes: Iterable[str | Path] = (),
    engine: str | None = None,
    checks: bool = True,
    waivers: str | Path | None = None,
    today: date | None = None,
    elsewhere: Store | None = None,
) -> Report:
    """The report on a project's graph.

    inputs: its files, whose loading has begun; shapes: files and folders of shapes in place of the project's; engine:
    one of `engine.ENGINES`, the fastest installed where none is named; checks: whether to run the check queries, too;
    waivers: a file of waivers in place of the project's; today: the day that waivers are held against; elsewhere: a
    store that holds the graph in place of the project's files, where check queries are asked. Raises DataError,
    NotFoundError, QueryError, MissingExtraError.
    """
    from mtsp_kg.validate.check_queries import CHECKS, run_checks
    from mtsp_kg.validate.waivers import FILE, read_waivers, waive

    shapes = list(shapes)
    name = choose(engine)
    reading = aside(lambda: read_project_shapes(project, shapes))
    ready = aside(lambda: ENGINES[name](reading().ntriples))
    store = inputs.store() if elsewhere is None else elsewhere.snapshot()
    asked = UnmergedStore(store) if elsewhere is None else elsewhere
    checking = aside(lambda: run_checks(project, asked, plan) if checks else ([], {}))
    read = reading()
    running = aside(lambda: read_report(ready()(united(store)), read, store))
    spoken_of = subjects(store, without={graph for _, graph in inputs.around})
    targets = Targets(store)
    matched, idle = targets.of_all(read.targeted())
    found = list(coverage_checks.unmatched(read, idle))
    found += coverage_checks.untouched(store, targets, matched, spoken_of)
    files = [*inputs.given, *inputs.around]
    if elsewhere:  # in which files stand what they say; they need not be what is there, nor in order
        files = [(path, graph) for path, graph in files if _parses(path)]
    found += _silent(project, read, store, files)
    file = Path(waivers) if waivers else project.root / "queries" / CHECKS / FILE
    known = read_waivers(file)  # while others work, as importing YAML takes time
    more, rules = checking()
    found += [*more, *running()]
    kept, waived = waive(found, known, file, project.relative(file), today or date.today(), plan, checks and not shapes)
    keep_until_exit(store)
    return _report(kept, name, read, len(matched), (), rules, waived, (*files, *read.files))


def validate_files(
    project: Project,
    inputs: Inputs,
    *,
    shapes: Iterable[str | Path] = (),
    engine: str | None = None,
    waivers: str | Path | None = None,
    today: date | None = None,
) -> Report:
    """The report on files, with an ontology for their classes, and on nothing else; raises as `validate_graph` does."""
    shapes = list(shapes)
    name = choose(engine)
    given, around = inputs.given, inputs.around
    graphs = {graph for _, graph in around} - {graph for _, graph in given}
    reading = aside(lambda: read_project_shapes(project, shapes))
    ready = aside(lambda: ENGINES[name](reading().ntriples))

    def results() -> list[Finding]:
        lines, run = inputs.lines(), ready()
        raw = run(united(inputs.store()) if lines is None else lines)
        store, read = inputs.store(), reading()
        told = read_report(raw, read, store)
        nodes = (node for finding in told for node in (finding.focus, finding.value))
        if lines is not None and any(node.startswith("_:") for node in nodes):
            told = read_report(run(united(store)), read, store)  # with the store's blank nodes in place of the file's
        return told

    running = aside(results)
    aside(lambda: import_module("mtsp_kg.validate.placing"))  # there is time for it while data is loaded
    store = inputs.store()
    read = reading()
    # What else is to be found, while the engine runs.
    targets = Targets(store)
    matching = aside(lambda: targets.of_all(read.targeted()))
    spoken_of = subjects(store, without=graphs)
    beside = subjects(store) - spoken_of if graphs else Nodes()
    matched, idle = matching()
    found = _silent(project, read, store, given, read.files if shapes else ())
    if shapes:
        found += coverage_checks.unmatched(read, idle)
        found += coverage_checks.untouched(store, targets, matched, spoken_of)
        found += _about(running(), beside, without=True)
        nodes, idle = len(matched - beside), []
    else:  # the project's shapes look at a whole project; of some files of it, only at what these speak of
        idle = [shape.iri for shape in read.targeted() if not targets.of(shape) & spoken_of]
        found += _about(running(), spoken_of, without=False)
        nodes = len(matched & spoken_of)
    waived = 0
    if waivers:
        from mtsp_kg.validate.waivers import read_waivers, waive

        file = Path(waivers)
        found, waived = waive(found, read_waivers(file), file, project.relative(file), today or date.today())
    keep_until_exit(store)
    return _report(found, name, read, nodes, tuple(idle), {}, waived, (*given, *around, *read.files))


def read_project_shapes(project: Project, shapes: Iterable[str | Path] = ()) -> Shapes:
    """The shapes in some files and folders; the project's where none are named. Raises DataError."""
    named = list(shapes)
    files = rdf_files(named) if named else project.shape_files()
    read = read_shapes(with_graphs(project, files))
    if not read.by_iri:
        where = named[0] if named else project.root / "shapes"
        raise DataError("There is no shape here.", file=where, remedy="Name files of SHACL shapes with --shapes.")
    check_shapes(read, project.relative)
    return read


def _parses(path: Path) -> bool:
    try:
        for _ in parse_file(path):
            pass
    except DataError:
        return False
    return True


def _about(findings: Iterable[Finding], nodes: Nodes, *, without: bool) -> list[Finding]:
    return [
        finding
        for finding in findings
        if finding.focus.startswith("_:") or (f"<{finding.focus}>".encode() in nodes) is not without
    ]


def _silent(
    project: Project, shapes: Shapes, store: ox.Store, data: Sources, own: Iterable[tuple[Path, str]] = ()
) -> list[Finding]:
    found = list(coverage_checks.shapes_faults(shapes, store))
    found += coverage_checks.empty_files(data, store, project.relative)
    found += coverage_checks.imports([store, shapes.store] if own else [store], [*data, *shapes.files])
    return found


def _report(
    findings: list[Finding],
    engine: str,
    shapes: Shapes,
    nodes: int,
    idle: tuple[str, ...],
    checks: dict[str, Rule],
    waived: int,
    sources: tuple[tuple[Path, str], ...],
) -> Report:
    rules = {**coverage_checks.own_rules(), **checks}
    found = {finding.shape for finding in findings}
    rules |= {shape: rule_of(shape, shapes) for shape in sorted(found & shapes.by_iri.keys())}
    return Report(
        findings=tuple(in_order(findings)),
        engine=engine,
        shapes=len(shapes.by_iri),
        nodes=nodes,
        unmatched=idle,
        checks=len(checks),
        waived=waived,
        rules=rules,
        fail_on=Severity.VIOLATION,
        sources=sources,
    )
