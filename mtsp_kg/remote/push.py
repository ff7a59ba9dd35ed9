"""Our graphs into a remote store: each put whole, read back and compared, what is there already left alone.

A push that broke off is run again: what had arrived agrees and is skipped. Graphs that are not ours are never touched.
The RDF merge goes to the store's default graph; where the store shows all graphs as its default graph (Virtuoso,
GraphDB), or where the default graph holds what is not ours, it goes to a named graph, which `--store` then reads as the
default graph. Imports `names`, `errors` and, of this room, `client`, `digest`, `graphs`, `record` and `store`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import pyoxigraph as ox

from mtsp_kg import sparql
from mtsp_kg.errors import RemoteError
from mtsp_kg.plan import names
from mtsp_kg.remote import graph_store
from mtsp_kg.remote.client import Client
from mtsp_kg.remote.graph_store import GraphStore, Mark, ask, counts, mark, rows, same_values
from mtsp_kg.remote.remote_store import RemoteStore
from mtsp_kg.store import Store

Graphs = dict[str, list[ox.Triple]]
_PLACES = {"default": graph_store.DEFAULT, "named": names.MERGED}
PLACES = ("auto", *_PLACES, "none")


@dataclass(frozen=True)
class Wish:
    """merge: one of PLACES, where the merge of all graphs goes; delete: whether graphs that we put before and that are
    no more are deleted; dry: nothing is written; within: where only graphs whose names begin so are put and deleted."""

    merge: str = "auto"
    delete: bool = False
    dry: bool = False
    within: str = ""


@dataclass
class Pushed:
    """What a push did, or would do: names of graphs, and what was not right when it was read back."""

    same: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    otherwise: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    triples: int = 0
    merge: str = ""


def named_graphs(store: Store) -> Graphs:
    """The named graphs of a store with their triples, without empty graphs, which a store need not keep."""
    found = {graph: store.dump(graph) for graph in store.graph_names()}
    return {graph: triples for graph, triples in found.items() if triples}


def push(client: Client, graphs: Graphs, wish: Wish | None = None, say: Callable[[str], None] = print) -> Pushed:
    """Makes a store hold our graphs. Raises RemoteError where it refuses or breaks off.

    graphs: all of ours, of which the merge is made; say: is told each graph that is put.
    """
    return _Push(client, graphs, wish or Wish(), say).run()


class _Push:
    def __init__(self, client: Client, graphs: Graphs, wish: Wish, say: Callable[[str], None]) -> None:
        self.client, self.graphs, self.wish, self.say = client, graphs, wish, say
        self.there = GraphStore(client)
        self.known = RemoteStore(client).record
        self.sizes = counts(client)
        self.done = Pushed()
        self.faulty: set[str] = set()

    def run(self) -> Pushed:
        wish, done = self.wish, self.done
        ours = {name: triples for name, triples in self.graphs.items() if name.startswith(wish.within)}
        marks = {name: mark(triples) for name, triples in ours.items()}
        gone = [name for name in self.known.graphs() if name.startswith(wish.within) and name not in ours]
        missing = [name for name in ours if not self._agrees(name, marks[name])]
        absent = set(missing)
        done.same = [name for name in ours if name not in absent]
        if wish.dry:
            done.sent, done.triples = missing, sum(found.triples for found in marks.values())
            done.deleted, done.gone = (gone, []) if wish.delete else ([], gone)
            return done
        parts: dict[str, Mark | None] = {name: self.known.parts.get(name) for name in (*self.known.parts, *ours)}
        if missing or self.known.parts.keys() != parts.keys():
            self._write(parts)
        for name in missing:
            self._put(name, ours[name], marks[name])
        if wish.delete:
            for name in gone:
                self.there.delete(name)
                self.say(f"deleted  {name}")
                parts.pop(name)
        done.deleted, done.gone = (gone, []) if wish.delete else ([], gone)
        parts |= {name: None if name in self.faulty else found for name, found in marks.items()}
        places = self._merge(parts)
        after = counts(self.client)
        for name, found in marks.items():
            if after.get(name, 0) != found.triples:
                done.wrong.append(f"<{name}> has {after.get(name, 0):,} triples there, {found.triples:,} here.")
        done.wrong += [f"<{name}> is still there." for name in done.deleted if after.get(name)]
        done.triples = sum(found.triples for found in marks.values())
        self._write({name: found for name, found in parts.items() if name not in graph_store.MERGES or name in places})
        return done

    def _agrees(self, name: str, wanted: Mark) -> bool:
        """Whether a graph there is ours already; numbers that the store writes otherwise are told, once."""
        if self.sizes.get(name, 0) != wanted.triples:
            return False
        return self._is_right(name, self.there.get(name), wanted, self.graphs[name])

    def _is_right(self, name: str | None, found: list[ox.Triple], wanted: Mark, ours: list[ox.Triple] | None) -> bool:
        if mark(found) == wanted:
            return True
        if ours is not None and same_values(found, ours):
            self.done.otherwise.append(name or graph_store.DEFAULT)
            return True
        return False

    def _put(self, name: str | None, triples: list[ox.Triple], wanted: Mark) -> None:
        shown = name or "the default graph"
        try:
            self.there.put(name, triples)
        except RemoteError as error:
            remedy = f"{error.remedy} What has arrived stays; the same command goes on from there.".strip()
            raise RemoteError(f"{shown}: {error.what}", remedy=remedy, status=error.status) from error
        found = self.there.get(name)
        if self._is_right(name, found, wanted, triples):
            self.say(f"sent     {shown}  ({wanted.triples:,} triples)")
        else:
            self.faulty.add(name or graph_store.DEFAULT)
            lost, more = len(set(triples) - set(found)), len(set(found) - set(triples))
            self.done.wrong.append(f"{shown}: read back, {lost:,} triples are missing and {more:,} are other ones.")
        self.done.sent.append(name or graph_store.DEFAULT)

    def _merge(self, parts: dict[str, Mark | None]) -> list[str]:
        """Puts the merges where they belong; gives back what they are called in the record."""
        merged = _united(self.graphs.values())
        wanted = mark(merged)
        self.done.merge = place = self._place(wanted, merged)
        if place == "none":
            return []
        self._put_merge(_PLACES[place], merged, wanted, parts)
        stated = {name: triples for name, triples in self.graphs.items() if not name.startswith(names.INFERRED)}
        if place == "default" or len(stated) == len(self.graphs):
            return [_PLACES[place]]
        # What looks at stated graphs alone must have their merge, too.
        alone = _united(stated.values())
        self._put_merge(names.MERGED_STATED, alone, mark(alone), parts)
        return [_PLACES[place], names.MERGED_STATED]

    def _put_merge(self, own: str, merged: list[ox.Triple], wanted: Mark, parts: dict[str, Mark | None]) -> None:
        graph = None if own == graph_store.DEFAULT else own
        if not self._agrees_merge(graph, wanted, merged):
            parts.setdefault(own, self.known.parts.get(own))
            self._write(parts)
            self._put(graph, merged, wanted)
        parts[own] = None if own in self.faulty else wanted

    def _agrees_merge(self, graph: str | None, wanted: Mark, merged: list[ox.Triple]) -> bool:
        size = self._default_size() if graph is None else self.sizes.get(graph, 0)
        return size == wanted.triples and self._is_right(graph, self.there.get(graph), wanted, merged)

    def _place(self, wanted: Mark, merged: list[ox.Triple]) -> str:
        if self.wish.merge != "auto":
            return self.wish.merge
        if ask(self.client, sparql.text("ask-part.rq", whole=ox.NamedNode(names.RECORD))):
            self.done.notes.append(
                f"The store's default graph is all its graphs: the merge stands in <{names.MERGED}>."
            )
            return "named"
        size = self._default_size()
        before = self.known.parts.get(graph_store.DEFAULT)
        ours = before is not None and size == before.triples and mark(self.there.get(None)) == before
        if size == 0 or ours or self._agrees_merge(None, wanted, merged):
            return "default"
        self.done.notes.append(
            f"The store's default graph holds {size:,} triples that are not ours: the merge stands in <{names.MERGED}>."
        )
        return "named"

    def _default_size(self) -> int:
        (number,) = rows(self.client, sparql.text("default-size.rq"))[0]
        return int(number.value) if isinstance(number, ox.Literal) else 0

    def _write(self, parts: dict[str, Mark | None]) -> None:
        self.there.put(names.RECORD, graph_store.triples(graph_store.Record(dict(sorted(parts.items())))))


def _united(graphs: Iterable[list[ox.Triple]]) -> list[ox.Triple]:
    return list({triple for triples in graphs for triple in triples})


def told(done: Pushed, url: str, *, dry: bool) -> list[str]:
    """A push in a few lines."""
    would = "would be " if dry else ""
    sent = sum(name not in graph_store.MERGES for name in done.sent)
    lines = [
        f"{len(done.same) + sent:,} graphs, {done.triples:,} triples: {sent:,} {would}sent, "
        f"{len(done.same):,} there already, {len(done.deleted):,} {would}deleted."
    ]
    lines += done.notes
    if done.otherwise:
        graphs = _few(dict.fromkeys(done.otherwise))
        lines.append(f"The store writes some numbers in another form; their values are the same: {graphs}.")
    if done.gone:
        lines.append(f"Put there before, and no more here: {_few(done.gone)}. --delete deletes them.")
    if not dry and not done.wrong:
        lines.append(f"Counts and digests of <{url}> agree.")
    return lines


def _few(graphs: Iterable[str]) -> str:
    found = [names.shrink(graph) for graph in graphs]
    return ", ".join(found[:5]) + (f" and {len(found) - 5} more" if len(found) > 5 else "")
