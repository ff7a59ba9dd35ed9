"""The graph over HTTP: SPARQL Protocol, the catalogue as an API, and a site's pages.

May import `errors`, `names`, `formats`, `project`, `store`, `query` and `publish`; what it serves is handed to it by
the command line. Visitors' queries run in a pool of sandboxed worker processes, never in the process that speaks HTTP.
"""
