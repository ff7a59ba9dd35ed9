"""The graph over HTTP: the SPARQL Protocol, the catalogue as an API, and the pages of a site.

The caller passes the content to serve. Visitors' queries run in a pool of sandboxed worker processes, never in the
process that handles HTTP.
"""
