"""The words of the interface in each of its languages, from `words-<language>.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from mtsp_kg.plan import names

LANGUAGES = ("en", "zh")
UN_LANGUAGES = ("ar", "zh", "en", "fr", "ru", "es")
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


class InterfaceWords:
    """The words of one language, as attributes; a word that the file lacks raises AttributeError."""

    def __init__(self, language: str) -> None:
        self.language = language
        path = Path(__file__).parent / f"words-{language}.toml"
        self._table: dict[str, object] = tomllib.loads(path.read_text(encoding="utf-8"))

    def __getattr__(self, name: str) -> object:
        try:
            return self._table[name]
        except KeyError as error:
            raise AttributeError(f"words-{self.language}.toml has no '{name}'") from error

    @property
    def table(self) -> dict[str, object]:
        """Every word by its name."""
        return self._table

    def term_label(self, short: str) -> str:
        """The label of a term of another vocabulary, by its prefixed name; the prefixed name if there is none."""
        table = self._table["terms"]
        assert isinstance(table, dict)
        return str(table.get(short, short))

    def passage(self, iri: str) -> str:
        """A reference to a passage: its kind and number.

        >>> InterfaceWords("zh").passage("https://w3id.org/mtsp-kg/id/mtsp-2022-2026/para/55")
        '第55段'
        """
        head, _, number = iri.rpartition("/")
        table = self._table["passages"]
        assert isinstance(table, dict)
        template = table.get(head.rpartition("/")[2])
        return str(template).format(number) if template else names.profile(names.plan_of(iri)).shrink(iri)


@cache
def words_in(language: str) -> InterfaceWords:
    """The words of a language of the interface."""
    return InterfaceWords(language)
