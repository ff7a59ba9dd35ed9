"""The competency questions of a project: what its ontology must be able to answer, and the query that answers each.

    - question: Which outcomes stand under pillar 4?
      zh: 战略支柱4之下有哪些预期成果？
      query: outcomes-of-pillar
      with: {pillar: "4"}

They stand in `ontology/competency-questions.yaml`. Imports `errors` and `project`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mtsp_kg.errors import DataError
from mtsp_kg.project import Project

FILE = "competency-questions.yaml"


@dataclass(frozen=True)
class Competency:
    """A question, in English and Chinese, the name of a query, and its parameters as on the command line."""

    question: str
    zh: str
    query: str
    parameters: Mapping[str, str] = field(default_factory=dict, hash=False)


def competency_questions(project: Project) -> list[Competency]:
    """The project's competency questions in the order of their file; none where there is no file. Raises DataError."""
    import yaml  # not at start-up

    path = project.root / "ontology" / FILE
    if not path.is_file():
        return []
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise DataError(f"This is not YAML: {error.problem}.", file=path, line=line) from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DataError(f"The questions cannot be read: {error}.", file=path) from error
    if not isinstance(entries, list):
        raise DataError("Competency questions are a list.", file=path, remedy="Begin each with '- question: ...'.")
    return [_read(entry, number, project) for number, entry in enumerate(entries, start=1)]


def _read(entry: object, number: int, project: Project) -> Competency:
    texts, given = ("question", "zh", "query"), {}
    right = isinstance(entry, dict) and set(entry) <= {*texts, "with"}
    if isinstance(entry, dict) and right:
        given = entry.get("with", {})
        right = all(isinstance(entry.get(key), str) for key in texts) and isinstance(given, dict)
    if not isinstance(entry, dict) or not right or not all(isinstance(value, str) for value in given.values()):
        raise DataError(
            f"Competency question {number} needs {', '.join(texts)}, and may have 'with'.",
            file=project.root / "ontology" / FILE,
            remedy="Write each as text, parameters as in 'with: {pillar: \"4\"}'.",
        )
    return Competency(entry["question"], entry["zh"], entry["query"], given)
