"""The table of rule kinds and of what is left out, read from `kinds.toml` beside this file. Imports nothing."""

from __future__ import annotations

import tomllib
from pathlib import Path

_TABLE = tomllib.loads((Path(__file__).parent / "kinds.toml").read_text(encoding="utf-8"))

# Kind to its rule of OWL 2 RL (`rule`), its name in English (`en`) and Chinese (`zh`), in the order of trying.
KINDS: dict[str, dict[str, str]] = _TABLE["kinds"]
# The same for contradictions.
CLASHES: dict[str, dict[str, str]] = _TABLE["clashes"]
# What is not inferred (`what`), with the reason (`why`).
LEFT_OUT: list[dict[str, str]] = _TABLE["left-out"]
