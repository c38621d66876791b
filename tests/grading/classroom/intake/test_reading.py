"""Notebooks as editors, tools and accidents leave them: what is in them is read, or a sentence says why not."""

import json

import pytest
from handed_in import CONVOLUTION, answered, answers, find, full, hold, points, released, take_in

from cs_utils.grading.classroom.intake.reading import Quarantined, read, without_outputs
from cs_utils.grading.classroom.intake.rebuild import rebuild
from cs_utils.grading.limits import LARGEST_CELL, LARGEST_NOTEBOOK, MOST_BRACKETS, MOST_CELLS, MOST_CODE


def quarantined(data):
    """Return why bytes are quarantined."""
    with pytest.raises(Quarantined) as error:
        rebuild(data, released())
    assert "\n" not in str(error.value)
    return str(error.value)


def notebook(*cells, **more):
    return json.dumps({"cells": list(cells), "nbformat": 4, "nbformat_minor": 5, "metadata": {}, **more}).encode()


def code(source, **more):
    return {"cell_type": "code", "source": source, "metadata": {}, **more}


# ---- encodings and JSON


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_all_encodings_of_unicode_are_read(encoding, ascii_only):
    data = json.dumps(answered(), ensure_ascii=ascii_only).encode(encoding)
    rebuilt = rebuild(data, released())
    assert rebuilt.repairs == []
    assert [cell.source for cell in rebuilt.notebook.cells] == [cell.source for cell in answered().cells]


def test_half_an_emoji_is_mended_and_said():
    submitted = answered()
    submitted.cells.append(code("# done \ud83d"))
    find(submitted, "window_score").source += "  # \udcff"
    rebuilt = take_in(submitted)
    assert points(rebuilt.notebook) == full()
    assert any("\ufffd" in repair for repair in rebuilt.repairs)


def test_half_an_emoji_in_ids_and_metadata_does_no_harm():
    submitted = answered()
    submitted.cells[3]["id"] = "\ud83d"
    find(submitted, "conv_batch").metadata["\ud83d"] = "\ud83d"
    submitted.metadata["course"] = {"release": "\ud83d"}
    assert points(take_in(submitted).notebook) == full()


@pytest.mark.parametrize("number", ["7" * 5000, "-" + "7" * 5000, "1e999999", "NaN", "-Infinity", "0." + "3" * 9000])
def test_no_number_does_any_harm(number):
    submitted = answered()
    submitted.metadata["seed"] = 7
    submitted.nbformat_minor = 3
    data = json.dumps(submitted).replace('"seed": 7', f'"seed": {number}').replace('_minor": 3', f'_minor": {number}')
    assert points(rebuild(data.encode(), released()).notebook) == full()


def test_bytes_that_are_no_utf8_spoil_nothing_else():
    submitted = answered()
    find(submitted, "window_score").source += "  # gr@@n"
    rebuilt = rebuild(json.dumps(submitted).encode().replace(b"gr@@n", "grün".encode("latin-1")), released())
    assert points(rebuilt.notebook) == full()
    assert rebuilt.repairs


@pytest.mark.parametrize("rest", [b"\0" * 512, b"\n\n", b" trailing", b'{"cells": []}'])
def test_what_follows_the_notebook_is_left_out(rest):
    data = json.dumps(answered()).encode() + rest
    assert points(rebuild(data, released()).notebook) == full()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n\0\0", "empty"),
        (b"not json", "no notebook"),
        (b"\xff\xfe\x00", ""),
        (b"\x80abc", "no notebook"),
        (b"[1, 2]", "list"),
        (b"7", "int"),
        (b"null", "None"),
        (b'{"cells": 5}', "cells"),
        (b"{}", "cells"),
        (b'{"worksheets": 7}', "cells"),
        (b"[" * 200_000, "deep"),
        (b'{"cells": ' * 100_000, "deep"),
        (b"[" * (MOST_BRACKETS + 1), "brackets"),
        (b'{"cells": [{"cell_type": "code", "sour', "cut short"),
        (b'{"cells": [{"cell_type": "code"', "cut short"),
        (b"PK\x03\x04abc", "zip"),
        (b"%PDF-1.7", "PDF"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "LFS"),
        (b" " * (LARGEST_NOTEBOOK + 1), "MB"),
        (notebook(*[code("1")] * (MOST_CELLS + 1)), "cells"),
        (notebook(*[code("1 + 1\n" * 1000)] * (MOST_CODE // 6000 + 1)), "code"),
        (notebook(), "lesson"),
        (notebook(code("print(1)")), "lesson"),
    ],
)
def test_what_is_no_notebook_is_quarantined_with_a_reason(data, reason):
    assert reason in quarantined(data)


def test_merge_conflict_markers_are_named():
    raw = json.dumps(answered(), indent=1)
    marked = raw.replace(' "cells": [', '<<<<<<< HEAD\n "cells": [\n=======\n "cells": [\n>>>>>>> theirs', 1)
    assert "merge conflict" in quarantined(marked.encode())


def test_conflict_markers_in_a_cell_are_the_student_s():
    submitted = answered()
    find(submitted, "window_score").source = "<<<<<<< HEAD\n=======\n>>>>>>> theirs"
    assert points(take_in(submitted).notebook)["window_score"] == 0


# ---- cells


@pytest.mark.parametrize(
    "cells",
    [
        [None],
        [5],
        [[]],
        [{"source": 7}],
        [{"cell_type": [], "metadata": 3, "source": [1]}],
        [{}],
        [{"cell_type": "code", "source": {"a": 1}, "metadata": {"nbgrader": []}, "id": 7}],
        [{"cell_type": "markdown", "source": "", "attachments": {"a": 1, "b": {"image/png": 5}}, "metadata": None}],
        [{"cell_type": "code", "source": "", "metadata": {"nbgrader": {"grade_id": {"a": 1}}}}],
    ],
)
def test_nonsense_among_the_cells_counts_as_nothing(cells):
    submitted = answered()
    rebuilt = rebuild(notebook(*submitted.cells, *cells), released())
    hold(rebuilt)
    assert [cell.source for cell in rebuilt.notebook.cells] == [cell.source for cell in submitted.cells]


@pytest.mark.parametrize("metadata", [None, 7, [], "x", {"nbgrader": 7}, {"nbgrader": {"grade_id": 7}}, {"tags": {}}])
def test_metadata_of_any_type_do_no_harm(metadata):
    cells = [{**cell, "metadata": metadata} for cell in answered().cells]
    assert points(rebuild(notebook(*cells, metadata=metadata), released()).notebook) == full()


def test_sources_may_be_lists_of_lines_with_or_without_their_ends():
    for keep in (True, False):
        cells = [{**cell, "source": cell.source.splitlines(keepends=keep)} for cell in answered().cells]
        rebuilt = rebuild(notebook(*cells), released())
        assert points(rebuilt.notebook) == full()
        assert len(rebuilt.notebook.cells) == len(cells)


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_of_other_systems_become_ours(end):
    cells = [{**cell, "source": cell.source.replace("\n", end)} for cell in answered().cells]
    rebuilt = rebuild(notebook(*cells), released())
    assert [cell.source for cell in rebuilt.notebook.cells] == [cell.source for cell in answered().cells]
    assert rebuilt.repairs == []


@pytest.mark.parametrize("minor", range(6))
def test_all_minor_formats_are_read(minor):
    cells = [dict(cell) for cell in answered().cells]
    for cell in cells:
        if minor < 5:
            del cell["id"]
    assert rebuild(notebook(*cells, nbformat_minor=minor), released()).repairs == []


def test_doubled_ids_do_no_harm():
    cells = [{**cell, "id": "same"} for cell in answered().cells]
    cells.insert(1, {**code("mine = 1"), "id": "same"})
    rebuilt = rebuild(notebook(*cells), released())
    hold(rebuilt)
    assert points(rebuilt.notebook) == full()


def test_nbformat_3_is_read():
    cells = []
    for cell in answered().cells:
        old = {"cell_type": cell.cell_type, "metadata": cell.metadata}
        if cell.cell_type == "code":
            old |= {"input": cell.source, "language": "python", "outputs": [], "collapsed": False}
        else:
            old |= {"source": cell.source}
        cells.append(old)
    heading = {"cell_type": "heading", "level": 2, "source": "Mine", "metadata": {}}
    data = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": [heading, *cells]}]}
    rebuilt = rebuild(json.dumps(data).encode(), released())
    assert points(rebuilt.notebook) == full()
    assert rebuilt.notebook.cells[0].source == "## Mine"


def test_a_cell_that_is_far_too_large_is_left_out_and_the_rest_is_graded():
    submitted = answered()
    submitted.cells.append({"cell_type": "markdown", "metadata": {}, "source": "x" * (LARGEST_CELL + 1)})
    rebuilt = take_in(submitted)
    assert points(rebuilt.notebook) == full()
    assert any("too large" in repair for repair in rebuilt.repairs)


@pytest.mark.parametrize(
    "source",
    ["(" * 90_000, "-" * 90_000 + "1", "x = " + "1+" * 40_000 + "1", "if 1:\n pass\n" + "elif 1:\n pass\n" * 6_000],
)
def test_code_made_to_break_a_parser_is_just_kept(source):
    submitted = answered()
    submitted.cells.append(code(source))
    rebuilt = take_in(submitted)
    assert rebuilt.notebook.cells[-1].source == source
    assert rebuilt.repairs == []


def test_a_notebook_made_to_be_slow_is_read_all_the_same():
    line = "a = 1; b = a; " * 7_000
    cells = [code(line + f"\nx{i} = 0") for i in range(MOST_CODE // len(line))]
    cells += [{"cell_type": "markdown", "source": f"{i} " * 20, "metadata": {}} for i in range(MOST_CELLS - 300)]
    rebuilt = rebuild(notebook(*answered().cells, *cells), released())
    assert len(rebuilt.notebook.cells) == len(answered().cells) + len(cells)


# ---- without outputs


def test_outputs_are_all_that_is_taken_away():
    submitted = answered()
    data = json.dumps(submitted).encode()
    for cell in submitted.cells:
        if cell.cell_type == "code":
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * 1000}]
    fat = json.dumps(submitted).encode()
    slim = without_outputs(fat)
    assert len(slim) < len(data) + 100
    assert [cell.source for cell in read(slim).cells] == [cell.source for cell in read(fat).cells]
    assert rebuild(slim, released()).repairs == []


@pytest.mark.parametrize("data", [b"", b"{", b'{"cells": 5}', b"[" * 100_000])
def test_what_can_t_be_read_stays_as_it_is(data):
    assert without_outputs(data) == data


def test_what_is_read_of_a_notebook_survives_without_outputs():
    submitted = answered()
    submitted.cells[0].source += "\ud83d"
    data = json.dumps(submitted).encode()
    assert rebuild(without_outputs(data), released()) == rebuild(data, released())
    assert answers(CONVOLUTION)
