"""The words of the interface, from `words-<language>.toml`. Imports `names` only."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from mtsp_kg.plan import names

LANGUAGES = ("en", "zh")
SIX = ("ar", "zh", "en", "fr", "ru", "es")
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


class Words:
    """The words of one language; a word is read as an attribute, and a missing one is an error at once."""

    def __init__(self, language: str) -> None:
        self.language = language
        path = Path(__file__).parent / f"words-{language}.toml"
        self._table: dict[str, object] = tomllib.loads(path.read_text(encoding="utf-8"))

    def __getattr__(self, name: str) -> object:
        try:
            return self._table[name]
        except KeyError as error:
            raise AttributeError(f"words-{self.language}.toml has no '{name}'") from error

    def term_of(self, short: str) -> str:
        """A term of another vocabulary in words, by its prefixed name, which is what it is called without."""
        table = self._table["terms"]
        assert isinstance(table, dict)
        return str(table.get(short, short))

    def passage(self, iri: str) -> str:
        """A passage as a reference: what kind it is, and its number.

        >>> Words("zh").passage("https://w3id.org/mtsp-kg/id/mtsp-2022-2026/para/55")
        '第55段'
        """
        head, _, number = iri.rpartition("/")
        table = self._table["passages"]
        assert isinstance(table, dict)
        template = table.get(head.rpartition("/")[2])
        return str(template).format(number) if template else names.shrink(iri, names.plan_of(iri))


@cache
def words(language: str) -> Words:
    """The words of a language of the interface."""
    return Words(language)
