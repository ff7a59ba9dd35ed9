"""The directive `command-reference`: each command's usage, help and options, read from click.

It runs no command and writes no file: the page is made from what `mtsp COMMAND --help` prints.
"""

from __future__ import annotations

import click
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

from mtsp_kg.cli import cli

WIDTH = 88


class CommandReference(SphinxDirective):
    """A section for `mtsp` itself, and one for each command, in alphabetical order."""

    def run(self) -> list[nodes.Node]:
        parent = click.Context(cli, info_name="mtsp", terminal_width=WIDTH, **cli.context_settings)
        found = [self._section("mtsp", cli, parent)]
        for name in cli.list_commands(parent):
            command = cli.get_command(parent, name)
            if command is not None and not command.hidden:
                context = click.Context(command, info_name=name, parent=parent, terminal_width=WIDTH)
                found.append(self._section(f"mtsp {name}", command, context))
        return [*found]

    def _section(self, title: str, command: click.Command, context: click.Context) -> nodes.section:
        section = nodes.section(ids=[nodes.make_id(title)], names=[nodes.fully_normalize_name(title)])
        section += nodes.title(title, title)
        text = command.get_help(context)
        section += nodes.literal_block(text, text, language="none")
        self.state.document.note_implicit_target(section)
        return section


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_directive("command-reference", CommandReference)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
