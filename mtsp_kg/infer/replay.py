"""A proof held against the graph and the axioms as they are now, step by step, without searching.

Imports `proofs`, `rules`, `terms` and `values`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from mtsp_kg.infer.compile import replacements
from mtsp_kg.infer.join import Binding
from mtsp_kg.infer.proofs import Proof, Step, head_binding
from mtsp_kg.infer.rules import Guard, Rule
from mtsp_kg.infer.terms import Atom, is_variable, line
from mtsp_kg.infer.values import holds


def faults(
    proof: Proof, rules: Collection[Rule], stated: Callable[[Atom], bool], apart: Collection[Step] = ()
) -> list[str]:
    """What is wrong with a proof; nothing where it holds.

    stated: whether a fact is asserted now; apart: steps that are checked elsewhere, being those of queries.
    """
    found = [] if proof.is_sound_in_order() else ["The proof goes in a circle."]
    found += [f"Not stated: {line(fact)}" for fact in proof.asserted() if not stated(fact)]
    known = set(rules)
    for step in proof.steps.values():
        if step.rule not in known and step.rule not in replacements(step.fact[0], len(step.fact)):
            found.append(f"No axiom gives this rule any more: {step.rule.kind} for {line(step.fact)}")
        elif step not in apart and not follows(step):
            found.append(f"The rule {step.rule.kind} does not give {line(step.fact)} from these premises.")
    return found


def follows(step: Step) -> bool:
    """Whether a step is an instance of its rule: one binding makes its head the fact and its body the premises."""
    binding = head_binding(step.rule, step.fact)
    if binding is None or len(step.premises) != len(step.rule.body):
        return False
    for pattern, premise in zip(step.rule.body, step.premises, strict=True):
        if pattern[0] != premise[0] or len(pattern) != len(premise):
            return False
        for place, term in zip(pattern[1:], premise[1:], strict=True):
            if is_variable(place):
                if binding.setdefault(place, term) != term:
                    return False
            elif place != term:
                return False
    return _guarded(step.rule.guards, binding)


def _guarded(guards: tuple[Guard, ...], binding: Binding) -> bool:
    return all(holds(name, binding.get(one, one), binding.get(two, two)) for name, one, two in guards)
