"""Content negotiation, header by header."""

from __future__ import annotations

import pytest

from mtsp_kg.serve.negotiation import best_language, best_media

OFFERS = ["text/turtle", "application/ld+json", "text/html", "text/csv"]


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "text/turtle"),
        ("", "text/turtle"),
        ("*/*", "text/turtle"),
        ("text/html", "text/html"),
        ("TEXT/HTML", "text/html"),
        ("text/html;level=1", "text/html"),
        ("application/ld+json;q=0.9, text/turtle;q=0.8", "application/ld+json"),
        ("text/*", "text/turtle"),
        ("text/*;q=0.5, text/csv", "text/csv"),
        ("text/turtle;q=0, */*", "application/ld+json"),
        ("text/turtle;q=0, text/*", "text/html"),
        ("*/*;q=0.1, text/html;q=0.2", "text/html"),
        ("text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", "text/html"),
        ("application/rdf+xml", None),
        ("text/turtle;q=0", None),
        ("*/*;q=0", None),
        ("nonsense", None),
        ("nonsense, text/csv", "text/csv"),
        ("text/csv;q=nonsense", None),
        ("text/csv;q=2", None),
        ("text/csv;q=0.1234", None),
        ("text/csv ; q=1.000", "text/csv"),
        ("*", None),
        (",,, text/csv,,", "text/csv"),
        ("text/turtle;q=0.3, text/turtle;q=0.9, text/csv;q=0.5", "text/turtle"),
        ("a/b," * 5000 + "text/csv", None),
    ],
)
def test_best_media(accept: str | None, expected: str | None) -> None:
    assert best_media(accept, OFFERS) == expected


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "en"),
        ("", "en"),
        ("zh", "zh"),
        ("zh-Hans", "zh"),
        ("zh-TW;q=0.3, fr;q=0.5", "fr"),
        ("de", "en"),
        ("*", "en"),
        ("de, fr;q=0.1", "fr"),
        ("fr;q=0", "en"),
        ("<script>, fr", "fr"),
    ],
)
def test_best_language(accept: str | None, expected: str) -> None:
    assert best_language(accept, ["en", "fr", "zh"]) == expected
