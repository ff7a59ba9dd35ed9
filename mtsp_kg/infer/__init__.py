"""Auditable reasoning: axioms are compiled to rules, rules derive triples, and every inferred triple has proofs.

`axioms` reads the ontology, `compile` turns it into Horn rules, `closure` evaluates them, `inferred_graphs` puts the
inferred triples into graphs, `proofs` and `explain` explain them; `reasoning` is the public interface.

Within this package a term is its N-Triples form, a string: `<https://...>`, `_:b1` or `"literal"@en`.
"""
