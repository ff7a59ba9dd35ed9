"""SPARQL 1.1 stores on other servers: queries, graphs fetched from there, and graphs pushed there."""
