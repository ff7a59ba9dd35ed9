"""One module for each form in which the graph leaves the house.

May import `errors`, `names`, `formats`, `output`, `project`, `document`, `load`, `cache`, `store`, `query` and `trace`.
"""
