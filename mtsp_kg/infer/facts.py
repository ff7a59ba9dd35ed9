"""Triples in memory as rules use them: the members of each class, the pairs of each property."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from mtsp_kg.infer.terms import RDF_TYPE, Atom, is_variable

Row = str | tuple[str, str]
Index = dict[str, list[str]]
_TYPE = RDF_TYPE.encode()
_NO_PAIRS: set[tuple[str, str]] = set()
_NO_MEMBERS: set[str] = set()


class Facts:
    """Triples by class and property. A class has members, a property has pairs; its index is built at first use."""

    def __init__(self) -> None:
        self.members: dict[str, set[str]] = {}
        self.pairs: dict[str, set[tuple[str, str]]] = {}
        self._by_subject: dict[str, Index] = {}
        self._by_object: dict[str, Index] = {}

    def __contains__(self, fact: Atom) -> bool:
        if len(fact) == 2:
            return fact[1] in self.members.get(fact[0], _NO_MEMBERS)
        return (fact[1], fact[2]) in self.pairs.get(fact[0], _NO_PAIRS)

    def __iter__(self) -> Iterator[Atom]:
        for class_, members in self.members.items():
            yield from ((class_, member) for member in members)
        for property_, pairs in self.pairs.items():
            for subject, object_ in pairs:
                yield (property_, subject, object_)

    def __len__(self) -> int:
        return sum(map(len, self.members.values())) + sum(map(len, self.pairs.values()))

    def has(self, atom: Atom) -> bool:
        """Whether there is any triple with an atom's class or property."""
        return bool(self.members.get(atom[0]) if len(atom) == 2 else self.pairs.get(atom[0]))

    def rows(self, name: str, arity: int) -> Collection[Row]:
        """The members of a class (arity 2) or the pairs of a property (arity 3)."""
        return self.members.get(name, _NO_MEMBERS) if arity == 2 else self.pairs.get(name, _NO_PAIRS)

    def add(self, fact: Atom) -> None:
        """Adds one fact."""
        self.extend(fact[0], len(fact), (fact[1] if len(fact) == 2 else (fact[1], fact[2]),))

    def extend(self, name: str, arity: int, rows: Iterable[Row]) -> None:
        """Adds members of a class or pairs of a property; some may be there already."""
        if arity == 2:
            self.members.setdefault(name, set()).update(rows)  # type: ignore[arg-type]
            return
        known = self.pairs.setdefault(name, set())
        if name in self._by_subject or name in self._by_object:
            rows = [row for row in rows if row not in known]
            by_subject, by_object = self._by_subject.get(name), self._by_object.get(name)
            for subject, object_ in (row for row in rows if isinstance(row, tuple)):
                if by_subject is not None:
                    by_subject.setdefault(subject, []).append(object_)
                if by_object is not None:
                    by_object.setdefault(object_, []).append(subject)
        known.update(rows)  # type: ignore[arg-type]

    def merge(self, others: Facts) -> None:
        """Adds other facts."""
        for name, members in others.members.items():
            self.extend(name, 2, members)
        for name, pairs in others.pairs.items():
            self.extend(name, 3, pairs)

    def by_subject(self, name: str) -> Index:
        """The objects of a property, by subject."""
        if name not in self._by_subject:
            index = self._by_subject[name] = {}
            for subject, object_ in self.pairs.get(name, _NO_PAIRS):
                index.setdefault(subject, []).append(object_)
        return self._by_subject[name]

    def by_object(self, name: str) -> Index:
        """The subjects of a property, by object."""
        if name not in self._by_object:
            index = self._by_object[name] = {}
            for subject, object_ in self.pairs.get(name, _NO_PAIRS):
                index.setdefault(object_, []).append(subject)
        return self._by_object[name]

    def match(self, atom: Atom) -> Iterator[dict[str, str]]:
        """The bindings of an atom's variables under which it is one of these facts."""
        name = atom[0]
        if len(atom) == 2:
            term = atom[1]
            if is_variable(term):
                yield from ({term: member} for member in self.members.get(name, _NO_MEMBERS))
            elif term in self.members.get(name, _NO_MEMBERS):
                yield {}
            return
        subject, object_ = atom[1], atom[2]
        if is_variable(subject) and is_variable(object_):
            for one, other in self.pairs.get(name, _NO_PAIRS):
                if subject != object_:
                    yield {subject: one, object_: other}
                elif one == other:
                    yield {subject: one}
        elif is_variable(subject):
            yield from ({subject: one} for one in self.by_object(name).get(object_, ()))
        elif is_variable(object_):
            yield from ({object_: other} for other in self.by_subject(name).get(subject, ()))
        elif (subject, object_) in self.pairs.get(name, _NO_PAIRS):
            yield {}


def read_ntriples(text: bytes, properties: Collection[str] | None = None) -> Facts:
    """The facts of N-Triples in canonical form, as pyoxigraph writes them: one triple per line, single spaces.

    properties: only types and triples of these properties; all where it is None.
    """
    facts = Facts()
    wanted = None if properties is None else {name.encode() for name in properties}
    grouped: dict[bytes, list[tuple[str, str]]] = {}
    for line in text.split(b"\n"):
        parts = line.split(b" ", 2)
        if len(parts) == 3 and (wanted is None or parts[1] in wanted or parts[1] == _TYPE):
            pair = (parts[0].decode(), parts[2][:-2].decode())
            try:
                grouped[parts[1]].append(pair)
            except KeyError:
                grouped[parts[1]] = [pair]
    for member, class_ in grouped.pop(_TYPE, []):
        if class_[0] == "<":
            facts.members.setdefault(class_, set()).add(member)
    for name, pairs in grouped.items():
        facts.pairs[name.decode()] = set(pairs)
    return facts
