"""The structure of the package: which room imports which, what functions import, and what modules are named."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "mtsp_kg"
TABLE = tomllib.loads((PACKAGE.parent / "docs" / "rooms.toml").read_text(encoding="utf-8"))["room"]
# The engine serves any project with RDF in Git; the plan half knows documents, statements, outcomes and pages.
ENGINE = tuple(room["name"] for room in TABLE if room["half"] == "engine")
ROOMS = tuple(dict.fromkeys(room["name"].split("/")[0] for room in TABLE))
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "data" not in path.parts)
HEAVY = {"rdflib", "pyshacl", "owlready2", "networkx", "pandas", "starlette", "uvicorn", "yaml", "httpx"}


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(parsed(path)))


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
    for other in imported_rooms(parsed(path)) - {"plan"}:
        assert ROOMS.index(other) <= ROOMS.index(room), f"{room} must not import {other}"


@pytest.mark.parametrize(
    "path",
    [path for path in MODULES if room_of(path) in ENGINE],
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_engine_rooms_import_nothing_of_plan(path: Path) -> None:
    """The engine serves projects without a plan: a `Profile` tells it what it must know of one."""
    tree = parsed(path)
    assert "plan" not in imported_rooms(tree)
    named = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert not [name for name in named if name.startswith("mtsp_kg.plan")], "imported by name"


def test_engine_rooms_can_be_imported_without_plan() -> None:
    """As above, for imports that no statement shows: the engine's modules are imported where there is no plan half."""
    modules = [
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
        for path in MODULES
        if room_of(path) in ENGINE
    ]
    script = (
        f"import importlib, sys; sys.modules['mtsp_kg.plan'] = None; [importlib.import_module(m) for m in {modules}]"
    )
    subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)


def test_class_names_are_unique() -> None:
    """One name for one concept: a class name occurs once in the package."""
    where: dict[str, list[str]] = {}
    for path in MODULES:
        for node in nodes(path):
            if isinstance(node, ast.ClassDef):
                where.setdefault(node.name, []).append(str(path.relative_to(PACKAGE)))
    assert not {name: paths for name, paths in where.items() if len(paths) > 1}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_docstring_lists_imports(path: Path) -> None:
    """Import statements say what a module imports, and this test which ones it may."""
    for node in nodes(path):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            assert not re.search(r"\b[Ii]mports (nothing|every|all|`)", ast.get_docstring(node) or "")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_has_at_most_400_lines_and_says_what_lives_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    assert ast.get_docstring(parsed(path)), "the module has no docstring"
    assert path.stem not in {"utils", "helpers", "common"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_iris_are_written_in_few_modules_and_sparql_in_none(path: Path) -> None:
    may_hold_iris = str(path.relative_to(PACKAGE)) in ("vocab.py", "plan/names.py")
    tree = parsed(path)
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


# What functions import, and why their modules do not: the command line starts in about the time that Python takes.
LIBRARIES = {
    "certifi": "extra remote",
    "httpx": "extra remote",
    "pandas": "extra pandas, 0.5 s",
    "pyhermit": "extra dl",
    "pyowl_core": "extra dl",
    "pyoxigraph": "10 ms, which commands without a store do not need",
    "pyshacl": "extra pyshacl, 0.5 s",
    "rdflib": "0.2 s",
    "shacl": "extra shacl",
    "yaml": "20 ms, which a cached header does not need",
    "datetime": "1.5 ms, which text parameters do not need",
    "concurrent.futures": "5 ms, with logging and queue",
    "difflib": "1 ms, for suggestions in error messages",
    "fcntl": "not on Windows",
    "hashlib": "3 ms, with OpenSSL",
    "json": "1 ms, with its decoder",
    "logging": "5 ms, with string templates and tracebacks",
    "multiprocessing": "8 ms, with its pickler",
    "netrc": "for remote stores that need credentials",
    "pkgutil": "for mtsp --help",
    "resource": "not on Windows",
    "shutil": "3 ms, with compression modules",
    "ssl": "9 ms, with OpenSSL",
    "subprocess": "6 ms",
    "tarfile": "5 ms",
    "tempfile": "3 ms, with random and shutil",
    "tomllib": "2 ms",
}
MODULES_OF_THE_PACKAGE = {
    ("__init__.py", "mtsp_kg.remote_graph"): "mtsp_kg.__version__ needs no store",
    ("cli/*.py", "*"): "mtsp --help imports every command for its summary line",
    ("project_graph.py", "*"): "as graph.py",
    ("graph.py", "*"): "a method imports the room that does its work: no command needs all of them",
    ("infer/completion.py", "mtsp_kg.infer.*"): "every start computes its key, few complete a store",
    ("infer/reasoning.py", "mtsp_kg.infer.ontology_check"): "explanations need no DL reasoner: 10 ms, with subprocess",
    ("query/answer.py", "mtsp_kg.query.*"): "only typed values need decimal and datetime: 4 ms",
    ("plan/show.py", "mtsp_kg.query.values"): "as query/answer.py",
    ("plan/pages/live_server.py", "*"): "the web server is an extra, and is imported while workers load the graph",
    ("plan/pages/publisher.py", "mtsp_kg.plan.pages.site"): "an unchanged site needs no pages: 0.2 s",
    ("remote_graph.py", "*"): "as graph.py; a local graph needs nothing of remote",
    ("parser_limits/__init__.py", "*"): "4 ms of regular expressions, for RDF/XML and JSON-LD",
    ("validate/*.py", "mtsp_kg.locate"): "6 ms, for reports with findings",
    ("validate/*.py", "mtsp_kg.validate.position_search"): "as mtsp_kg.locate",
    ("validate/runner.py", "*"): "check queries, waivers, baselines: 5 ms each, for validations that have them",
}


def function_imports(path: Path) -> set[str]:
    found = set()
    for function in nodes(path):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Import):
                    found |= {name.name for name in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module == "mtsp_kg":
                    found |= {f"mtsp_kg.{name.name}" for name in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module:
                    found.add(node.module)
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_functions_import_only_what_start_up_must_not(path: Path) -> None:
    for name in function_imports(path):
        library = [known for known in LIBRARIES if name == known or name.startswith(f"{known}.")]
        module = [
            (importer, imported)
            for importer, imported in MODULES_OF_THE_PACKAGE
            if name.startswith("mtsp_kg.")
            and fnmatch(str(path.relative_to(PACKAGE)), importer)
            and fnmatch(name, imported)
        ]
        assert library or module, f"{name} is imported in a function, and no reason is known"


def test_every_deferred_import_occurs() -> None:
    """A reason that no function needs any more goes."""
    found = {(str(path.relative_to(PACKAGE)), name) for path in MODULES for name in function_imports(path)}
    unused = [
        known for known in LIBRARIES if not any(name.split(".")[0] == known or name == known for _, name in found)
    ]
    unused += [
        f"{importer}: {imported}"
        for importer, imported in MODULES_OF_THE_PACKAGE
        if not any(fnmatch(path, importer) and fnmatch(name, imported) for path, name in found)
    ]
    assert not unused


def test_importing_the_command_line_imports_nothing_heavy() -> None:
    script = "import sys, mtsp_kg.cli; print(' '.join(sorted({name.split('.')[0] for name in sys.modules})))"
    loaded = set(
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    )
    assert not loaded & (HEAVY | {"pyoxigraph"})
