"""The IRIs of the W3C and other vocabularies that the package reads and writes.

Only this module, a project's profile and data files hold IRIs.
"""

from __future__ import annotations

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
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"

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
SH_CLASS = SH + "class"
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
HAS_PART = VOCABULARIES["dcterms"] + "hasPart"
VOID_TRIPLES = PUBLISHING["void"] + "triples"
SHA256 = VOCABULARIES["schema"] + "sha256"
