"""A site is written whole or not at all, only what changed, and never over what is not ours (promise P15)."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

import mtsp_kg
from mtsp_kg.cli.publish import command
from mtsp_kg.errors import DataError
from mtsp_kg.profile import Profile
from mtsp_kg.publish.folder import write_site
from mtsp_kg.publish.site_check import check_site
from mtsp_kg.publish.site_layout import SiteDocument, SiteLayout

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("MTSP_KILLS", "10"))


def add(project: Path, label: str) -> None:
    place = project / "graph" / "extra.ttl"
    text = f'<https://w3id.org/mtsp-kg/id/theme/extra> <http://www.w3.org/2004/02/skos/core#prefLabel> "{label}"@en .\n'
    place.write_text(text, "utf-8")


def snapshot(folder: Path) -> dict[str, int]:
    return {path.relative_to(folder).as_posix(): path.stat().st_ino for path in folder.rglob("*") if path.is_file()}


def test_what_has_not_changed_is_neither_made_nor_written(little: Path, tmp_path: Path) -> None:
    target = tmp_path / "site"
    first = mtsp_kg.open(little).publish(target)
    assert first.changed
    assert first.written == first.files
    before = snapshot(target)
    again = mtsp_kg.open(little).publish(target)
    assert (again.changed, again.written, again.files, again.size) == (False, 0, first.files, first.size)
    assert snapshot(target) == before
    add(little, "one more")
    third = mtsp_kg.open(little).publish(target)
    after = snapshot(target)
    kept = [path for path in before if after.get(path) == before[path]]
    assert third.changed
    assert 0 < third.written < third.files
    assert len(kept) >= third.files - third.written - 10
    assert "doc/org/who.ttl" in kept
    assert check_site(target).faults == ()
    assert not list(tmp_path.glob(".site.*"))


def test_a_file_that_is_gone_or_cut_is_made_anew(little: Path, tmp_path: Path) -> None:
    target = tmp_path / "site"
    mtsp_kg.open(little).publish(target)
    (target / "doc/org/who.ttl").unlink()
    (target / "site.css").write_bytes(b"")
    assert mtsp_kg.open(little).publish(target).written == 2
    assert check_site(target).faults == ()


def test_options_are_part_of_what_has_changed(little: Path, tmp_path: Path) -> None:
    target = tmp_path / "site"
    mtsp_kg.open(little).publish(target)
    assert mtsp_kg.open(little).publish(target, base="https://data.example.org/x/").changed
    assert not mtsp_kg.open(little).publish(target, base="https://data.example.org/x/").changed
    assert check_site(target).faults == ()


def test_a_folder_with_other_things_in_it_is_refused(little: Path, tmp_path: Path) -> None:
    target = tmp_path / "site"
    target.mkdir()
    (target / "thesis.txt").write_text("years of work", "utf-8")
    with pytest.raises(DataError, match="would delete it"):
        mtsp_kg.open(little).publish(target)
    assert (target / "thesis.txt").read_text("utf-8") == "years of work"
    file = tmp_path / "file"
    file.write_text("x", "utf-8")
    with pytest.raises(DataError):
        mtsp_kg.open(little).publish(file)
    ours = tmp_path / "ours"
    mtsp_kg.open(little).publish(ours)
    (ours / "added.txt").write_text("x", "utf-8")
    add(little, "changed")
    with pytest.raises(DataError, match="would delete it"):
        mtsp_kg.open(little).publish(ours)


def test_what_an_interrupted_run_left_is_swept(little: Path, tmp_path: Path) -> None:
    left = tmp_path / ".site.new-abc"
    left.mkdir()
    (left / "half.html").write_text("<", "utf-8")
    mtsp_kg.open(little).publish(tmp_path / "site")
    assert not left.exists()


def test_an_old_site_whose_exchange_was_interrupted_comes_back(little: Path, tmp_path: Path) -> None:
    target = tmp_path / "site"
    mtsp_kg.open(little).publish(target)
    target.rename(tmp_path / ".site.old-abc")
    assert mtsp_kg.open(little).publish(target).written == 0
    assert check_site(target).faults == ()


def test_a_broken_query_leaves_the_old_site(little: Path, tmp_path: Path) -> None:
    from mtsp_kg.errors import QueryError

    target = tmp_path / "site"
    mtsp_kg.open(little).publish(target)
    before = snapshot(target)
    (little / "queries" / "ask" / "broken.rq").write_text("#+ summary: x\nSELECT ?x { ", "utf-8")
    with pytest.raises(QueryError):
        mtsp_kg.open(little).publish(target)
    assert snapshot(target) == before
    assert not list(tmp_path.glob(".site.*"))


def test_killed_at_any_moment_the_reader_sees_the_old_site_or_the_new(little: Path, tmp_path: Path) -> None:
    target = tmp_path / "site"
    script = "import sys, mtsp_kg; mtsp_kg.open(sys.argv[1]).publish(sys.argv[2])"
    run = [sys.executable, "-c", script, str(little), str(target)]
    add(little, "version 0")
    begun = time.perf_counter()
    subprocess.run(run, check=True)
    whole = time.perf_counter() - begun
    chance = random.Random(6)
    done = 0
    for number in range(1, KILLS + 1):
        add(little, f"version {number}")
        process = subprocess.Popen(run, stderr=subprocess.DEVNULL)
        try:
            process.wait(chance.uniform(0.2, 1.1) * whole)
            done += 1
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        assert check_site(target).faults == (), f"after kill {number}"
        document = (target / "doc/theme/extra.nt").read_text("utf-8")
        assert "version" in document
    assert done < KILLS
    add(little, "the last version")
    subprocess.run(run, check=True)
    assert "the last version" in (target / "doc/theme/extra.nt").read_text("utf-8")
    time.sleep(0.2)
    assert not list(tmp_path.glob(".site.*"))


def test_two_at_once_do_not_mix(little: Path, tmp_path: Path) -> None:
    target = tmp_path / "site"
    script = "import sys, mtsp_kg; mtsp_kg.open(sys.argv[1]).publish(sys.argv[2])"
    run = [sys.executable, "-c", script, str(little), str(target)]
    both = [subprocess.Popen(run, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    errors = [process.communicate()[1] for process in both]
    assert any(process.returncode == 0 for process in both), errors
    for process, error in zip(both, errors, strict=True):
        assert process.returncode == 0 or "Another process is publishing" in error
    assert check_site(target).faults == ()


def test_the_command_says_what_it_did_and_checks(little: Path, tmp_path: Path) -> None:
    target = str(tmp_path / "site")
    runner = CliRunner()
    said = runner.invoke(command, [target], obj=str(little)).output
    assert " written; " in said
    assert "nothing has changed" in runner.invoke(command, [target], obj=str(little)).output
    checked = runner.invoke(command, [target, "--check"], obj=str(little), standalone_mode=False)
    assert checked.return_value == 0
    manifest = Path(target, "manifest.json")
    body = json.loads(manifest.read_text("utf-8"))
    body["files"]["site.css"]["sha256"] = "0" * 64
    manifest.write_text(json.dumps(body), "utf-8")
    checked = runner.invoke(command, [target, "--check"], obj=str(little), standalone_mode=False)
    assert checked.return_value == 1
    assert "site.css: differs from what was published." in checked.output


class Scripted:
    """A site of small files, one of which does something else when a forked process makes it."""

    def __init__(self, act: Callable[[], None]) -> None:
        self.layout = SiteLayout(Profile("https://example.org/"))
        self._act, self._parent = act, os.getpid()

    def paths(self) -> Iterator[str]:
        yield from (f"files/{number}.txt" for number in range(300))

    def document(self, path: str) -> SiteDocument | None:
        if path == "files/250.txt" and os.getpid() != self._parent:
            self._act()
        return SiteDocument(path, "text/plain", path.encode())

    def prepare(self) -> None:
        pass


needs_processes = pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="files are written by one process here"
)


@needs_processes
def test_an_error_in_a_forked_process_keeps_its_position(tmp_path: Path) -> None:
    def fail() -> None:
        raise DataError("The page is wrong.", remedy="Fix it.", file="a.ttl", line=7)

    with pytest.raises(DataError) as caught:
        write_site(Scripted(fail), tmp_path / "site", "key")
    assert str(caught.value) == "a.ttl:7: The page is wrong. Fix it."
    assert not list(tmp_path.iterdir())


@needs_processes
def test_a_forked_process_that_is_killed_ends_the_run_with_a_message(tmp_path: Path) -> None:
    target = tmp_path / "site"
    write_site(Scripted(lambda: None), target, "key")
    with pytest.raises(DataError, match="ended unexpectedly"):
        write_site(Scripted(lambda: os.kill(os.getpid(), signal.SIGKILL)), target, "another key")
    assert [path.name for path in tmp_path.iterdir()] == ["site"]
    assert len(list((target / "files").iterdir())) == 300


@needs_processes
def test_forked_processes_end_with_the_one_that_forked_them(little: Path, tmp_path: Path) -> None:
    script = "import sys, mtsp_kg; mtsp_kg.open(sys.argv[1]).publish(sys.argv[2])"
    process = subprocess.Popen([sys.executable, "-c", script, str(little), str(tmp_path / "site")])
    children: list[str] = []
    deadline = time.monotonic() + 60
    while not children and process.poll() is None and time.monotonic() < deadline:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii").split()
        time.sleep(0.002)
    assert children
    process.kill()
    process.wait()
    while any(Path(f"/proc/{child}").exists() for child in children):
        assert time.monotonic() < deadline
        time.sleep(0.01)
