"""Reasoning that can be audited: axioms become rules, rules become graphs, and every inferred triple is explained.

`axioms` reads the ontology, `rules` makes Horn rules of it, `closure` evaluates them, `graphs` names what follows,
`proofs` finds why. May import `errors`, `names`, `formats`, `output`, `project`, `load`, `cache`, `store`, `locate`.

Within this room a term is its N-Triples form, a string: `<https://...>`, `_:b1` or `"literal"@en`.
"""
