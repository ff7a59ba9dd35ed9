"""The command line: one module per command, which parses options, calls the library, and prints the result.

A module `name.py` of this package defines the command `mtsp name`, as a click command called `command`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import NoReturn

import click

from mtsp_kg import __version__, process_exit
from mtsp_kg.errors import EXIT_BAD_INPUT, EXIT_INTERNAL_ERROR, MtspError

INFERENCE = "MTSP_INFERENCE"
EPILOG = "Exit codes: 0 success, 1 findings, 2 invalid input, 3 internal error or missing library, 4 not found."


class Commands(click.Group):
    """The commands of this package, each of which is imported only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        import pkgutil

        return sorted(found.name.replace("_", "-") for found in pkgutil.iter_modules(__path__) if found.name[0] != "_")

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        local = cmd_name.replace("-", "_")
        name = f"{__name__}.{local}"
        if "_" in cmd_name or local[:1] == "_" or not local.isidentifier() or find_spec(name) is None:
            return None
        module = import_module(name)
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            import difflib

            near = difflib.get_close_matches(args[0], self.list_commands(ctx), n=1)
            if near:
                raise click.UsageError(f"{error.format_message()} Did you mean '{near[0]}'?", ctx) from error
            raise


@click.group(cls=Commands, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--project", metavar="DIR", help="A project folder with ontology/, graph/, shapes/ and queries/.")
@click.option("--no-inference", is_flag=True, help="Query asserted triples only (MTSP_INFERENCE=off).")
@click.version_option(__version__, prog_name="mtsp")
@click.pass_context
def cli(ctx: click.Context, project: str | None, no_inference: bool) -> None:
    """WIPO's Medium-Term Strategic Plan 2022-2026 as a knowledge graph.

    Every answer cites the paragraphs that support it. Start with 'mtsp queries', 'mtsp show WHO' or
    'mtsp trace "WIPO GREEN"'.
    """
    ctx.obj = project
    if no_inference:
        ctx.with_resource(_without_inferences())


@contextmanager
def _without_inferences() -> Iterator[None]:
    """Sets MTSP_INFERENCE=off, which commands read when they open the graph, until the command has ended."""
    before = os.environ.get(INFERENCE)
    os.environ[INFERENCE] = "off"
    try:
        yield
    finally:
        os.environ.pop(INFERENCE)
        if before is not None:
            os.environ[INFERENCE] = before


def main() -> NoReturn:
    """Runs the command line. An error is reported as one message without a traceback, and sets the exit code."""
    try:
        code = cli.main(prog_name="mtsp", standalone_mode=False)
        sys.stdout.flush()
    except MtspError as error:
        _fail(str(error), error.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        _fail(error.format_message(), EXIT_BAD_INPUT, prefix="")
    except click.ClickException as error:
        usage = f" Try '{error.ctx.command_path} --help'." if isinstance(error, click.UsageError) and error.ctx else ""
        _fail(error.format_message() + usage, EXIT_BAD_INPUT)
    except (click.Abort, KeyboardInterrupt):
        _fail("Interrupted; no incomplete file was left behind.", EXIT_BAD_INPUT)
    except BrokenPipeError:
        # The program that reads the output (head, less) has ended: that is not an error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if os.environ.get("MTSP_TRACEBACK"):
            raise
        _fail(
            f"Internal error: {type(error).__name__}: {error}. Please report it with its traceback (MTSP_TRACEBACK=1).",
            EXIT_INTERNAL_ERROR,
        )
    else:
        sys.exit(code if isinstance(code, int) else 0)


def mtsp() -> NoReturn:
    """The entry point of `mtsp`: runs the command line and exits."""
    process_exit.prepare_quick_exit()
    try:
        main()
    except SystemExit as ended:
        process_exit.quick_exit(ended.code if isinstance(ended.code, int) else 0)


def _fail(message: str, code: int, prefix: str = "mtsp: ") -> NoReturn:
    sys.stdout.flush()
    click.echo(prefix + message, err=True)
    sys.exit(code)
