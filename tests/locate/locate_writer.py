"""Writes random statements in random Turtle or TriG, and notes where each triple stands as it writes."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from mtsp_kg.locate.terms import resolve

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"

NAMESPACES = ("http://e.x/", "http://e.x/a#", "http://e.x/日/", "urn:x:")
LOCALS = (*"abe15-._~'(,;/?:é日𝒳+", "E5", "%41")
PREFIXES = ("", "p", "é.x", "true.x", "a", "graph", "PREFIX", "p-1")
PREFIXED = ("http://e.x/", "http://e.x/a#", "http://e.x/a", "http://e.x/日/", "urn:x:", "http://e.x/%41")
BASES = ("http://b.x", "http://b.x/", "http://b.x/d/e", "http://b.x/d/../e?q=a/b#f", "urn:b:c/d")
REFERENCES = ("", "x", "../x", "./a/../b", "?q", "#f.", "/r/./s", "//h/p/./q", "g;x=1/../y", "../../../z", ".", "..")
LABELS = ("_:b1", "_:é.x", "_:0-a", "_:a..b", "_:_")
NUMBERS = ("1", "-5", "+.5", "1.50", "0.80", "1.e5", "5E-3", ".5e1", "007", "-0.0")
TEXT = ('"', "'", "\\", "\n", "\r", "\t", ".", "#", "<", ">", "@en", "{|", "~", "[", "_:b1", "a", "é", "𝒳", " ")
LANGUAGES = ("en", "zh-Hans", "EN-gb")
MUST_ESCAPE = "~!$&'()*+,;=/?#@"
SHORT = {"\t": "\\t", "\n": "\\n", "\r": "\\r", '"': '\\"', "'": "\\'", "\\": "\\\\"}
COMMENTS = ("", " c", ' . ; [ " <', " ''' # é")

Term = object  # an IRI, `_:label`, (lexical form, type), or three of these


@dataclass
class Written:
    """A triple as it was written: its terms, and for each of its tokens the offset and the text there."""

    graph: str | None
    terms: tuple[Term, Term, Term]
    tokens: tuple[tuple[int, str], tuple[int, str], tuple[int, str]]
    end: int


@dataclass
class Writer:
    """random: what decides; newline: what ends a line."""

    random: Random
    newline: str
    trig: bool
    pieces: list[str] = field(default_factory=list)
    at: int = 0
    rows: list[Written] = field(default_factory=list)
    graph: str | None = None
    prefixes: dict[str, str] = field(default_factory=dict)
    base: str | None = None
    last: str = "closed"
    blanks: int = 0

    # Choice, and text with its offset.

    def of(self, *values: object) -> object:
        return self.random.choice(values)

    def some(self, values: tuple[str, ...], most: int) -> list[str]:
        return self.random.choices(values, k=self.random.randint(0, most))

    def chance(self, one_in: int) -> bool:
        return self.random.randrange(one_in) == 0

    def put(self, text: str, kind: str = "closed") -> tuple[int, str]:
        """Writes a token, with space before it where it needs some; kind: what it would run on into."""
        closed = "<\"'[](),;{}" + "." * (text == ".")
        allowed = {
            "closed": None, "name": closed, "number": closed, "lang": closed,
            "dot after name": "<[(}@", "dot after number": "<[(:}@", "dot after lang": None,
        }[self.last]  # fmt: skip
        quotes = text[0] in "\"'" and bool(self.pieces) and self.pieces[-1][-1:] == text[0]
        self.space(quotes or (allowed is not None and text[0] not in allowed))
        start = self.at
        self.raw(text)
        self.last = kind
        return start, text

    def raw(self, text: str) -> None:
        self.pieces.append(text)
        self.at += len(text)

    def space(self, needed: bool = False) -> None:
        while needed or self.chance(3):
            kind = self.of(" ", " ", "\t", "line", "comment")
            if kind == "line":
                self.raw(self.newline)
            elif kind == "comment":
                self.raw("#" + self.of(*COMMENTS) + self.newline)
            else:
                self.raw(kind)
            needed = False
            self.last = "closed"

    def dot(self) -> None:
        before = self.last
        self.put(".", {"closed": "closed", "name": "dot after name"}.get(before, "dot after " + before))

    def blank(self) -> str:
        self.blanks += 1
        return f"_:w{self.blanks}"

    def row(self, terms: tuple[Term, Term, Term], *tokens: tuple[int, str]) -> None:
        self.rows.append(Written(self.graph, terms, tokens, self.at))

    # Terms.

    def iri(self) -> tuple[str, tuple[int, str]]:
        if self.base is not None and self.chance(4):
            reference = self.of(*REFERENCES)
            return resolve(self.base, reference), self.put(f"<{reference}>")
        iri = self.of(*NAMESPACES) + "".join(self.some(LOCALS, 4))
        return iri, self.name(iri)

    def name(self, iri: str) -> tuple[int, str]:
        usable = [prefix for prefix, namespace in self.prefixes.items() if iri.startswith(namespace)]
        if usable and not self.chance(4):
            prefix = self.of(*usable)
            return self.put(prefix + ":" + self.local(iri[len(self.prefixes[prefix]) :]), "name")
        return self.put("<" + "".join(self.unicode(char) if self.chance(9) else char for char in iri) + ">")

    def local(self, local: str) -> str:
        written = ""
        for index, char in enumerate(local):
            edge = index == 0 or index == len(local) - 1
            escape = char in MUST_ESCAPE or (char == "." and edge) or (char == "-" and index == 0)
            written += "\\" + char if escape or (char in "_.-" and self.chance(3)) else char
        return written

    def unicode(self, char: str) -> str:
        return f"\\U{ord(char):08x}" if ord(char) > 0xFFFF or self.chance(2) else f"\\u{ord(char):04X}"

    def label(self) -> tuple[str, tuple[int, str]]:
        label = self.of(*LABELS)
        return label, self.put(label, "name")

    def literal(self, *, long: bool = True) -> tuple[Term, tuple[int, str]]:
        """long: with long strings too; pyoxigraph 0.5 refuses them in triple terms."""
        kind = self.of("number", "boolean", "plain", "plain", "lang", "typed")
        if kind == "number":
            token = self.of(*NUMBERS)
            type_ = "double" if "e" in token.lower() else "decimal" if "." in token else "integer"
            return (token, XSD + type_), self.put(token, "number")
        if kind == "boolean":
            token = self.of("true", "false")
            return (token, XSD + "boolean"), self.put(token, "name")
        text = "".join(self.some(TEXT, 6))
        start = self.put(self.quoted(text, long))
        if kind == "lang":
            language = self.of(*LANGUAGES)
            self.space()
            self.raw("@" + language)
            self.last = "lang"
            return (text, "@" + language.lower()), start
        if kind == "typed":
            self.space()
            self.raw("^^")
            self.last = "closed"
            iri, _ = self.iri()
            return (text, iri), start
        return (text, XSD + "string"), start

    def quoted(self, text: str, long: bool) -> str:
        quote = self.of('"', "'", *(('"""', "'''") if long else ()))
        written = ""
        for char in text:
            must = char == "\\" or char == quote[0] or (len(quote) == 1 and char in "\r\n")
            if char in SHORT and (must or self.chance(4)):
                written += SHORT[char]
            else:
                written += self.unicode(char) if must or self.chance(9) else char
        if len(quote) == 3 and written.startswith("\\" + quote[0]) and self.chance(2):
            written = written[1:]  # one bare quote is no end of a long string
            if not written.strip(quote[0]) or written[1] in (quote[0], "\\"):
                written = "\\" + written
        return quote + written + quote

    # Statements.

    def object(self, depth: int) -> tuple[Term, tuple[int, str]]:
        kind = self.of("iri", "iri", "label", "literal", "literal", *(("blank", "list", "rdf12") if depth else ()))
        if kind == "blank":
            return self.property_list(depth - 1, empty=True)
        if kind == "list":
            return self.list(depth - 1)
        if kind == "rdf12":
            return self.reified() if self.chance(2) else self.triple_term()
        return {"iri": self.iri, "label": self.label, "literal": self.literal}[kind]()

    def triple_term(self) -> tuple[Term, tuple[int, str]]:
        start = self.put("<<(")
        subject, _ = self.iri() if self.chance(2) else self.label()
        predicate, _ = self.iri()
        object_, _ = self.iri() if self.chance(2) else self.literal(long=False)
        self.put(")>>")
        return (subject, predicate, object_), start

    def reified(self) -> tuple[Term, tuple[int, str]]:
        start = self.put("<<")
        subject, _ = self.iri() if self.chance(2) else self.label()
        predicate, _ = self.iri()
        object_, _ = self.iri() if self.chance(2) else self.literal(long=False)
        reifier, place, _ = self.reifier() if self.chance(2) else (self.blank(), start, start)
        self.put(">>")
        self.row((reifier, RDF + "reifies", (subject, predicate, object_)), place, start, start)
        return reifier, start

    def reifier(self) -> tuple[str, tuple[int, str], tuple[int, str]]:
        """The reifier, where it stands, and where its `~` stands."""
        start = self.put("~")
        if self.chance(3):
            return self.blank(), start, start
        return (*(self.iri() if self.chance(2) else self.label()), start)

    def annotations(self, triple: tuple[Term, Term, Term]) -> None:
        named = None
        while self.chance(8):
            if self.chance(2):
                *named, start = self.reifier()
                self.row((named[0], RDF + "reifies", triple), named[1], start, start)
            else:
                start = self.put("{|")
                reifier, place = named or (self.blank(), start)
                if named is None:
                    self.row((reifier, RDF + "reifies", triple), start, start, start)
                self.predicates(reifier, place, 0)
                self.put("|}")

    def property_list(self, depth: int, empty: bool) -> tuple[Term, tuple[int, str]]:
        start = self.put("[")
        node = self.blank()
        if not empty or self.chance(2):
            self.predicates(node, start, depth)
        self.put("]")
        return node, start

    def list(self, depth: int) -> tuple[Term, tuple[int, str]]:
        start = self.put("(")
        first = cell = None
        place = start
        for _ in range(self.random.randint(0, 3)):
            item, at = self.object(depth)
            new = self.blank()
            if cell is None:
                first = new
            else:
                self.row((cell, RDF + "rest", new), place, at, at)
                place = at
            self.row((new, RDF + "first", item), place, at, at)
            cell = new
        end = self.put(")")
        if cell is None:
            return RDF + "nil", start
        self.row((cell, RDF + "rest", RDF + "nil"), place, end, end)
        return first, start

    def predicates(self, subject: Term, place: tuple[int, str], depth: int) -> None:
        for index in range(self.random.randint(1, 3)):
            if index:
                self.put(";")
                while self.chance(5):
                    self.put(";")
            predicate, verb = (RDF + "type", self.put("a", "name")) if self.chance(5) else self.iri()
            for number in range(self.random.randint(1, 2)):
                if number:
                    self.put(",")
                object_, at = self.object(depth)
                self.row((subject, predicate, object_), place, verb, at)
                self.annotations((subject, predicate, object_))
        while self.chance(5):
            self.put(";")

    def statement(self) -> None:
        kind = self.of("iri", "iri", "iri", "label", "blank", "list", "rdf12")
        if kind == "blank" and self.chance(2):
            self.property_list(2, empty=False)
            return
        if kind == "blank":
            subject, place = self.property_list(1, empty=True)
        elif kind == "list":
            subject, place = self.list(1)
        elif kind == "rdf12":
            subject, place = self.reified()
        else:
            subject, place = self.iri() if kind == "iri" else self.label()
        self.predicates(subject, place, 2)

    def directive(self) -> None:
        sparql = self.chance(2)
        word = self.of("prefix", "prefix", "base")
        if sparql:
            self.put(self.of(word.upper(), word.title(), word), "name")
        else:
            self.put("@" + word, "name")
        if word == "base":
            self.base = self.of(*BASES)
            self.put(f"<{self.base}>")
        else:
            prefix, namespace = self.of(*PREFIXES), self.of(*PREFIXED)
            self.prefixes[prefix] = namespace
            self.put(prefix + ":", "name")
            self.put(f"<{namespace}>")
        if not sparql:
            self.dot()

    def block(self) -> None:
        kind = self.of("default", "iri", "label", "empty")
        if kind != "default" and self.chance(2):
            self.put(self.of("GRAPH", "graph"), "name")
        if kind == "iri":
            self.graph, _ = self.iri()
        elif kind == "label":
            self.graph, _ = self.label()
        elif kind == "empty":
            self.graph = self.blank()
            self.put("[")
            self.put("]")
        self.put("{")
        count = self.random.randint(0, 3)
        for number in range(count):
            self.statement()
            if number < count - 1 or self.chance(2):
                self.dot()
        self.put("}")
        self.graph = None

    def document(self) -> str:
        """A whole text; `rows` has what was written."""
        for _ in range(self.random.randint(1, 6)):
            kind = self.of("directive", "statement", "statement", *(("block", "block") if self.trig else ()))
            if kind == "directive":
                self.directive()
            elif kind == "block":
                self.block()
            else:
                self.statement()
                self.dot()
        self.space(self.last == "dot after name")  # pyoxigraph 0.5 misses the end of `p:a\\,.` without
        return "".join(self.pieces)


def document(random: Random, trig: bool) -> tuple[str, list[Written]]:
    """A text, and what stands where in it."""
    writer = Writer(random, random.choice(["\n", "\n", "\r\n", "\r"]), trig)
    return writer.document(), writer.rows
