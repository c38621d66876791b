"""Pairs of similar answers: renamed copies are found, and what was released or is common is not."""

import nbformat

from cs_utils.grading.classroom import similar
from cs_utils.grading.classroom.similar import code_of, find, page

RELEASED = """
def conv_layer(x, w, b):
    raise NotImplementedError("not written yet")
"""
COPIED = """
def conv_layer(x, w, b):
    size, out = w.shape[0], []
    for row in range(x.shape[0] - size + 1):
        line = []
        for col in range(x.shape[1] - size + 1):
            line.append((x[row : row + size, col : col + size, :, None] * w).sum((0, 1, 2)))
        out.append(np.stack(line) + b)
    return np.stack(out)
"""
RENAMED = (
    COPIED.replace("size", "F")
    .replace("out", "result")
    .replace("row", "i")
    .replace("col", "j")
    .replace("line", "values")
    + "\n# my own comment\n"
)
OWN = """
def conv_layer(x, w, b):
    height = x.shape[0] - w.shape[0] + 1
    width = x.shape[1] - w.shape[0] + 1
    y = np.empty((height, width, w.shape[3]))
    while height > 0:
        height -= 1
        for place in np.ndindex(width, w.shape[3]):
            window = x[height:, place[0]:]
            window = window[: len(w), : len(w)]
            y[(height, *place)] = np.vdot(window, w[:, :, :, place[1]]) + b[place[1]]
    return y
"""


def test_a_copy_with_other_names_and_a_comment_is_found_and_nobody_else():
    answers = {"ada": COPIED, "bob": RENAMED, "eve": OWN, "untouched": RELEASED, "empty": ""}
    (pair,) = find(answers, RELEASED)
    assert {pair.one, pair.other} == {"ada", "bob"}
    assert pair.shared > 0.9


def test_what_was_released_is_nobodys_own():
    assert find({"ada": COPIED, "bob": RENAMED}, RELEASED + COPIED) == []


def test_what_many_have_in_common_says_nothing():
    many = {f"s{i}": COPIED for i in range(similar.COMMON + 1)}
    assert find({**many, "eve": OWN}, RELEASED) == []


def test_the_order_of_students_changes_nothing():
    answers = {"ada": COPIED, "bob": RENAMED, "eve": OWN}
    assert find(answers, RELEASED) == find(dict(reversed(answers.items())), RELEASED)


def test_answers_are_read_from_notebooks_without_docstrings(tmp_path):
    answer = nbformat.v4.new_code_cell(
        'def f(x):\n    """Long\n    text."""\n    return x', metadata={"nbgrader": {"solution": True}}
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1"), answer])
    nbformat.write(notebook, tmp_path / "x.ipynb")
    code = code_of(tmp_path / "x.ipynb")
    assert "return x" in code
    assert "text" not in code
    assert "1 + 1" not in code


def test_the_page_says_what_it_is_not_and_runs_nothing():
    bad = "<script>alert(1)</script>"
    shown = page(
        {"02_convolution": find({bad: COPIED, "bob": RENAMED}, RELEASED), "03_stride_padding": []},
        {"02_convolution": 2, "03_stride_padding": 0},
    )
    assert similar.WHAT_IT_IS_NOT in shown
    assert "<script" not in shown
    assert "No pair stands out" in shown


def test_without_a_class_it_says_so(tmp_path, capsys):
    assert similar.main([], tmp_path) == 1
    assert "grade" in capsys.readouterr().err
