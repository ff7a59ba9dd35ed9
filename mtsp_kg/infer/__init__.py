"""Reasoning that can be audited: axioms become rules, rules give triples, and every inferred triple has its proofs.

`axioms` reads the ontology, `compile` makes Horn rules of it, `closure` evaluates them, `inferred_graphs` names what
follows, `proofs` and `explain` say why; `reasoning` is the entrance.

Within this package a term is its N-Triples form, a string: `<https://...>`, `_:b1` or `"literal"@en`.
"""
