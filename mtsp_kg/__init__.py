"""The plan as a knowledge graph, with the tools that make it useful."""
