"""A remote SPARQL 1.1 store: asking it, fetching its graphs, and putting ours there.

Imports `errors`, `names`, `store` and `query`; httpx (the extra `remote`) is imported where it is used.
"""
