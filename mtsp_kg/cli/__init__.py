"""The command line: one small file a command, found by folder; each parses, calls one function, and prints.

A module `name.py` here holds a click command called `command`. Importing this package imports click and nothing heavy.
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
from mtsp_kg.errors import EXIT_BAD_INPUT, EXIT_OUR_FAULT, MtspError

INFERENCE = "MTSP_INFERENCE"
EPILOG = "Exit codes: 0 all is well, 1 findings, 2 bad input, 3 our fault, 4 no such name."


class Commands(click.Group):
    """Commands found by folder and imported only when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        import pkgutil

        return sorted(found.name.replace("_", "-") for found in pkgutil.iter_modules(__path__) if found.name[0] != "_")

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        local = cmd_name.replace("-", "_")
        name = f"{__name__}.{local}"
        if "_" in cmd_name or not local.isidentifier() or find_spec(name) is None:
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
@click.option("--project", metavar="DIR", help="A folder with ontology/, graph/, shapes/ and queries/ of your own.")
@click.option("--no-inference", is_flag=True, help="Ask what is stated only, not what follows (MTSP_INFERENCE=off).")
@click.version_option(__version__, prog_name="mtsp")
@click.pass_context
def cli(ctx: click.Context, project: str | None, no_inference: bool) -> None:
    """WIPO's Medium-Term Strategic Plan 2022-2026 as a knowledge graph.

    Every answer comes with the paragraph that says so. Begin with 'mtsp queries', 'mtsp show WHO' or
    'mtsp trace "WIPO GREEN"'.
    """
    ctx.obj = project
    if no_inference:
        ctx.with_resource(_without_inferences())


@contextmanager
def _without_inferences() -> Iterator[None]:
    """The environment as a user sets it who wants no inferences; commands open the graph as it says."""
    before = os.environ.get(INFERENCE)
    os.environ[INFERENCE] = "off"
    try:
        yield
    finally:
        os.environ.pop(INFERENCE)
        if before is not None:
            os.environ[INFERENCE] = before


def main() -> NoReturn:
    """Runs the command line: one message and an exit code by kind for every error, no traceback."""
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
        _fail("Stopped; nothing was left half written.", EXIT_BAD_INPUT)
    except BrokenPipeError:
        # The reader (head, less) has gone: nothing is wrong, and nothing more can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if os.environ.get("MTSP_TRACEBACK"):
            raise
        _fail(
            f"Our fault: {type(error).__name__}: {error} Set MTSP_TRACEBACK=1 to see where, and please report it.",
            EXIT_OUR_FAULT,
        )
    else:
        sys.exit(code if isinstance(code, int) else 0)


def mtsp() -> NoReturn:
    """The command `mtsp`: runs the command line, and ends the process with it."""
    process_exit.prepare_quick_exit()
    try:
        main()
    except SystemExit as ended:
        process_exit.quick_exit(ended.code if isinstance(ended.code, int) else 0)


def _fail(message: str, code: int, prefix: str = "mtsp: ") -> NoReturn:
    sys.stdout.flush()
    click.echo(prefix + message, err=True)
    sys.exit(code)
