"""Shapes and check queries, run over the graph; one report, which says of each finding where it stands.

`validate` is the way in. Imports the rooms to its left, and `query` for the check queries.
"""
