"""`python -m mtsp_kg` is `mtsp`."""

from mtsp_kg.cli import mtsp

mtsp()
