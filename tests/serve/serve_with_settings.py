"""Runs a server with settings for which the command has no options: python serve_with_settings.py PROJECT SETTINGS.

SETTINGS: a JSON object with the fields of `Deadlines`, `WorkerLimits` and `PoolLimits` below "deadlines", "limits" and
"pool".
"""

from __future__ import annotations

import json
import sys

import mtsp_kg
from mtsp_kg.serve.settings import Deadlines, PoolLimits, ServerSettings, WorkerLimits


def main(project: str, settings: str) -> None:
    given = json.loads(settings)
    mtsp_kg.open(project).serve(
        ServerSettings(
            port=0,
            deadlines=Deadlines(**given.get("deadlines", {})),
            limits=WorkerLimits(**given.get("limits", {})),
            pool=PoolLimits(**given.get("pool", {})),
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
