"""The triples of the ontology's files in one index, with the file and the line of each."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from mtsp_kg import vocab
from mtsp_kg.infer.terms import iri, is_named, nt
from mtsp_kg.load import parse_file
from mtsp_kg.profile import Profile
from mtsp_kg.project import Project

RDF = vocab.VOCABULARIES["rdf"]
FIRST, REST, NIL = nt(RDF + "first"), nt(RDF + "rest"), nt(RDF + "nil")
ALIGNMENT = "align"


class UnreadableAxiomError(Exception):
    """A malformed or unsupported axiom; subject and mark (a predicate or class) give its position."""

    def __init__(self, what: str, subject: str = "", mark: str = "") -> None:
        super().__init__(what)
        self.subject = subject
        self.mark = mark


def axiom_files(project: Project, *, alignments: bool) -> list[Path]:
    """The files with axioms. alignments: whether to include those that link to other vocabularies."""
    return [path for path in project.ontology_files() if alignments or not path.name.startswith(ALIGNMENT)]


class OntologyIndex:
    """The triples of some files by subject and predicate."""

    def __init__(self, files: Iterable[tuple[Path, str]], profile: Profile) -> None:
        """files: each with its name in messages; profile: of the project. Raises DataError."""
        self.profile = profile
        self.by_subject: dict[str, dict[str, list[str]]] = {}
        self.file_of: dict[tuple[str, str, str], str] = {}
        self.paths: dict[str, Path] = {}
        self._text: dict[str, list[str]] = {}
        for path, name in files:
            self.paths[name] = path
            for quad in parse_file(path, rename_blank_nodes=True):
                subject, predicate, object_ = (str(term) for term in quad.triple)
                self.by_subject.setdefault(subject, {}).setdefault(predicate, []).append(object_)
                self.file_of.setdefault((subject, predicate, object_), name)

    def objects(self, subject: str, predicate: str) -> list[str]:
        """The objects of a subject and predicate."""
        return self.by_subject.get(subject, {}).get(predicate, [])

    def only(self, subject: str, predicate: str) -> str | None:
        """The first object of a subject and predicate; None if there is none."""
        return next(iter(self.objects(subject, predicate)), None)

    def items(self, head: str) -> list[str]:
        """The items of an RDF list. Raises UnreadableAxiomError for a malformed list."""
        found: list[str] = []
        while head != NIL:
            first, rest = self.only(head, FIRST), self.only(head, REST)
            if first is None or rest is None or len(found) > 100_000:
                raise UnreadableAxiomError("An axiom has a malformed RDF list; write it as ( a b c ).")
            found.append(first)
            head = rest
        return found

    def line_naming(self, file: str, mark: str, terms: Iterable[str]) -> int | None:
        """The line of a mark (a predicate or class) in the first block of a file that has it and names some terms."""
        lines = self._lines(file)
        wanted = [self._written(term) for term in (mark, *terms)]
        block: list[str] = []
        for number, text in enumerate([*lines, ""]):
            if block and (not text or not text[0].isspace()):
                if all(any(form.search(line) for line in block) for form in wanted):
                    first = next(index for index, line in enumerate(block) if wanted[0].search(line))
                    return number - len(block) + first + 1
                block = []
            block.append(text)
        return None

    def line(self, file: str, subject: str, predicate: str = "") -> int | None:
        """The line of a subject in a file, or of a predicate of it below; None if it is not found.

        Reads Turtle as people write it: a block begins with its subject at the start of a line.
        """
        lines = self._lines(file)
        written = self._ways_to_write(subject)
        wanted = self._written(predicate)
        for number, text in enumerate(lines):
            if is_named(subject) and text.split(" ", 1)[0] not in written:
                continue
            if not predicate:
                return number + 1
            for offset, below in enumerate(lines[number:]):
                if offset and below and not below[0].isspace():
                    break
                if wanted.search(below):
                    return number + offset + 1
        return None

    def _lines(self, file: str) -> list[str]:
        if file not in self._text:
            path = self.paths.get(file)
            known = path is not None and path.is_file()
            self._text[file] = path.read_text(encoding="utf-8").splitlines() if path is not None and known else []
        return self._text[file]

    def _ways_to_write(self, term: str) -> tuple[str, ...]:
        short = self.profile.shrink(iri(term))
        return (term, short, "a") if term == nt(vocab.RDF_TYPE) else (term, short)

    def _written(self, term: str) -> re.Pattern[str]:
        forms = "|".join(re.escape(form) for form in self._ways_to_write(term))
        return re.compile(rf"(?<![\w:])(?:{forms})(?![\w:-])")
