"""One validation from beginning to end: shapes and checks over a project's graph, or shapes over files of one's own.

Imports `errors`, `formats`, `load`, `project`, `store` and the modules of this room.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from importlib import import_module
from pathlib import Path

import pyoxigraph as ox

from mtsp_kg.errors import DataError, NotFoundError
from mtsp_kg.formats import format_of_file
from mtsp_kg.load import load_files, load_project
from mtsp_kg.project import Project
from mtsp_kg.store import EmbeddedStore
from mtsp_kg.validate import silence
from mtsp_kg.validate.aside import aside
from mtsp_kg.validate.engine import ENGINES, choose
from mtsp_kg.validate.findings import Finding, Report, Rule, Severity, in_order
from mtsp_kg.validate.merged import as_ntriples, united
from mtsp_kg.validate.reading import read_report
from mtsp_kg.validate.rules import rule_of
from mtsp_kg.validate.shapes import Shapes, Term, read_shapes
from mtsp_kg.validate.targets import Targets
from mtsp_kg.validate.wellformed import check_shapes

Sources = list[tuple[Path, str]]


def validate_graph(
    project: Project,
    plan: str | None = None,
    *,
    shapes: Iterable[str | Path] = (),
    engine: str | None = None,
    checks: bool = True,
    waivers: str | Path | None = None,
    today: date | None = None,
    elsewhere: EmbeddedStore | None = None,
) -> Report:
    """The report on a project's graph.

    shapes: files and folders of shapes in place of the project's; engine: one of `engine.ENGINES`, the fastest
    installed where none is named; checks: whether to run the check queries, too; waivers: a file of waivers in place of
    the project's; today: the day that waivers are held against; elsewhere: a store that holds the graph in place of the
    project's files, where check queries are asked. Raises DataError, NotFoundError, QueryError, MissingExtraError.
    """
    from mtsp_kg.validate.checks import KIND, run_checks
    from mtsp_kg.validate.waivers import FILE, waive

    shapes = list(shapes)
    name = choose(engine)
    reading = aside(lambda: read_project_shapes(project, shapes))
    # Only the check queries ask for the merge.
    asked = elsewhere or EmbeddedStore(load_project(project, merged=checks))
    store = asked.oxigraph
    read = reading()
    raw = aside(lambda: ENGINES[name](united(store), read.ntriples))
    checking = aside(lambda: run_checks(project, asked, plan) if checks else ([], {}))
    data, ontology = _with_graphs(project, project.graph_files()), _with_graphs(project, project.ontology_files())
    subjects = _subjects(store, {ox.NamedNode(graph) for _, graph in ontology})
    matched, idle = _matched(read, Targets(store))
    found = list(silence.unmatched(read, idle))
    found += silence.untouched(store, matched, subjects)
    found += _silent(project, read, store, [*data, *ontology])
    more, rules = checking()
    found += [*more, *read_report(raw(), read, store)]
    file = Path(waivers) if waivers else project.root / "queries" / KIND / FILE
    kept, waived = waive(found, file, project.relative(file), today or date.today(), plan, checks and not shapes)
    sources = (*data, *ontology, *read.files)
    return _report(kept, name, read, len(matched), (), rules, waived, sources)


def validate_files(
    project: Project,
    files: Sequence[str | Path],
    *,
    shapes: Iterable[str | Path] = (),
    ontology: Iterable[str | Path] = (),
    engine: str | None = None,
    waivers: str | Path | None = None,
    today: date | None = None,
) -> Report:
    """The report on files and folders, with an ontology for their classes, and on nothing else.

    ontology: files and folders in place of the project's, which goes with the project's shapes. Raises as
    `validate_graph` does.
    """
    shapes = list(shapes)
    name = choose(engine)
    given = _with_graphs(project, rdf_files(files))
    classes = list(ontology)
    around = _with_graphs(project, rdf_files(classes) if classes else [] if shapes else project.ontology_files())
    graphs = {ox.NamedNode(graph) for _, graph in around} - {ox.NamedNode(graph) for _, graph in given}
    reading = aside(lambda: read_project_shapes(project, shapes))
    aside(lambda: import_module("mtsp_kg.validate.places"))  # there is time for it while data is loaded
    written = as_ntriples([*around, *given])
    early = aside(lambda: ENGINES[name](written, reading().ntriples)) if written is not None else None
    store = load_files([*around, *given], merged=False)
    read = reading()
    raw = early or aside(lambda: ENGINES[name](united(store), read.ntriples))
    subjects = _subjects(store, graphs)
    beside = _subjects(store, set()) - subjects if graphs else set()

    def results() -> list[Finding]:
        told = read_report(raw(), read, store)
        if early and any(finding.focus.startswith("_:") or finding.value.startswith("_:") for finding in told):
            told = read_report(ENGINES[name](united(store), read.ntriples), read, store)  # with the store's blank nodes
        return told

    # What else is to be found, while the engine runs.
    targets = Targets(store)
    matched, idle = _matched(read, targets)
    found = _silent(project, read, store, given, read.files if shapes else ())
    if shapes:
        found += silence.unmatched(read, idle)
        found += silence.untouched(store, matched, subjects)
        found += _about(results(), beside, without=True)
        nodes, idle = len(matched - beside), []
    else:  # the project's shapes look at a whole project; of some files of it, only at what these speak of
        idle = [shape.iri for shape in read.targeted() if not targets.of(shape) & subjects]
        found += _about(results(), subjects, without=False)
        nodes = len(matched & subjects)
    waived = 0
    if waivers:
        from mtsp_kg.validate.waivers import waive

        file = Path(waivers)
        found, waived = waive(found, file, project.relative(file), today or date.today())
    return _report(found, name, read, nodes, tuple(idle), {}, waived, (*given, *around, *read.files))


def rdf_files(paths: Iterable[str | Path]) -> list[Path]:
    """The files named, and the files of RDF in the folders named. Raises DataError for what is neither."""
    found: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            inside = sorted(file for file in path.rglob("*") if file.is_file() and is_rdf(file))
            if not inside:
                raise DataError("There is no file of RDF in this folder.", file=path, remedy="Use .ttl or .trig files.")
            found += inside
        elif not path.is_file():
            raise DataError("There is no such file.", file=path, remedy="Check its name.")
        elif not is_rdf(path):
            raise DataError("The suffix tells no format of RDF.", file=path, remedy="Use .ttl, .trig, .nt or .nq.")
        else:
            found.append(path)
    return found


def read_project_shapes(project: Project, shapes: Iterable[str | Path] = ()) -> Shapes:
    """The shapes in some files and folders; the project's where none are named. Raises DataError."""
    named = list(shapes)
    files = rdf_files(named) if named else project.shape_files()
    read = read_shapes((path, project.graph_of(path)) for path in files)
    if not read.by_iri:
        where = named[0] if named else project.root / "shapes"
        raise DataError("There is no shape here.", file=where, remedy="Name files of SHACL shapes with --shapes.")
    check_shapes(read, project.relative)
    return read


def is_rdf(path: Path) -> bool:
    """Whether a file's suffix tells a format of RDF."""
    try:
        return bool(format_of_file(path))
    except NotFoundError:
        return False


def _with_graphs(project: Project, files: Iterable[Path]) -> Sources:
    return [(path, project.graph_of(path)) for path in files]


def _subjects(store: ox.Store, without: set[ox.NamedNode]) -> set[Term]:
    """What the named graphs speak of, but for some graphs."""
    found: set[Term] = set()
    for graph in store.named_graphs():
        if graph not in without:
            found |= {quad.subject for quad in store.quads_for_pattern(None, None, None, graph)}
    return found


def _matched(shapes: Shapes, targets: Targets) -> tuple[set[Term], list[str]]:
    """The nodes that shapes look at, and the shapes that look at none."""
    matched: set[Term] = set()
    idle = []
    for shape in shapes.targeted():
        nodes = targets.of(shape)
        matched |= nodes
        if not nodes:
            idle.append(shape.iri)
    return matched, idle


def _about(findings: Iterable[Finding], nodes: set[Term], *, without: bool) -> list[Finding]:
    told = {node.value if isinstance(node, ox.NamedNode) else str(node) for node in nodes}
    return [finding for finding in findings if finding.focus.startswith("_:") or (finding.focus in told) is not without]


def _silent(
    project: Project, shapes: Shapes, store: ox.Store, data: Sources, own: Iterable[tuple[Path, str]] = ()
) -> list[Finding]:
    found = list(silence.shapes_faults(shapes, store))
    found += silence.empty_files(data, project.relative)
    found += silence.imports([store, shapes.store] if own else [store], [*data, *shapes.files])
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
    rules = {**silence.own_rules(), **checks}
    rules |= {finding.shape: rule_of(finding.shape, shapes) for finding in findings if finding.shape in shapes.by_iri}
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
