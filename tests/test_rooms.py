"""The house of the package: a room imports only rooms to its left, and modules stay short."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "mtsp_kg"
# The engine serves any project with RDF in git; the plan half knows documents, statements, outcomes and pages.
ENGINE = (
    "errors", "vocab", "profile", "formats", "layout", "output", "process_exit", "project", "parser_limits", "sparql",
    "load", "cache", "store", "locate", "infer", "query", "remote", "validate", "publish", "serve",
)  # fmt: skip
ROOMS = (*ENGINE, "plan", "graph", "remote_graph", "cli")
# Engine modules that still import the plan half. Nothing is added here.
NOT_YET = {
    "infer/axioms.py",
    "infer/closure.py",
    "infer/dl_profile.py",
    "infer/explain.py",
    "infer/hermit.py",
    "infer/inferred_graphs.py",
    "infer/ontology_check.py",
    "infer/ontology_index.py",
    "infer/provenance.py",
    "infer/reasoner.py",
    "infer/render.py",
    "infer/wording.py",
    "publish/dataset_description.py",
    "publish/folder.py",
    "publish/paths.py",
    "publish/rdf_forms.py",
    "publish/server_configs.py",
    "publish/site_check.py",
    "publish/triple_index.py",
    "publish/words.py",
    "query/answer.py",
    "query/catalogue.py",
    "query/entities.py",
    "query/execute.py",
    "serve/protocol.py",
    "serve/rebase.py",
    "serve/worker.py",
    "validate/coverage_checks.py",
    "validate/engines.py",
    "validate/forms/github.py",
    "validate/forms/html.py",
    "validate/forms/junit.py",
    "validate/forms/text.py",
    "validate/forms/ttl.py",
    "validate/report_words.py",
    "validate/shape_checks.py",
    "validate/shape_listing.py",
    "validate/shapes.py",
    "validate/standard.py",
    "validate/waivers.py",
}
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "data" not in path.parts)
HEAVY = {"rdflib", "pyshacl", "owlready2", "networkx", "pandas", "starlette", "uvicorn", "yaml", "httpx"}


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_rooms(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("mtsp_kg."):
            found.add(node.module.split(".")[1])
        elif isinstance(node, ast.ImportFrom) and node.module == "mtsp_kg":
            found |= {name.name for name in node.names if name.name in ROOMS}
        elif isinstance(node, ast.Import):
            found |= {name.name.split(".")[1] for name in node.names if name.name.startswith("mtsp_kg.")}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_rooms_to_its_left(path: Path) -> None:
    room = room_of(path)
    if room.startswith("__"):
        return
    assert room in ROOMS, f"{path.name} is in no known room"
    for other in imported_rooms(ast.parse(path.read_text(encoding="utf-8"))):
        if other == "plan" and str(path.relative_to(PACKAGE)) in NOT_YET:
            continue
        assert ROOMS.index(other) <= ROOMS.index(room), f"{room} must not import {other}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_has_at_most_400_lines_and_says_what_lives_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    assert ast.get_docstring(ast.parse(text)), "the module has no docstring"
    assert path.stem not in {"utils", "helpers", "common"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_iris_are_written_in_few_modules_and_sparql_in_none(path: Path) -> None:
    may_hold_iris = str(path.relative_to(PACKAGE)) in ("vocab.py", "plan/names.py")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            assert may_hold_iris or "w3id.org/mtsp-kg" not in node.value
            assert may_hold_iris or "www.w3.org/ns" not in node.value
            assert not any(word in node.value for word in ("SELECT ?", "CONSTRUCT {", "WHERE {", "INSERT {"))


def test_importing_the_command_line_imports_nothing_heavy() -> None:
    import subprocess
    import sys

    script = "import sys, mtsp_kg.cli; print(' '.join(sorted({name.split('.')[0] for name in sys.modules})))"
    loaded = set(
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    )
    assert not loaded & (HEAVY | {"pyoxigraph"})
