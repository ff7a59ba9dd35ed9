"""What tests of every room share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def copy_of_document() -> Path:
    """A copy of the plan's document: named by MTSP_DOCUMENT, or at ../shared/source/ beside the checkout."""
    copy = Path(os.environ.get("MTSP_DOCUMENT") or ROOT.parent / "shared" / "source" / "wo_pbc_32_3_zh.txt")
    if not copy.is_file():
        pytest.skip("no copy of WO/PBC/32/3 at hand: name one with MTSP_DOCUMENT to run this test")
    return copy


@pytest.fixture(scope="session", autouse=True)
def cache_apart(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Tests keep the loaded graph in a cache of their own, not in the user's."""
    os.environ["MTSP_CACHE"] = str(tmp_path_factory.mktemp("cache"))
