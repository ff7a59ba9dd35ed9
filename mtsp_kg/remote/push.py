"""Pushes a project's graphs to a remote store: each is written as a whole, read back and compared.

An interrupted push can be repeated: graphs that are already in the store are skipped. Graphs that the project has not
pushed are never changed. The RDF merge goes to the store's default graph; if the store shows all graphs as its default
graph (Virtuoso, GraphDB), or the default graph contains other triples, the merge goes to a named graph, which `--store`
then uses as the default graph.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from typing import ClassVar

import pyoxigraph as ox

from mtsp_kg import sparql
from mtsp_kg.errors import ParameterError, RemoteError
from mtsp_kg.formats import check_form
from mtsp_kg.profile import Profile
from mtsp_kg.remote.client import Client
from mtsp_kg.remote.graph_store import (
    GraphDigest,
    GraphStore,
    PushRecord,
    ask,
    default_merge,
    equal_by_value,
    graph_digest,
    graph_sizes,
    merge_names,
    record_triples,
    select,
)
from mtsp_kg.remote.remote_store import RemoteStore
from mtsp_kg.store import Store

Graphs = dict[str, list[ox.Triple]]
MERGE_TARGETS = ("auto", "default", "named", "none")
_FEW = 5


@dataclass(frozen=True)
class PushOptions:
    """The options of a push.

    merge: the target of the merge of all graphs, one of MERGE_TARGETS; delete: whether graphs that were pushed earlier
    and no longer exist are deleted; dry_run: whether to write nothing; within: the beginning of the names of the graphs
    to push and delete. Raises ParameterError.
    """

    merge: str = "auto"
    delete: bool = False
    dry_run: bool = False
    within: str = ""

    def __post_init__(self) -> None:
        if self.merge not in MERGE_TARGETS:
            raise ParameterError(
                f"'{self.merge}' is not a valid merge target.", remedy=f"Choose one of: {', '.join(MERGE_TARGETS)}."
            )


@dataclass
class Pushed:
    """The result of a push; with `dry_run`, what it would do.

    unchanged, sent, deleted: names of graphs; obsolete: graphs that were pushed earlier and no longer exist;
    normalised: graphs in which the store changed the form of numbers, not their values; differences: what differed
    when it was read back; notes: further remarks; triples: the number in all graphs; merge: where the merge is.
    """

    forms: ClassVar = ("text", "json")

    url: str
    profile: Profile = field(repr=False)
    dry_run: bool = False
    unchanged: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    obsolete: list[str] = field(default_factory=list)
    normalised: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    triples: int = 0
    merge: str = ""

    @property
    def agrees(self) -> bool:
        """Whether the store has returned what was sent."""
        return not self.differences

    def write(self, form: str = "text") -> str:
        """The push in one of its `forms`. Raises NotFoundError."""
        check_form(form, self.forms, "A push")
        return self._text() if form == "text" else self._json()

    def __str__(self) -> str:
        return self.write()

    def _json(self) -> str:
        kept = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "profile"}
        return json.dumps(kept | {"agrees": self.agrees}, ensure_ascii=False, indent=2) + "\n"

    def _text(self) -> str:
        would = "would be " if self.dry_run else ""
        sent = sum(name not in merge_names(self.profile) for name in self.sent)
        lines = [
            f"{len(self.unchanged) + sent:,} graphs, {self.triples:,} triples: {sent:,} {would}sent, "
            f"{len(self.unchanged):,} unchanged, {len(self.deleted):,} {would}deleted."
        ]
        lines += self.notes
        if self.normalised:
            graphs = self._few(dict.fromkeys(self.normalised))
            lines.append(f"The store changes the lexical form of some numbers, but not their values: {graphs}.")
        if self.obsolete:
            lines.append(f"Pushed earlier but no longer in the project (see --delete): {self._few(self.obsolete)}.")
        if not self.dry_run and self.agrees:
            lines.append(f"Counts and digests of <{self.url}> agree.")
        return "".join(f"{line}\n" for line in [*lines, *self.differences])

    def _few(self, graphs: Iterable[str]) -> str:
        found = [self.profile.shrink(graph) for graph in graphs]
        return ", ".join(found[:_FEW]) + (f" and {len(found) - _FEW} more" if len(found) > _FEW else "")


def named_graphs(store: Store) -> Graphs:
    """The named graphs of a store with their triples, without empty graphs, which a store need not keep."""
    found = {graph: store.dump(graph) for graph in store.graph_names()}
    return {graph: triples for graph, triples in found.items() if triples}


def push(
    client: Client,
    graphs: Graphs,
    profile: Profile,
    options: PushOptions | None = None,
    progress: Callable[[str], None] = lambda line: None,
) -> Pushed:
    """Writes a project's graphs to a store. Raises RemoteError if it rejects a request, or the connection is lost.

    graphs: all graphs of the project, from which the merge is made; progress: receives a line for each written graph.
    """
    return _Push(client, graphs, profile, options or PushOptions(), progress).run()


class _Push:
    def __init__(
        self, client: Client, graphs: Graphs, profile: Profile, options: PushOptions, progress: Callable[[str], None]
    ) -> None:
        self.client, self.graphs, self.profile = client, graphs, profile
        self.options, self.progress = options, progress
        self.graph_store = GraphStore(client)
        self.record = RemoteStore(client, profile).record
        self.sizes = graph_sizes(client)
        self.default_merge = default_merge(profile)
        self.done = Pushed(self.graph_store.url, profile, options.dry_run)
        self.faulty: set[str] = set()

    def run(self) -> Pushed:
        options, done = self.options, self.done
        selected = {name: triples for name, triples in self.graphs.items() if name.startswith(options.within)}
        digests = {name: graph_digest(triples) for name, triples in selected.items()}
        earlier = self.record.graphs(self.profile)
        obsolete = [name for name in earlier if name.startswith(options.within) and name not in selected]
        missing = [name for name in selected if not self._agrees(name, digests[name])]
        done.unchanged = [name for name in selected if name not in set(missing)]
        done.triples = sum(digest.triples for digest in digests.values())
        done.deleted, done.obsolete = (obsolete, []) if options.delete else ([], obsolete)
        if options.dry_run:
            done.sent = missing
            return done
        parts = {name: self.record.parts.get(name) for name in (*self.record.parts, *selected)}
        if missing or self.record.parts.keys() != parts.keys():
            self._write_record(parts)
        for name in missing:
            self._put(name, selected[name], digests[name])
        for name in done.deleted:
            self.graph_store.delete(name)
            self.progress(f"deleted  {name}")
            parts.pop(name)
        parts |= {name: None if name in self.faulty else digest for name, digest in digests.items()}
        merges = self._put_merges(parts)
        self._check_sizes(digests)
        others = set(merge_names(self.profile)) - set(merges)
        self._write_record({name: digest for name, digest in parts.items() if name not in others})
        return done

    def _check_sizes(self, digests: dict[str, GraphDigest]) -> None:
        after = graph_sizes(self.client)
        for name, digest in digests.items():
            if after.get(name, 0) != digest.triples:
                self.done.differences.append(
                    f"<{name}> has {after.get(name, 0):,} triples in the store, {digest.triples:,} in the project."
                )
        self.done.differences += [f"<{name}> was not deleted." for name in self.done.deleted if after.get(name)]

    def _agrees(self, name: str, wanted: GraphDigest) -> bool:
        """Whether a graph in the store already equals the project's."""
        if self.sizes.get(name, 0) != wanted.triples:
            return False
        return self._is_equal(name, self.graph_store.get(name), wanted, self.graphs[name])

    def _is_equal(self, name: str | None, found: list[ox.Triple], wanted: GraphDigest, ours: list[ox.Triple]) -> bool:
        if graph_digest(found) == wanted:
            return True
        if equal_by_value(found, ours):
            self.done.normalised.append(name or self.default_merge)
            return True
        return False

    def _put(self, name: str | None, triples: list[ox.Triple], wanted: GraphDigest) -> None:
        shown = name or "the default graph"
        try:
            self.graph_store.put(name, triples)
        except RemoteError as error:
            remedy = f"{error.remedy} Written graphs are kept; run the same command again to continue.".strip()
            raise RemoteError(f"{shown}: {error.what}", remedy=remedy, status=error.status) from error
        found = self.graph_store.get(name)
        if self._is_equal(name, found, wanted, triples):
            self.progress(f"sent     {shown}  ({wanted.triples:,} triples)")
        else:
            self.faulty.add(name or self.default_merge)
            lost, added = len(set(triples) - set(found)), len(set(found) - set(triples))
            self.done.differences.append(f"{shown}: read back with {lost:,} triples missing and {added:,} added.")
        self.done.sent.append(name or self.default_merge)

    def _put_merges(self, parts: dict[str, GraphDigest | None]) -> list[str]:
        """Writes the merges to their graphs; returns their names in the record."""
        merged = _union(self.graphs.values())
        wanted = graph_digest(merged)
        self.done.merge = target = self._merge_target(wanted, merged)
        if target == "none":
            return []
        name = self.default_merge if target == "default" else self.profile.merged
        self._put_merge(name, merged, wanted, parts)
        asserted = [triples for graph, triples in self.graphs.items() if not graph.startswith(self.profile.inferred)]
        if target == "default" or len(asserted) == len(self.graphs):
            return [name]
        # Callers that read asserted graphs alone need the merge of these.
        alone = _union(asserted)
        self._put_merge(self.profile.merged_asserted, alone, graph_digest(alone), parts)
        return [name, self.profile.merged_asserted]

    def _put_merge(
        self, name: str, merged: list[ox.Triple], wanted: GraphDigest, parts: dict[str, GraphDigest | None]
    ) -> None:
        graph = None if name == self.default_merge else name
        if not self._merge_agrees(graph, wanted, merged):
            parts.setdefault(name, self.record.parts.get(name))
            self._write_record(parts)
            self._put(graph, merged, wanted)
        parts[name] = None if name in self.faulty else wanted

    def _merge_agrees(self, graph: str | None, wanted: GraphDigest, merged: list[ox.Triple]) -> bool:
        size = self._default_size() if graph is None else self.sizes.get(graph, 0)
        return size == wanted.triples and self._is_equal(graph, self.graph_store.get(graph), wanted, merged)

    def _merge_target(self, wanted: GraphDigest, merged: list[ox.Triple]) -> str:
        if self.options.merge != "auto":
            return self.options.merge
        if ask(self.client, sparql.text("ask-part.rq", whole=ox.NamedNode(self.profile.record))):
            self.done.notes.append(
                f"The store's default graph is the union of all graphs: the merge is in <{self.profile.merged}>."
            )
            return "named"
        size = self._default_size()
        before = self.record.parts.get(self.default_merge)
        is_ours = before is not None and size == before.triples and graph_digest(self.graph_store.get(None)) == before
        if size == 0 or is_ours or self._merge_agrees(None, wanted, merged):
            return "default"
        self.done.notes.append(
            f"The store's default graph holds {size:,} other triples: the merge is in <{self.profile.merged}>."
        )
        return "named"

    def _default_size(self) -> int:
        (number,) = select(self.client, sparql.text("default-size.rq"))[0]
        return int(number.value) if isinstance(number, ox.Literal) else 0

    def _write_record(self, parts: dict[str, GraphDigest | None]) -> None:
        self.graph_store.put(self.profile.record, record_triples(PushRecord(parts), self.profile))


def _union(graphs: Iterable[list[ox.Triple]]) -> list[ox.Triple]:
    return list({triple for triples in graphs for triple in triples})
