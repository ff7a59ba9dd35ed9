"""The one table of namespaces, prefixes and IRIs.

Every IRI that the package needs to know stands here and nowhere else. Imports nothing of the package.
"""

from __future__ import annotations

import re
from functools import cache

BASE = "https://w3id.org/mtsp-kg/"
ID = BASE + "id/"
ONTOLOGY = BASE + "ontology#"
GRAPH = BASE + "graph/"
INFERRED = GRAPH + "inferred"
# In a remote store: the record of what we put there, and the merge of all graphs where it cannot be the default graph.
RECORD = GRAPH + "record"
MERGED = GRAPH + "merged"
MERGED_STATED = MERGED + "/stated"
SHAPES = BASE + "shapes#"

# Kinds of things that outlive a plan: id/<kind>/<slug>.
KINDS = (
    "org", "group", "service", "instrument", "challenge", "goal", "tech", "asset", "theme", "approach", "region",
    "publication", "event", "indicator", "unit", "period", "alignment",
)  # fmt: skip

# Kinds of things that belong to one plan: id/<plan>/<kind>/<slug>.
PLAN_KINDS = (
    "pillar", "outcome", "para", "note", "cover", "caption", "section", "figure",
    "commitment", "condition", "need", "expectation", "option", "assessment", "mention",
)  # fmt: skip

VOCABULARIES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dcterms": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "sh": "http://www.w3.org/ns/shacl#",
    "oa": "http://www.w3.org/ns/oa#",
    "qb": "http://purl.org/linked-data/cube#",
    "w3org": "http://www.w3.org/ns/org#",
    "schema": "https://schema.org/",
    "doco": "http://purl.org/spar/doco/",
    "undo": "https://w3id.org/un/ontology/undo/",
    "sdg": "http://metadata.un.org/sdg/",
    "unbis": "http://metadata.un.org/thesaurus/",
    "eurovoc": "http://eurovoc.europa.eu/",
    "wd": "http://www.wikidata.org/entity/",
}

# Vocabularies of what describes the publication itself: VoID, DCAT 3, checksums.
PUBLISHING = {
    "void": "http://rdfs.org/ns/void#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "vann": "http://purl.org/vocab/vann/",
    "bibo": "http://purl.org/ontology/bibo/",
    "formats": "http://www.w3.org/ns/formats/",
    "iana": "https://www.iana.org/assignments/media-types/",
}
DATASET = BASE + "dataset"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"
# Prefixes of what others publish and the graph is linked to.
LINKED = frozenset({"sdg", "unbis", "eurovoc", "wd"})

RDF_TYPE = VOCABULARIES["rdf"] + "type"
RDFS_SUBCLASS = VOCABULARIES["rdfs"] + "subClassOf"
XSD = VOCABULARIES["xsd"]
SKOS = VOCABULARIES["skos"]
SH = VOCABULARIES["sh"]
OWL = VOCABULARIES["owl"]
PREF_LABEL = SKOS + "prefLabel"
ALT_LABEL = SKOS + "altLabel"
HIDDEN_LABEL = SKOS + "hiddenLabel"
LABELS = (PREF_LABEL, ALT_LABEL, HIDDEN_LABEL)
BROADER = SKOS + "broader"
DEFINITION = SKOS + "definition"
NOTE = SKOS + "note"
EXAMPLE = SKOS + "example"
MATCHES = tuple(SKOS + name for name in ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch"))

# SHACL, as far as shapes and reports are read.
RDF_FIRST = VOCABULARIES["rdf"] + "first"
RDF_REST = VOCABULARIES["rdf"] + "rest"
RDF_NIL = VOCABULARIES["rdf"] + "nil"
SH_PATH = SH + "path"
SH_INVERSE = SH + "inversePath"
SH_ALTERNATIVE = SH + "alternativePath"
SH_ZERO_OR_MORE = SH + "zeroOrMorePath"
SH_ONE_OR_MORE = SH + "oneOrMorePath"
SH_ZERO_OR_ONE = SH + "zeroOrOnePath"
SH_PROPERTY = SH + "property"
SH_MESSAGE = SH + "message"
SH_TARGET_NODE = SH + "targetNode"
SH_TARGET_CLASS = SH + "targetClass"
SH_TARGET_SUBJECTS_OF = SH + "targetSubjectsOf"
SH_TARGET_OBJECTS_OF = SH + "targetObjectsOf"
SH_TARGETS = (SH_TARGET_NODE, SH_TARGET_CLASS, SH_TARGET_SUBJECTS_OF, SH_TARGET_OBJECTS_OF)
SH_RESULT = SH + "result"
SH_FOCUS_NODE = SH + "focusNode"
SH_SOURCE_SHAPE = SH + "sourceShape"
SH_VALUE = SH + "value"
SH_RESULT_SEVERITY = SH + "resultSeverity"
SH_RESULT_MESSAGE = SH + "resultMessage"
SH_WARNING = SH + "Warning"
SH_INFO = SH + "Info"
SH_RESULT_PATH = SH + "resultPath"
SH_COMPONENT = SH + "sourceConstraintComponent"
SH_COMPONENT_SUFFIX = "ConstraintComponent"
SH_SPARQL_COMPONENT = SH + "SPARQLConstraintComponent"
SH_NAME = SH + "name"
SH_DESCRIPTION = SH + "description"
SH_SEVERITY = SH + "severity"
SH_DEACTIVATED = SH + "deactivated"
SH_CONFORMS = SH + "conforms"
SH_REPORT = SH + "ValidationReport"
SH_VALIDATION_RESULT = SH + "ValidationResult"
SH_VIOLATION = SH + "Violation"
SH_NODE_SHAPE = SH + "NodeShape"
SH_PROPERTY_SHAPE = SH + "PropertyShape"
RDFS_RESOURCE = VOCABULARIES["rdfs"] + "Resource"
OWL_IMPORTS = OWL + "imports"
OWL_ONTOLOGY = OWL + "Ontology"
XSD_BOOLEAN = XSD + "boolean"

# AKN4UN (Akoma Ntoso for the United Nations Documents) addresses begin here.
AKN_UN = "/akn/un/"

# What no IRI holds (RFC 3987, section 2.2), and the sign that stands for it.
_NO_IRI = re.compile(r"[\x00-\x20<>\"{}|\\^`%?#\[\]\x7f-\xa0\ud800-\udfff]")
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.\-]*[A-Za-z0-9_\-])?\Z")


def prefixes(plan: str | None = None) -> dict[str, str]:
    """Prefix to namespace, for data, ontology and other vocabularies; with a plan's slug, for what belongs to it too.

    >>> prefixes("mtsp-2022-2026")["para"]
    'https://w3id.org/mtsp-kg/id/mtsp-2022-2026/para/'
    """
    table = {"mtsp": ONTOLOGY, "id": ID}
    table |= {kind: f"{ID}{kind}/" for kind in KINDS}
    if plan is not None:
        table["plan"] = f"{ID}{plan}/"
        table |= {kind: f"{ID}{plan}/{kind}/" for kind in PLAN_KINDS}
    return table | VOCABULARIES


def expand(name: str, plan: str | None = None) -> str | None:
    """The IRI of a prefixed name or of an IRI (with or without angle brackets); None when it is neither.

    >>> expand("org:who")
    'https://w3id.org/mtsp-kg/id/org/who'
    """
    if name.startswith("<") and name.endswith(">"):
        name = name[1:-1]
    if name.startswith(("http://", "https://", "urn:")):
        return name
    prefix, colon, local = name.partition(":")
    namespace = prefixes(plan).get(prefix) if colon and local else None
    return None if namespace is None or " " in local else namespace + local


def shrink(iri: str, plan: str | None = None) -> str:
    """The shortest prefixed name of an IRI that Turtle can write without escapes; the IRI itself where there is none.

    >>> shrink("https://w3id.org/mtsp-kg/id/mtsp-2022-2026/para/55", "mtsp-2022-2026")
    'para:55'
    """
    # A local name has neither "/" nor "#" in it, and every namespace ends with one of them.
    cut = max(iri.rfind("/"), iri.rfind("#")) + 1
    prefix = _shortest(plan).get(iri[:cut])
    return f"{prefix}:{iri[cut:]}" if prefix is not None and _LOCAL.match(iri, cut) else iri


@cache
def _shortest(plan: str | None) -> dict[str, str]:
    """Namespace to its shortest prefix."""
    table = sorted(prefixes(plan).items(), key=lambda pair: len(pair[0]), reverse=True)
    return {namespace: prefix for prefix, namespace in table}


def as_turtle(iri: str, plan: str | None = None) -> str:
    """An IRI as Turtle writes it: its prefixed name, or the IRI in angle brackets where there is none.

    >>> as_turtle("https://example.org/x")
    '<https://example.org/x>'
    """
    short = shrink(iri, plan)
    return f"<{iri}>" if short == iri else short


def plan_iri(plan: str) -> str:
    """The IRI of a plan, from the name of its folder."""
    return ID + plan


def plan_of(iri: str) -> str | None:
    """The slug of the plan that an IRI belongs to; None for what outlives plans."""
    if not iri.startswith(ID):
        return None
    head = iri[len(ID) :].split("/", 1)[0]
    return None if head in KINDS or not head else head


_MENTION = re.compile(re.escape(ID) + r"([^/]+)/mention/(?:([a-z]+)-)?(\d+)\.\d+")


def passage_of_mention(iri: str) -> str | None:
    """The passage that a mention's IRI names; None for an IRI that is no mention's.

    >>> passage_of_mention("https://w3id.org/mtsp-kg/id/mtsp-2022-2026/mention/note-8.1")
    'https://w3id.org/mtsp-kg/id/mtsp-2022-2026/note/8'
    """
    found = _MENTION.fullmatch(iri)
    return f"{ID}{found.group(1)}/{found.group(2) or 'para'}/{found.group(3)}" if found else None


def graph_of_file(relative: str) -> str:
    """The name of the graph for what a file says outside any named graph.

    relative: the file's path below the project's root, with slashes.

    >>> graph_of_file("graph/entities/org.ttl")
    'https://w3id.org/mtsp-kg/graph/entities/org'
    >>> graph_of_file("/home/me/my data.ttl")
    'https://w3id.org/mtsp-kg/graph/home/me/my%20data'
    """
    stem = relative.rsplit(".", 1)[0].removeprefix("graph/").lstrip("/")
    return GRAPH + _NO_IRI.sub(_escaped, stem)


def _escaped(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode(errors="replace"))


def term(name: str) -> str:
    """The IRI of a term of our ontology."""
    return ONTOLOGY + name


# The default graph that queries see is the RDF merge of all graphs, materialised once at load: pyoxigraph's union flag
# would give a triple once for each graph that states it.
MERGE_INTO_DEFAULT = "INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }"

# Nodes, for targets of SHACL. What follows HAVING is asked for each node and graph, a FILTER would be for each triple.
NODES_OF_GRAPHS = "SELECT DISTINCT ?s WHERE { GRAPH ?g { ?s ?p ?o } }"
NODES_OF_OTHERS = (
    "SELECT DISTINCT ?s WHERE {{ {{ SELECT ?s WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }} "
    "GROUP BY ?s ?g HAVING(?g NOT IN ({graphs})) }} }}"
)
NODES_AND_CLASSES = "SELECT ?s ?c WHERE { ?s a ?c }"
NODES_WITH = "SELECT DISTINCT ?s WHERE {{ ?s {target} ?o }}"
NODES_BY = "SELECT DISTINCT ?o WHERE {{ ?s {target} ?o }}"

# What a remote store is asked about itself.
TRIPLES_OF_GRAPHS = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
TRIPLES_OF_DEFAULT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
EVERY_TRIPLE = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
EVERY_LABEL = (
    f"SELECT ?s ?p ?o WHERE {{ VALUES ?p {{ <{PREF_LABEL}> <{ALT_LABEL}> <{HIDDEN_LABEL}> }} ?s ?p ?o . "
    f'FILTER(STRSTARTS(STR(?s), "{BASE}")) }}'
)
HAS_PART = VOCABULARIES["dcterms"] + "hasPart"
VOID_TRIPLES = PUBLISHING["void"] + "triples"
SHA256 = VOCABULARIES["schema"] + "sha256"


def every_triple_of(graph: str) -> str:
    """The query for all triples of a named graph; graph: its IRI."""
    return f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"


def holds_part(whole: str) -> str:
    """The query whether a store's default graph shows what we say of our record there."""
    return f"ASK {{ <{whole}> <{HAS_PART}> ?part }}"


def is_spoken_of(iri: str) -> str:
    """The query whether a store's default graph speaks of an IRI."""
    return f"ASK {{ {{ <{iri}> ?p ?o }} UNION {{ ?s ?q <{iri}> }} }}"


def move_default_to(graph: str) -> str:
    """The SPARQL update that gives the default graph's triples to a named graph; graph: its IRI."""
    return f"MOVE DEFAULT TO GRAPH <{graph}>"


def construct_as_select(query: str) -> str:
    """The SELECT of all variables over the WHERE clause of a CONSTRUCT."""
    template = re.compile(r"CONSTRUCT\s*\{[^}]*\}\s*(?:WHERE)?", re.IGNORECASE)
    return template.sub("SELECT DISTINCT * WHERE ", query, count=1)
