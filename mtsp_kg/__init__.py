"""WIPO's Medium-Term Strategic Plan as a knowledge graph, with the tools that make it useful.

import mtsp_kg
kg = mtsp_kg.open()
print(kg.query("partners-of-outcome", outcome="2.4").write("table"))
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = ["open"]

if TYPE_CHECKING:
    from mtsp_kg.remote_graph import open_graph as open  # noqa: A004 - mtsp_kg.open() reads as it should


def __getattr__(name: str) -> object:
    # Nothing heavy at start-up: the store is imported when somebody opens a graph.
    if name == "open":
        from mtsp_kg.remote_graph import open_graph

        return open_graph
    raise AttributeError(f"module 'mtsp_kg' has no attribute '{name}'")
