"""The catalogue of `.rq` files, running them with bound parameters, and results as tables.

May import `errors`, `names`, `formats`, `project`, `cache` and `store`.
"""
