"""Runs a validation: shapes and checks on a project's graph, or shapes on given files."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

import pyoxigraph as ox

from mtsp_kg.errors import DataError
from mtsp_kg.load import parse_file
from mtsp_kg.process_exit import keep_until_exit
from mtsp_kg.project import Project
from mtsp_kg.store import Store
from mtsp_kg.validate import coverage_checks
from mtsp_kg.validate.engines import ENGINES, choose_engine, read_report
from mtsp_kg.validate.findings import Finding, Severity, in_order
from mtsp_kg.validate.inputs import (
    FileArguments,
    Inputs,
    SourceFile,
    as_paths,
    background,
    rdf_files,
    source_files,
    start_loading,
)
from mtsp_kg.validate.merged_data import UnmergedStore, merged_ntriples
from mtsp_kg.validate.options import ValidationOptions
from mtsp_kg.validate.report import Report, ReportRule
from mtsp_kg.validate.shape_checks import check_shapes
from mtsp_kg.validate.shapes import Shapes, read_shapes
from mtsp_kg.validate.targets import Nodes, Targets, subjects


def validate(
    project: Project,
    files: FileArguments = (),
    options: ValidationOptions | None = None,
    *,
    inputs: Inputs | None = None,
    store: Store | None = None,
) -> Report:
    """Validates a project's graph, or files and folders.

    inputs: the result of `start_loading` for the same arguments, if loading has already started; store: a store that
    holds the graph instead of the project's files. Raises DataError, NotFoundError, QueryError, RemoteError,
    MissingExtraError.
    """
    options = options or ValidationOptions()
    report = run(project, files, options, inputs=inputs, store=store)
    if options.changed_since:
        from mtsp_kg.validate.known_findings import new_since

        report = new_since(report, project, files, options, options.changed_since)
    if options.baseline:
        from mtsp_kg.validate.known_findings import read_baseline, without_known, write_baseline

        baseline = Path(options.baseline)
        if options.update_baseline:
            write_baseline(report.findings, baseline)
        report = without_known(report, read_baseline(baseline))
    return report


def run(
    project: Project,
    files: FileArguments,
    options: ValidationOptions,
    *,
    inputs: Inputs | None = None,
    store: Store | None = None,
) -> Report:
    """The report with all findings, known ones included; otherwise like `validate`."""
    if inputs is None:
        inputs = start_loading(
            project, files, options.ontology, own_shapes=bool(as_paths(options.shapes)), load=store is None
        )
    if as_paths(files):
        return _validate_files(project, inputs, options)
    return _validate_graph(project, inputs, options, store)


def read_project_shapes(project: Project, shapes: FileArguments = ()) -> Shapes:
    """The shapes in files and folders, by default those of the project. Raises DataError."""
    named = as_paths(shapes)
    files = rdf_files(named) if named else project.shape_files()
    read = read_shapes(source_files(project, files), project.profile)
    if not read.by_iri:
        file = named[0] if named else project.root / "shapes"
        raise DataError("No shapes were found.", file=file, remedy="Give files of SHACL shapes with --shapes.")
    check_shapes(read)
    return read


def _validate_graph(
    project: Project, inputs: Inputs, options: ValidationOptions, remote: Store | None = None
) -> Report:
    """remote: the store that holds the graph instead of the project's files, and runs the check queries."""
    from mtsp_kg.validate.check_queries import CHECKS, run_checks
    from mtsp_kg.validate.waivers import FILE, read_waivers, waive

    engine = choose_engine(options.engine)
    reading = background(lambda: read_project_shapes(project, options.shapes))
    ready = background(lambda: ENGINES[engine](reading().ntriples))
    store = inputs.store() if remote is None else remote.snapshot()
    queried = UnmergedStore(store) if remote is None else remote
    checking = background(lambda: run_checks(project, queried) if options.checks else ([], {}))
    shapes = reading()
    running = background(lambda: read_report(ready()(merged_ntriples(store)), shapes, store))
    targets = Targets(store)
    described = subjects(store, without={file.graph for file in inputs.around})
    matched, unmatched = targets.of_all(shapes.targeted())
    found = list(coverage_checks.unmatched_shapes(shapes, unmatched))
    found += coverage_checks.untouched_resources(store, targets, matched, described, project.profile)
    # The files of a remote graph are only searched for positions: they need not have its triples, nor be valid.
    files = inputs.files if remote is None else tuple(file for file in inputs.files if _parses(file.path))
    found += _file_findings(shapes, store, files)
    path = Path(options.waivers) if options.waivers else project.root / "queries" / CHECKS / FILE
    waivers = read_waivers(path)  # while the engine runs, as to import YAML takes time
    check_findings, rules = checking()
    found += [*check_findings, *running()]
    complete = options.checks and not as_paths(options.shapes)
    kept, waived = waive(found, waivers, path, project, complete=complete)
    keep_until_exit(store)
    return _report(project, options, kept, engine, shapes, len(matched), (), rules, waived, (*files, *shapes.files))


def _validate_files(project: Project, inputs: Inputs, options: ValidationOptions) -> Report:
    own_shapes = bool(as_paths(options.shapes))
    engine = choose_engine(options.engine)
    around = {file.graph for file in inputs.around} - {file.graph for file in inputs.data}
    reading = background(lambda: read_project_shapes(project, options.shapes))
    ready = background(lambda: ENGINES[engine](reading().ntriples))

    def results() -> list[Finding]:
        ntriples, engine_run = inputs.ntriples(), ready()
        raw = engine_run(merged_ntriples(inputs.store()) if ntriples is None else ntriples)
        store, shapes = inputs.store(), reading()
        found = read_report(raw, shapes, store)
        nodes = (node for finding in found for node in (finding.focus, finding.value))
        if ntriples is not None and any(node.startswith("_:") for node in nodes):
            # Once more with the store's labels of blank nodes, in place of those of the file.
            found = read_report(engine_run(merged_ntriples(store)), shapes, store)
        return found

    running = background(results)
    background(lambda: import_module("mtsp_kg.validate.position_search"))  # there is time for it while data is loaded
    store = inputs.store()
    shapes = reading()
    # The other findings, while the engine runs.
    targets = Targets(store)
    matching = background(lambda: targets.of_all(shapes.targeted()))
    described = subjects(store, without=around)
    beside = subjects(store) - described if around else Nodes()
    matched, unmatched = matching()
    found = _file_findings(shapes, store, inputs.data, shapes.files if own_shapes else ())
    if own_shapes:
        found += coverage_checks.unmatched_shapes(shapes, unmatched)
        found += coverage_checks.untouched_resources(store, targets, matched, described, project.profile)
        found += [finding for finding in running() if not _is_about(finding, beside)]
        nodes, unmatched = len(matched - beside), []
    else:  # the project's shapes look at a whole project; of some files of it, only at what these describe
        unmatched = [shape.iri for shape in shapes.targeted() if not targets.of(shape) & described]
        found += [finding for finding in running() if finding.focus.startswith("_:") or _is_about(finding, described)]
        nodes = len(matched & described)
    waived = 0
    if options.waivers:
        from mtsp_kg.validate.waivers import read_waivers, waive

        path = Path(options.waivers)
        found, waived = waive(found, read_waivers(path), path, project)
    keep_until_exit(store)
    sources = (*inputs.files, *shapes.files)
    return _report(project, options, found, engine, shapes, nodes, tuple(unmatched), {}, waived, sources)


def _parses(path: Path) -> bool:
    try:
        for _ in parse_file(path):
            pass
    except DataError:
        return False
    return True


def _is_about(finding: Finding, nodes: Nodes) -> bool:
    return f"<{finding.focus}>".encode() in nodes


def _file_findings(
    shapes: Shapes, store: ox.Store, data: Iterable[SourceFile], own_shapes: Iterable[SourceFile] = ()
) -> list[Finding]:
    """Findings about terms of the shapes, empty files and missing imports; own_shapes: include the shapes' imports."""
    data = tuple(data)
    found = list(coverage_checks.unchecked_terms(shapes, store))
    found += coverage_checks.empty_files(data, store)
    stores = [store, shapes.store] if own_shapes else [store]
    found += coverage_checks.missing_imports(stores, (*data, *shapes.files))
    return found


def _report(
    project: Project,
    options: ValidationOptions,
    findings: list[Finding],
    engine: str,
    shapes: Shapes,
    nodes: int,
    unmatched: tuple[str, ...],
    checks: dict[str, ReportRule],
    waived: int,
    sources: tuple[SourceFile, ...],
) -> Report:
    rules = {**coverage_checks.kind_rules(), **checks}
    found = {finding.shape for finding in findings}
    rules |= {shape: shapes.rule(shape) for shape in sorted(found & shapes.by_iri.keys())}
    return Report(
        findings=tuple(in_order(findings)),
        profile=project.profile,
        engine=engine,
        shapes=len(shapes.by_iri),
        nodes=nodes,
        unmatched=unmatched,
        checks=len(checks),
        waived=waived,
        rules=rules,
        fail_on=Severity(options.fail_on),
        sources=sources,
    )
