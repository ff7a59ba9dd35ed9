"""The directive `module-list`: the modules of each room, with the first paragraph of their docstrings."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

DOCS = Path(__file__).parents[1]
PACKAGE = DOCS.parent / "mtsp_kg"


def first_paragraph(module: Path) -> str:
    """The first paragraph of a module's docstring, in one line."""
    text = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""
    return " ".join(text.split("\n\n")[0].split())


def inline(text: str) -> list[nodes.Node]:
    """A text whose parts between backticks are code."""
    parts = re.split(r"`+([^`]+)`+", text)
    return [nodes.literal(part, part) if number % 2 else nodes.Text(part) for number, part in enumerate(parts)]


class ModuleList(SphinxDirective):
    """A definition list for each room of `rooms.toml`."""

    def run(self) -> list[nodes.Node]:
        rooms = tomllib.loads((DOCS / "rooms.toml").read_text(encoding="utf-8"))["room"]
        self.env.note_dependency(str(DOCS / "rooms.toml"))
        found: list[nodes.Node] = []
        for room in rooms:
            title = f"mtsp_kg/{room['name']}"
            section = nodes.section(ids=[nodes.make_id(title)], names=[nodes.fully_normalize_name(title)])
            section += nodes.title("", "", nodes.literal(title, title))
            section += self._modules(PACKAGE / room["name"])
            self.state.document.note_implicit_target(section)
            found.append(section)
        return found

    def _modules(self, place: Path) -> nodes.definition_list:
        modules = sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
        listed = nodes.definition_list()
        for module in modules:
            self.env.note_dependency(str(module))
            name = module.relative_to(PACKAGE).as_posix()
            term = nodes.term("", "", nodes.literal(name, name))
            about = nodes.definition("", nodes.paragraph("", "", *inline(first_paragraph(module))))
            listed += nodes.definition_list_item("", term, about)
        return listed


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_directive("module-list", ModuleList)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
