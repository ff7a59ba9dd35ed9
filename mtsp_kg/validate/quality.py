"""The ontology as a piece of work: whether its header is complete, its terms are used, and known pitfalls are avoided.

The checks are the queries in `queries/ontology/`, in the form of check queries: any row is a finding, unless
`queries/ontology/waivers.yaml` accepts it. They read the ontology with the graph that uses it. Imports `project`,
`store` and, of this room, `checks`, `deliver`, `findings`, `forms`, `waivers` and `words`.
"""

from __future__ import annotations

from datetime import date

from mtsp_kg.project import Project
from mtsp_kg.store import EmbeddedStore
from mtsp_kg.validate.checks import run_checks
from mtsp_kg.validate.deliver import Order, deliver
from mtsp_kg.validate.findings import Report, Severity, in_order
from mtsp_kg.validate.forms import View
from mtsp_kg.validate.waivers import FILE, read_waivers, waive
from mtsp_kg.validate.words import LANGUAGES

KIND = "ontology"


def check_quality(project: Project, store: EmbeddedStore, plan: str | None, today: date | None = None) -> Report:
    """The report on a project's ontology; any warning makes it fail.

    today: the day that waivers are held against. Raises QueryError, DataError.
    """
    found, rules = run_checks(project, store, plan, KIND)
    file = project.root / "queries" / KIND / FILE
    kept, waived = waive(found, read_waivers(file), file, project.relative(file), today or date.today(), plan)
    return Report(
        findings=tuple(in_order(kept)),
        engine="",
        shapes=0,
        nodes=0,
        unmatched=(),
        checks=len(rules),
        waived=waived,
        rules=rules,
        fail_on=Severity.WARNING,
        sources=tuple((path, project.graph_of(path)) for path in (*project.ontology_files(), *project.graph_files())),
    )


def tell_quality(report: Report, project: Project, plan: str | None, form: str = "text", language: str = "en") -> str:
    """What `check_quality` found, with files and lines; form: as of `mtsp validate`. Raises ParameterError."""
    view = View(language if language in LANGUAGES else "en", plan)
    return deliver(report, Order.of(form), view, project.relative)
