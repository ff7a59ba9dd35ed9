"""How long publishing takes: the whole site, the same again, and after one label has changed.

    python benchmarks/publish.py

The limits: 20 s for our graph, 3 s again without change. Exit code 1 when one is passed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIMITS = {"the whole site": 20.0, "again, nothing changed": 3.0, "again, one label changed": 20.0}


def main() -> int:
    """Publishes three times and prints seconds and what was written."""
    slow = False
    with tempfile.TemporaryDirectory() as place:
        project, site = Path(place, "project"), Path(place, "site")
        for room in ("ontology", "graph", "shapes", "queries"):
            shutil.copytree(ROOT / room, project / room)
        for name, limit in LIMITS.items():
            if "label" in name:
                with (project / "graph" / "extra.ttl").open("w", encoding="utf-8") as file:
                    file.write(
                        "<https://w3id.org/mtsp-kg/id/org/who> <http://www.w3.org/2004/02/skos/core#altLabel> "
                        '"the health organization"@en .\n'
                    )
            begun, before = time.perf_counter(), os.times()
            command = [sys.executable, "-m", "mtsp_kg", "--project", str(project), "publish", str(site)]
            said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
            seconds, after = time.perf_counter() - begun, os.times()
            used = after.children_user + after.children_system - before.children_user - before.children_system
            slow |= seconds > limit
            print(f"{name:<26} {seconds:6.1f} s (limit {limit:.0f}), {used:.1f} s of processor; {said}")
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
