"""The graph over HTTP: the SPARQL Protocol, the catalogue as an API, and the pages of a site.

What is served is handed to this room. Visitors' queries run in a pool of sandboxed worker processes, never in the
process that speaks HTTP.
"""
