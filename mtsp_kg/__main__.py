"""`python -m mtsp_kg` runs `mtsp`."""

from mtsp_kg.cli import mtsp

mtsp()
