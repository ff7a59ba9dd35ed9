"""Validation: shapes and check queries over a graph or files, in one report whose findings have their positions.

`mtsp_kg.graph.KnowledgeGraph.validate` and `mtsp_kg.validate.runner.validate` return the report.
"""
