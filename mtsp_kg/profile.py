"""The profile of a project, which the engine uses instead of constants: base IRI, prefixes, and how IRIs are shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

from mtsp_kg import vocab

# Characters that are not allowed in the path of an IRI (RFC 3987, section 2.2), and the escape character '%'.
_NOT_IN_IRI = re.compile(r"[\x00-\x20<>\"{}|\\^`%?#\[\]\x7f-\xa0\ud800-\udfff]")
# Local names that Turtle (section 2.4) writes without escapes.
_LOCAL_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.\-]*[A-Za-z0-9_\-])?\Z")
_SCHEMES = ("http://", "https://", "urn:")


class ResourceType(NamedTuple):
    """A type of query parameter whose values are resources of one kind, given by their local names.

    prefix: of their IRIs; pattern: a regular expression that their local names match; example: one of them.
    """

    prefix: str
    pattern: str
    example: str


class Profile:
    """A project's IRIs.

    base: the base IRI, with which all of the project's own IRIs begin, ending in "/"; prefixes: prefix to namespace,
    for queries and for output; linked: the prefixes of external resources that the graph links to; labels: the label
    properties, the preferred one first; languages: of labels, in order of fallback; resource_types: types of query
    parameters, by name.

    >>> profile = Profile("https://example.org/kg/", {"ex": "https://example.org/kg/id/"})
    >>> profile.shrink("https://example.org/kg/id/a"), profile.expand("ex:a")
    ('ex:a', 'https://example.org/kg/id/a')
    """

    # Every command makes one: a dataclass would take a millisecond more to define.
    def __init__(
        self,
        base: str,
        prefixes: Mapping[str, str] = vocab.VOCABULARIES,
        linked: frozenset[str] = frozenset(),
        labels: tuple[str, ...] = vocab.LABELS,
        languages: tuple[str, ...] = ("en",),
        resource_types: Mapping[str, ResourceType] = MappingProxyType({}),
    ) -> None:
        self.base = base
        self.prefixes = prefixes
        self.linked = linked
        self.labels = labels
        self.languages = languages
        self.resource_types = resource_types

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base!r})"

    @property
    def ids(self) -> str:
        """The namespace of the things that the graph describes."""
        return self.base + "id/"

    @property
    def ontology(self) -> str:
        """The namespace of the project's own classes and properties."""
        return self.base + "ontology#"

    @property
    def shapes(self) -> str:
        """The namespace of the project's own shapes."""
        return self.base + "shapes#"

    @property
    def graphs(self) -> str:
        """The namespace of graphs that are named after a file or a rule, not after a passage."""
        return self.base + "graph/"

    @property
    def inferred(self) -> str:
        """The beginning of the IRIs of inferred graphs."""
        return self.graphs + "inferred"

    @property
    def record(self) -> str:
        """The graph in a remote store that records which graphs this project has pushed."""
        return self.graphs + "record"

    @property
    def merged(self) -> str:
        """The graph in a remote store for the merge of all graphs, if the default graph cannot hold it."""
        return self.graphs + "merged"

    @property
    def merged_asserted(self) -> str:
        """Like `merged`, without inferred triples."""
        return self.merged + "/stated"

    @property
    def dataset(self) -> str:
        """The IRI of the dataset as VoID and DCAT describe it."""
        return self.base + "dataset"

    def term(self, name: str) -> str:
        """The IRI of a term of the project's ontology."""
        return self.ontology + name

    def is_file_graph(self, graph: str) -> bool:
        """Whether a graph is named after a file or a rule; any other graph is named after the source of its triples."""
        return graph.startswith((self.graphs, "file:"))

    def described_by(self, iri: str) -> str:
        """The resource whose document describes an IRI: the IRI itself, unless a subclass overrides this."""
        return iri

    def expand(self, name: str) -> str | None:
        """The IRI of a prefixed name or of an IRI (with or without angle brackets); None if it is neither."""
        if name.startswith("<") and name.endswith(">"):
            name = name[1:-1]
        if name.startswith(_SCHEMES):
            return name
        prefix, colon, local = name.partition(":")
        namespace = self.prefixes.get(prefix) if colon and local else None
        return None if namespace is None or " " in local else namespace + local

    def shrink(self, iri: str) -> str:
        """The shortest prefixed name of an IRI that Turtle can write without escapes; the IRI itself if there is none.

        >>> Profile("https://example.org/").shrink("http://www.w3.org/ns/shacl#path")
        'sh:path'
        """
        # A local name has neither "/" nor "#" in it, and every namespace ends with one of them.
        cut = max(iri.rfind("/"), iri.rfind("#")) + 1
        prefix = self._shortest.get(iri[:cut])
        return f"{prefix}:{iri[cut:]}" if prefix is not None and _LOCAL_NAME.match(iri, cut) else iri

    def as_turtle(self, iri: str) -> str:
        """An IRI as Turtle writes it: its prefixed name, or the IRI in angle brackets if there is none.

        >>> Profile("https://example.org/").as_turtle("https://example.org/x")
        '<https://example.org/x>'
        """
        short = self.shrink(iri)
        return f"<{iri}>" if short == iri else short

    def graph_of_file(self, relative: str) -> str:
        """The name of the graph for the triples of a project's file that are in no named graph.

        relative: the file's path below the project's root, with slashes.

        >>> Profile("https://example.org/").graph_of_file("graph/entities/org.ttl")
        'https://example.org/graph/entities/org'
        >>> Profile("https://example.org/").graph_of_file("shapes/my labels.ttl")
        'https://example.org/graph/shapes/my%20labels'
        """
        stem = relative.rsplit(".", 1)[0].removeprefix("graph/").lstrip("/")
        return self.graphs + _NOT_IN_IRI.sub(_percent_encoded, stem)

    @cached_property
    def _shortest(self) -> dict[str, str]:
        """Namespace to its shortest prefix."""
        table = sorted(self.prefixes.items(), key=lambda pair: len(pair[0]), reverse=True)
        return {namespace: prefix for prefix, namespace in table}


def _percent_encoded(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode(errors="replace"))
