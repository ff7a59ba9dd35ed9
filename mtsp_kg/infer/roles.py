"""The hierarchy of properties: which are composite, and whether chains make it go in a circle.

Reference: OWL 2 Structural Specification, section 11 (global restrictions). Imports `axioms` and `expressions`.
"""

from __future__ import annotations

from collections.abc import Iterable

from mtsp_kg.infer.axioms import Axiom
from mtsp_kg.infer.expressions import Property


def _properties(axiom: Axiom) -> list[Property]:
    return [part for part in axiom.parts if isinstance(part, Property)]


def _hierarchy(axioms: Iterable[Axiom]) -> dict[str, set[str]]:
    """Property to those it is directly within; a property and its inverse count as one."""
    above: dict[str, set[str]] = {}
    for axiom in axioms:
        names = [on.name for on in _properties(axiom)]
        if axiom.kind in ("subproperty", "equivalent-properties", "inverse"):
            above.setdefault(names[0], set()).add(names[1])
            if axiom.kind != "subproperty":
                above.setdefault(names[1], set()).add(names[0])
    return above


def closed(start: set[str], above: dict[str, set[str]]) -> set[str]:
    """Some things and all that is above them."""
    found, open_ = set(start), list(start)
    while open_:
        for upper in above.get(open_.pop(), set()) - found:
            found.add(upper)
            open_.append(upper)
    return found


def not_simple(axioms: Iterable[Axiom]) -> set[str]:
    """The properties that are transitive, that a chain implies, or that one of these is within."""
    axioms = list(axioms)
    composite = {_properties(axiom)[-1].name for axiom in axioms if axiom.kind in ("transitive", "chain")}
    return closed(composite, _hierarchy(axioms))


def irregular(axioms: Iterable[Axiom]) -> list[Axiom]:
    """The chains for which no order of the properties exists that OWL 2 DL asks for."""
    axioms = list(axioms)
    above = _hierarchy(axioms)
    chains = [axiom for axiom in axioms if axiom.kind == "chain"]
    before: dict[str, set[str]] = {sub: set(uppers) for sub, uppers in above.items()}
    strict: list[tuple[Axiom, str, str]] = []
    for axiom in chains:
        *steps, whole = (on.name for on in _properties(axiom))
        if steps == [whole, whole]:
            continue
        inner = steps[1:] if steps[0] == whole else steps[:-1] if steps[-1] == whole else steps
        for step in inner:
            strict.append((axiom, step, whole))
            before.setdefault(step, set()).add(whole)
    found = [axiom for axiom, step, whole in strict if step in closed({whole}, before)]
    return list(dict.fromkeys(found))
