"""What no engine here decides is never told to conform: each such term of SHACL's notes is a violation of its own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mtsp_kg import cli, vocab
from mtsp_kg.validate.shape_checks import shacl_terms

DATA = "<urn:a> a <urn:C> .\n"
SHAPE = f"@prefix sh: <{vocab.SH}> .\n<urn:S> a sh:NodeShape ; sh:targetClass <urn:C> ; sh:nodeKind sh:IRI .\n"


def _validate(
    folder: Path, added: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *options: str
) -> tuple[int, str]:
    (folder / "d.ttl").write_text(DATA, encoding="utf-8")
    (folder / "s.ttl").write_text(SHAPE + added, encoding="utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["mtsp", "validate", "d.ttl", "--shapes", "s.ttl", *options])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0), capsys.readouterr().out


def test_the_shape_alone_conforms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _validate(tmp_path, "", monkeypatch, capsys) == (0, "conforms: 1 shape over 1 node.\n")


@pytest.mark.parametrize("engine", ["shacl", "pyshacl"])
@pytest.mark.parametrize("term", sorted(shacl_terms().undecided))
def test_what_is_not_decided_does_not_conform(
    term: str, engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip(engine)
    used = f"a sh:{term}" if term[0].isupper() else f"sh:{term} [ <urn:p> 1 ]"
    code, out = _validate(tmp_path, f"<urn:S> {used} .\n", monkeypatch, capsys, "--engine", engine)
    if code == 2:  # the engine refuses the shapes for what the term leads to
        assert out == ""
        return
    assert code in (1, 3)
    assert f"No available engine supports sh:{term}" in out
    assert "s.ttl:3" in out
    assert not any(line.startswith("conforms") for line in out.splitlines())


@pytest.mark.parametrize("form", ["json", "sarif", "junit", "gitlab", "github", "html", "ttl", "jsonld"])
def test_no_form_of_the_report_says_that_it_conforms(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out = _validate(tmp_path, "<urn:S> sh:js [ <urn:p> 1 ] .\n", monkeypatch, capsys, "--format", form)
    assert code in (1, 3)
    told = "".join(out.split())
    assert 'conforms":true' not in told
    assert "sh:conformstrue" not in told
    assert '"@value":"true"' not in told
    if form in ("ttl", "jsonld"):  # SHACL's own report has no place for what was not looked at
        assert "false" in told
    else:
        assert "sh:js" in out
