"""The long runs: a sample of each, that they go on where they were cut off, and that they find what is wrong."""

import json

import nbformat
import pytest

from cs_utils.grading.authoring.paths import ROOT, Lesson
from cs_utils.grading.campaign import fuzz, kills, oracle
from cs_utils.grading.campaign.__main__ import main
from cs_utils.grading.campaign.log import Log
from cs_utils.grading.campaign.picture import differences
from cs_utils.grading.classroom.intake.reading import Quarantined
from cs_utils.grading.classroom.intake.rebuild import Rebuilt
from cs_utils.grading.classroom.sandbox import NoSandbox, try_sandbox

CONVOLUTION = Lesson(ROOT, "02_convolution")


@pytest.fixture
def sandbox():
    try:
        try_sandbox()
    except NoSandbox as reason:
        pytest.skip(f"no sandbox here: {reason}")


def entries(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.slow
def test_a_sample_of_damaged_notebooks_stops_nothing(sandbox, tmp_path, capsys):
    assert main(["--folder", str(tmp_path), "fuzz", "--number", "280", "--judged", "28"]) == 0, capsys.readouterr().out
    found = entries(tmp_path / "fuzz.jsonl")
    assert sorted(entry["number"] for entry in found) == list(range(280))
    assert sum("judged" in entry for entry in found) > 18  # what is quarantined by `collect` is not judged
    assert {entry["intake"] for entry in found} == {"graded", "repaired", "quarantined"}
    assert sum(entry["survivors"] for entry in found) > 280


@pytest.mark.slow
def test_a_sample_of_kills_costs_nothing(sandbox, tmp_path, capsys):
    assert main(["--folder", str(tmp_path), "kills", "--number", "4"]) == 0, capsys.readouterr().out
    found = entries(tmp_path / "kills.jsonl")
    assert sorted(entry["kind"] for entry in found) == sorted(kills.KINDS)
    assert all(entry["killed"] for entry in found)


def test_a_run_goes_on_where_it_was_cut_off(tmp_path):
    log = Log(tmp_path / "some.jsonl")
    for number in (0, 2):
        log.add({"number": number})
    with log.path.open("a", encoding="utf-8") as file:
        file.write('{"number": 1')  # the machine stopped here
    again = Log(log.path)
    assert again.missing(4) == [1, 3]
    again.add({"number": 1})
    assert [entry["number"] for entry in entries(log.path)] == [0, 2, 1]


def test_what_is_done_is_not_done_again(tmp_path, monkeypatch, capsys):
    log = Log(tmp_path / "fuzz.jsonl")
    for number in range(3):
        log.add({"number": number, "lesson": "01", "intake": "graded", "survivors": 1, "seconds": 0.1, "faults": []})
    monkeypatch.setattr(fuzz, "examine_class", None)
    assert fuzz.run(tmp_path, 3, 0, 1) == 0
    assert "3 of 3" in capsys.readouterr().out


def damaged_by(monkeypatch, make):
    monkeypatch.setattr(oracle, "rebuild", make)
    return oracle.examine(json.dumps(oracle.whole(CONVOLUTION)).encode(), CONVOLUTION).faults


def raises(error):
    def rebuild(data, released):
        raise error

    return rebuild


def without_an_answer(data, released):
    return Rebuilt(released, [])


def without_a_cell(data, released):
    notebook = nbformat.from_dict(oracle.whole(CONVOLUTION))
    notebook.cells = [cell for cell in notebook.cells if cell.id != "setup"]
    return Rebuilt(notebook, [])


def foreseen_by_nobody(data, released):
    raise Quarantined("it could not be read") from ValueError("surprise")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (raises(Quarantined("no")), "quarantined"),
        (foreseen_by_nobody, "surprise"),
        (without_an_answer, "lost"),
        (without_a_cell, "each released cell"),
    ],
)
def test_the_oracle_finds_what_an_intake_does_wrong(monkeypatch, make, words):
    assert damaged_by(monkeypatch, oracle.rebuild) == []
    assert any(words in fault for fault in damaged_by(monkeypatch, make))


def test_what_is_raised_is_a_fault_of_one_and_not_the_end(monkeypatch):
    monkeypatch.setattr(fuzz, "examine", raises_for_two())
    found = fuzz.examine_class([7, 8, 9], set())
    assert [bool(entry["faults"]) for entry in found] == [False, True, False]


def raises_for_two():
    calls = iter(range(3))

    def examine(data, lesson):
        if next(calls) == 1:
            raise RuntimeError("the intake fails")
        return oracle.Examined(None, [])

    return examine


def test_differences_are_told_apart():
    wanted = {"same": [1], "gone": [1], "other": [1], "once": ["row"]}
    found = {"same": [1], "other": [2], "once": ["row", "row"], "new": [1]}
    assert differences(wanted, found) == {"lost": ["gone"], "doubled": ["once", "new"], "different": ["other"]}
