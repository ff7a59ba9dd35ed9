"""Parameters as field lists and errors as links, from docstrings as this package writes them.

    folder: the project's folder; store, query_url: where a remote store is. Raises NotFoundError, ParameterError.

becomes a description of each parameter, and a link to each error. Only names of the signature, or of a class's own
fields, are taken for parameters.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from mtsp_kg import errors

ERRORS = {name for name, thing in vars(errors).items() if inspect.isclass(thing) and issubclass(thing, Exception)}
ERROR = re.compile(rf"(?<![\w.`])({'|'.join(sorted(ERRORS, key=len, reverse=True))})(?![\w`])")
RAISES = re.compile(r"(?:^|(?<=[.;] ))Raises [^.]*\.$")


def names_of(thing: object) -> set[str]:
    """The names that a docstring may describe: parameters of a function, fields of a class."""
    found: set[str] = set()
    if inspect.isclass(thing):
        found |= {name for kind in thing.__mro__ for name in getattr(kind, "__annotations__", {})}
        thing = thing.__init__
    with suppress(TypeError, ValueError):  # a built-in constructor has no signature
        found |= set(inspect.signature(thing).parameters)  # type: ignore[arg-type]
    return {name for name in found if not name.startswith("_")} - {"self", "cls", "args", "kwargs"}


def paragraphs(lines: Iterable[str]) -> Iterator[list[str]]:
    """The lines of each paragraph."""
    found: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            found.append(line)
        elif found:
            yield found
            found = []


def fields(text: str, names: set[str]) -> list[str]:
    """A paragraph as what it says besides, the fields of its parameters, and what it raises."""
    made = []
    raises = RAISES.search(text)
    if raises:
        text = text[: raises.start()].strip()
    if names:
        name = "|".join(sorted(names, key=len, reverse=True))
        starts = [*re.finditer(rf"(?:^|(?<=[.;] ))((?:{name})(?:, (?:{name}))*): ", text)]
        ends = [*(start.start() for start in starts[1:]), len(text)][: len(starts)]
        for start, end in zip(starts, ends, strict=True):
            about = text[start.end() : end].strip().rstrip(";").rstrip(".")
            made += [f":param {one}: {about}." for one in start[1].split(", ")]
        if starts:
            text = text[: starts[0].start()].strip()
    parts = [[text] if text else [], made, [raises[0]] if raises else []]
    return [ERROR.sub(r":py:exc:`~mtsp_kg.errors.\1`", line) for part in parts if part for line in (*part, "")][:-1]


def process(app: Sphinx, what: str, name: str, thing: object, options: object, lines: list[str]) -> None:
    """Rewrites the lines of a docstring in place."""
    if what not in ("function", "method", "class", "exception"):
        return
    names = names_of(thing)
    made: list[str] = []
    for paragraph in paragraphs(lines):
        if (
            paragraph[0].startswith((" ", ">>>", "-", "*", "="))
            or len({len(line) - len(line.lstrip()) for line in paragraph}) > 1
        ):
            made += [*paragraph, ""]
            continue
        found = fields(" ".join(line.strip() for line in paragraph), names)
        if (
            made
            and made[-1] == ""
            and len(made) > 1
            and made[-2].startswith(":")
            and found
            and found[0].startswith(":")
        ):
            made.pop()
        made += [*found, ""]
    lines[:] = made


def setup(app: Sphinx) -> ExtensionMetadata:
    app.connect("autodoc-process-docstring", process)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
