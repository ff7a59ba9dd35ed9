"""One module for each form in which the graph leaves the house.

May import `errors`, `names`, `formats`, `project`, `load`, `store`, `query` and `trace`.
"""
