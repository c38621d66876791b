"""What the intake makes of notebooks that students really hand in, and what they are worth then."""

import copy

import nbformat
import pytest
from handed_in import (
    CONVOLUTION,
    answered,
    answers,
    code,
    find,
    full,
    grade_id,
    hold,
    index,
    own,
    points,
    released,
    take_in,
    text,
)

from cs_utils.grading.authoring.paths import lessons
from cs_utils.grading.classroom.intake.reading import Quarantined
from cs_utils.grading.classroom.intake.rebuild import rebuild

ANSWER = "def window_score(window, filt, bias):\n    return 42.0"
RIGHT = answers()


def with_answer(name, *sources):
    """A notebook with all right answers, but one of them in these cells: the first is its own, the others are new."""
    notebook = answered()
    find(notebook, name).source = sources[0]
    at = index(notebook, name) + 1
    notebook.cells[at:at] = [code(source) for source in sources[1:]]
    return notebook


def split(name, *sources):
    """As JupyterLab's Split Cell leaves an answer: metadata in all parts, the id in the last."""
    notebook = answered()
    at = index(notebook, name)
    parts = [copy.deepcopy(notebook.cells[at]) for _ in sources]
    for number, (part, source) in enumerate(zip(parts, sources)):
        part.source = source
        if number < len(parts) - 1:
            part.id = f"part{number}"
    notebook.cells[at : at + 1] = parts
    return notebook


def stripped(notebook, ids=False):
    """A notebook without any cell's metadata, and without ids."""
    for cell in notebook.cells:
        cell.metadata.clear()
        if not ids:
            del cell["id"]
    notebook.nbformat_minor = 5 if ids else 4
    return notebook


# ---- honest submissions


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.name)
@pytest.mark.parametrize("make", [released, answered])
def test_an_honest_submission_comes_through_as_it_is(lesson, make):
    submitted = make(lesson)
    rebuilt = take_in(submitted, lesson)
    assert rebuilt.repairs == []
    assert [cell.source for cell in rebuilt.notebook.cells] == [cell.source for cell in submitted.cells]


def test_cells_of_the_student_s_own_stay_where_they_stood_and_all_of_them():
    submitted = answered()
    submitted.cells.insert(index(submitted, "window_score"), code("import math"))
    submitted.cells.insert(index(submitted, "window_score") + 1, text("*My* note"))
    submitted.cells += [code("1 + 1"), code("1 + 1"), nbformat.v4.new_raw_cell("raw")]
    rebuilt = take_in(submitted)
    assert [cell.source for cell in rebuilt.notebook.cells] == [cell.source for cell in submitted.cells]
    assert rebuilt.repairs == []


def test_edits_of_cells_that_are_free_to_edit_are_taken_over():
    submitted = answered()
    example = next(cell for cell in submitted.cells if cell.cell_type == "code" and not cell.metadata)
    example.source = "print('mine')"
    rebuilt = take_in(submitted)
    assert "print('mine')" in [cell.source for cell in rebuilt.notebook.cells]
    assert len(rebuilt.notebook.cells) == len(submitted.cells)


def test_nothing_but_sources_is_taken_over():
    submitted = answered()
    submitted.metadata["evil"] = "x"
    find(submitted, "window_score").metadata["tags"] = ["skip"]
    find(submitted, "window_score").outputs = [nbformat.v4.new_output("stream", text="evil")]
    rebuilt = nbformat.writes(take_in(submitted).notebook)
    assert "evil" not in rebuilt
    assert '"skip"' not in rebuilt


def test_pictures_beside_a_written_answer_come_along_and_nothing_active():
    submitted = answered()
    cell = find(submitted, "why_share_weights")
    cell.attachments = {
        "sketch.png": {"image/png": "iVBORw0KGgo="},
        "evil.svg": {"image/svg+xml": "PHN2Zz4="},
        "no.png": {"image/png": '"><script>'},
    }
    taken = find(take_in(submitted).notebook, "why_share_weights")
    assert taken.attachments == {"sketch.png": {"image/png": "iVBORw0KGgo="}}


def test_the_released_notebook_is_not_changed():
    before = released()
    rebuild(nbformat.writes(answered()).encode(), before)
    assert before == released()


# ---- locked cells


@pytest.mark.parametrize("how", ["deleted", "edited", "moved", "unlocked", "turned to text"])
@pytest.mark.parametrize("name", ["test_window_score", "check_conv_layer", "setup"])
def test_locked_cells_are_the_original_ones_whatever_happened_to_them(how, name):
    submitted = answered()
    cell = find(submitted, name)
    if how == "deleted":
        submitted.cells.remove(cell)
    elif how == "edited":
        cell.source = "1.0"
    elif how == "moved":
        submitted.cells.remove(cell)
        submitted.cells.insert(0, cell)
    elif how == "turned to text":
        cell.cell_type = "markdown"
        del cell["outputs"], cell["execution_count"]
    else:
        cell.metadata.nbgrader.locked = False
        cell.metadata.nbgrader.points = 100
    rebuilt = take_in(submitted)
    assert bool(rebuilt.repairs) == (how != "unlocked")
    assert len(rebuilt.notebook.cells) == len(released().cells)
    assert points(rebuilt.notebook) == full()


def test_what_a_student_defines_in_a_locked_cell_is_kept():
    submitted = answered()
    find(submitted, "setup").source += "\n\ndef products(a, b):\n    return a * b"
    find(
        submitted, "window_score"
    ).source = "def window_score(window, filt, bias):\n    return np.sum(products(window, filt)) + bias"
    rebuilt = take_in(submitted)
    assert points(rebuilt.notebook) == full()
    assert any("products" in repair for repair in rebuilt.repairs)


def test_a_copy_of_a_locked_cell_that_was_written_over_is_the_student_s():
    submitted = answered()
    twin = copy.deepcopy(find(submitted, "check_window_score"))
    twin.source = "x_of_mine = 7"
    submitted.cells.insert(index(submitted, "check_window_score"), twin)
    rebuilt = take_in(submitted)
    assert "x_of_mine = 7" in own(rebuilt)


# ---- answers in their own cells


def test_of_copied_answers_the_last_that_says_anything_counts():
    submitted = answered()
    at = index(submitted, "window_score")
    submitted.cells[at].source = ANSWER
    sources = [ANSWER.replace("42", "43"), find(released(), "window_score").source, ""]
    for number, source in enumerate(sources):
        twin = copy.deepcopy(submitted.cells[at])
        twin.source, twin.id = source, f"twin{number}"
        submitted.cells.insert(at + 1 + number, twin)
    rebuilt = take_in(submitted)
    assert find(rebuilt.notebook, "window_score").source == ANSWER.replace("42", "43")
    assert "4 times" in rebuilt.repairs[0]
    assert own(rebuilt) == []


def test_a_copy_far_below_with_the_better_version_counts_with_its_helper():
    submitted = with_answer("correlate2d", "def correlate2d(x, w):\n    return x")
    twin = copy.deepcopy(find(submitted, "correlate2d"))
    twin.id, twin.source = (
        "twin",
        RIGHT["correlate2d"].replace("def correlate2d(x, w):", "def correlate2d(x, w):\n    helper()"),
    )
    submitted.cells += [code("def helper():\n    pass"), twin]
    rebuilt = take_in(submitted)
    assert points(rebuilt.notebook) == full()


HELPER = "def place(x, w, b, i, j, size):\n    return np.tensordot(x[i:i + size, j:j + size], w, 3) + b\n"
USES = """def conv_layer(x, w, b):
    h, width, depth = x.shape
    size, _, c, k = w.shape
    if size > h or size > width or c != depth:
        raise ValueError("does not fit")
    y = np.zeros((h - size + 1, width - size + 1, k))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = place(x, w, b, i, j, size)
    return y"""
TRY = "conv_layer(np.ones((5, 5, 1)), np.ones((3, 3, 1, 2)), np.zeros(2)).shape"


@pytest.mark.parametrize(
    "parts",
    [
        (HELPER, USES),
        (RIGHT["conv_layer"], TRY),
        (HELPER, USES, TRY),
        (HELPER, "", USES),
        ("import math", HELPER, USES),
        ("1 / 0", HELPER, USES),
        (RIGHT["conv_layer"], "1 / 0"),
        (RIGHT["conv_layer"], "this is no Python"),
        ("%matplotlib inline", RIGHT["conv_layer"]),
        ("x = 1", f"from __future__ import annotations\n\n{RIGHT['conv_layer']}"),
    ],
    ids=lambda parts: " | ".join(part.split("(")[0][:12] for part in parts),
)
def test_the_parts_of_a_split_answer_belong_together_in_order(parts):
    rebuilt = take_in(split("conv_layer", *parts))
    assert points(rebuilt.notebook) == full()
    assert any("conv_layer" in repair for repair in rebuilt.repairs)
    everything = "\n".join(cell.source for cell in rebuilt.notebook.cells)
    places = [everything.index(part.strip()) for part in parts if part]
    assert places == sorted(places)


def test_halves_that_only_define_become_one_cell():
    rebuilt = take_in(split("conv_layer", HELPER, USES))
    source = find(rebuilt.notebook, "conv_layer").source
    assert HELPER.strip() in source
    assert USES in source
    assert own(rebuilt) == []


def test_an_answer_cell_turned_to_text_counts_as_code():
    submitted = answered()
    cell = find(submitted, "conv_layer")
    cell.cell_type = "markdown"
    del cell["outputs"], cell["execution_count"]
    rebuilt = take_in(submitted)
    assert points(rebuilt.notebook) == full()
    assert any("conv_layer" in repair for repair in rebuilt.repairs)


# ---- answers in other cells

DRAFT = "def correlate2d(x, w):\n    return np.zeros((x.shape[0] - len(w) + 1, x.shape[1] - len(w) + 1))"
TOOLS = '''class Tools:
    """My own: everything in one place."""

    @staticmethod
    def correlate2d(x, w):
        n = len(w)
        if n > min(x.shape):
            raise ValueError("too large")
        rows = range(x.shape[0] - n + 1)
        return np.array([[np.sum(x[i:i + n, j:j + n] * w) for j in range(x.shape[1] - n + 1)] for i in rows])
'''
STUB = find(released(), "correlate2d").source


@pytest.mark.parametrize("first", [STUB, DRAFT, "", "def correlate2d(x, w):\n    pass", "# below"])
def test_an_answer_in_a_new_cell_below_counts(first):
    rebuilt = take_in(with_answer("correlate2d", first, RIGHT["correlate2d"]))
    assert points(rebuilt.notebook) == full()


def test_an_empty_version_below_an_answer_does_not_undo_it():
    rebuilt = take_in(with_answer("correlate2d", RIGHT["correlate2d"], "def correlate2d(x, w):\n    pass"))
    assert points(rebuilt.notebook) == full()
    assert any("correlate2d" in repair for repair in rebuilt.repairs)


@pytest.mark.parametrize("first", [STUB, "", "def correlate2d(x, w):\n    raise NotImplementedError"])
def test_an_answer_in_a_new_cell_above_an_empty_one_counts_and_is_said(first):
    submitted = with_answer("correlate2d", first)
    submitted.cells.insert(index(submitted, "correlate2d"), code(RIGHT["correlate2d"]))
    rebuilt = take_in(submitted)
    assert points(rebuilt.notebook) == full()
    assert any("correlate2d" in repair for repair in rebuilt.repairs)


def test_an_answer_in_an_example_of_the_lesson_counts():
    submitted = with_answer("correlate2d", STUB)
    at = index(submitted, "correlate2d") + 1
    assert not submitted.cells[at].metadata
    submitted.cells[at].source = RIGHT["correlate2d"] + "\n\n" + submitted.cells[at].source
    assert points(take_in(submitted).notebook) == full()


def test_an_answer_below_its_tests_is_moved_up_with_the_helpers_it_uses():
    submitted = with_answer("conv_layer", find(released(), "conv_layer").source)
    at = index(submitted, "test_conv_layer") + 1
    submitted.cells[at:at] = [
        code("SHIFT = 0"),
        code(HELPER.replace("size)", "size, shift=SHIFT)", 1)),
        code("unrelated = 1"),
        code(USES),
    ]
    rebuilt = take_in(submitted)
    assert points(rebuilt.notebook) == full()
    assert "unrelated = 1" in own(rebuilt)
    assert any("conv_layer" in repair for repair in rebuilt.repairs)


def test_a_method_called_like_an_exercise_is_no_answer():
    above = with_answer("correlate2d", "def correlate2d(x, w):\n    return Tools.correlate2d(x, w)")
    above.cells.insert(index(above, "correlate2d"), code(TOOLS))
    rebuilt = take_in(above)
    assert TOOLS in own(rebuilt)
    assert points(rebuilt.notebook) == full()

    stub = with_answer("correlate2d", STUB)
    stub.cells.insert(index(stub, "correlate2d"), code(TOOLS))
    rebuilt = take_in(stub)
    assert find(rebuilt.notebook, "correlate2d").source == STUB
    assert points(rebuilt.notebook) == full() | {"correlate2d": 0}


@pytest.mark.parametrize(
    "source",
    [
        "correlate2d = lambda x, w: my_own(x, w)",
        "from os import path as correlate2d",
        "if True:\n    def correlate2d(x, w):\n        return 1",
        "%matplotlib inline\ndef correlate2d(x, w):\n    return 1",
    ],
)
def test_whatever_defines_the_name_takes_the_stub_s_place(source):
    submitted = with_answer("correlate2d", STUB)
    submitted.cells.insert(index(submitted, "correlate2d"), code(source))
    rebuilt = take_in(submitted)
    assert "NotImplementedError" not in find(rebuilt.notebook, "correlate2d").source
    assert source in own(rebuilt)


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    correlate2d = 1",
        "x.correlate2d = 1",
        "# def correlate2d(x, w):",
        '"""\ndef correlate2d(x, w):\n"""',
    ],
)
def test_what_only_looks_like_a_definition_leaves_the_stub(source):
    rebuilt = take_in(with_answer("correlate2d", STUB, source))
    assert find(rebuilt.notebook, "correlate2d").source == STUB
    assert source in own(rebuilt)


@pytest.mark.parametrize("gone", ["correlate2d", "true_convolution2d"])
@pytest.mark.parametrize("marked", [True, False])
def test_two_answers_joined_in_one_cell_are_both_found(gone, marked):
    submitted = answered()
    both = RIGHT["correlate2d"] + "\n\n\n" + RIGHT["true_convolution2d"]
    kept = ({"correlate2d", "true_convolution2d"} - {gone}).pop()
    if marked:
        find(submitted, kept).source = both
    else:
        submitted.cells[index(submitted, kept)] = code(both)
    submitted.cells.remove(find(submitted, gone))
    assert points(take_in(submitted).notebook) == full()


def test_answers_whose_cells_were_exchanged_are_both_found():
    submitted = answered()
    one, other = find(submitted, "window_score"), find(submitted, "conv_layer")
    one.source, other.source = other.source, one.source
    assert points(take_in(submitted).notebook) == full()


def test_an_answer_cell_moved_to_the_end_takes_its_helper_along():
    submitted = answered()
    cell = find(submitted, "conv_layer")
    cell.source = USES
    submitted.cells.remove(cell)
    submitted.cells += [code(HELPER), cell]
    assert points(take_in(submitted).notebook) == full()


def test_all_answers_at_the_end_of_an_untouched_notebook_count():
    submitted = released()
    submitted.cells += [code(RIGHT[name]) for name in full()]
    assert points(take_in(submitted).notebook) == full()


def test_a_missing_answer_that_is_nowhere_is_said():
    submitted = answered()
    submitted.cells.remove(find(submitted, "conv_layer"))
    rebuilt = take_in(submitted)
    assert points(rebuilt.notebook) == full() | {"conv_layer": 0}
    assert any("conv_layer" in repair for repair in rebuilt.repairs)


# ---- written answers

WRITTEN = "Because a pattern can be anywhere."


def test_a_written_answer_beside_its_empty_cell_is_found():
    for kind in (text, code, nbformat.v4.new_raw_cell):
        for shift in (0, 1):
            submitted = answered()
            cell = find(submitted, "why_share_weights")
            cell.source = find(released(), "why_share_weights").source
            submitted.cells.insert(index(submitted, "why_share_weights") + shift, kind(WRITTEN))
            rebuilt = take_in(submitted)
            assert WRITTEN in find(rebuilt.notebook, "why_share_weights").source
            assert own(rebuilt) == []
            assert any("why_share_weights" in repair for repair in rebuilt.repairs)


def test_code_beside_an_empty_written_answer_is_no_answer():
    submitted = answered()
    stub = find(released(), "why_share_weights").source
    find(submitted, "why_share_weights").source = stub
    submitted.cells.insert(index(submitted, "why_share_weights") + 1, code("1 + 1"))
    assert find(take_in(submitted).notebook, "why_share_weights").source == stub


def test_a_missing_written_answer_goes_to_a_person():
    submitted = answered()
    submitted.cells.remove(find(submitted, "why_share_weights"))
    rebuilt = take_in(submitted)
    assert find(rebuilt.notebook, "why_share_weights").source != find(released(), "why_share_weights").source
    assert any("why_share_weights" in repair for repair in rebuilt.repairs)


def test_a_written_answer_below_the_question_goes_to_a_person():
    submitted = answered()
    stub = find(released(), "why_share_weights").source
    find(submitted, "why_share_weights").source = stub
    submitted.cells[index(submitted, "why_share_weights") - 1].source += "\n\n" + WRITTEN
    rebuilt = take_in(submitted)
    assert find(rebuilt.notebook, "why_share_weights").source != stub
    assert any(WRITTEN in cell.source for cell in rebuilt.notebook.cells)


def test_the_parts_of_a_written_answer_are_put_together():
    submitted = answered()
    twin = copy.deepcopy(find(submitted, "why_share_weights"))
    twin.source, twin.id = WRITTEN, "twin"
    submitted.cells.insert(index(submitted, "why_share_weights") + 1, twin)
    source = find(take_in(submitted).notebook, "why_share_weights").source
    assert source.startswith(RIGHT["why_share_weights"])
    assert source.endswith(WRITTEN)


# ---- metadata lost


def as_colab(notebook):
    for number, cell in enumerate(notebook.cells):
        cell.metadata["id"] = f"aB{number:08d}cD"
        del cell["id"]
        cell["source"] = cell.source.splitlines(keepends=True)
        if cell.cell_type == "code":
            cell.metadata["outputId"] = "0"
            cell.outputs = [nbformat.v4.new_output("stream", text="x\n")]
    return notebook | {"nbformat_minor": 0, "metadata": {"colab": {"provenance": []}, "accelerator": "GPU"}}


def as_classic(notebook):
    for cell in notebook.cells:
        del cell["id"]
    return notebook | {"nbformat_minor": 2}


def with_crlf(notebook):
    for cell in notebook.cells:
        cell.source = cell.source.replace("\n", "\r\n")
    return notebook


SAVED_BY = {
    "colab": as_colab,
    "colab, all metadata stripped": lambda notebook: as_colab(stripped(notebook, ids=True)),
    "classic Notebook": as_classic,
    "a tool that keeps only ids": lambda notebook: stripped(notebook, ids=True),
    "a tool that keeps only sources": stripped,
    "Windows": with_crlf,
    "Windows, and stripped": lambda notebook: stripped(with_crlf(notebook)),
}


@pytest.mark.parametrize("saved_by", SAVED_BY)
@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.name)
def test_whatever_saved_it_every_answer_is_found_and_nothing_comes_twice(saved_by, lesson):
    submitted = answered(lesson)
    name = next(name for name in full(lesson))
    submitted.cells.insert(index(submitted, name), code("def my_helper(a):\n    return a"))
    rebuilt = take_in(SAVED_BY[saved_by](submitted), lesson)
    assert own(rebuilt) == ["def my_helper(a):\n    return a"]
    for name, source in answers(lesson).items():
        assert find(rebuilt.notebook, name).source == source
    text_of = [cell.source for cell in rebuilt.notebook.cells if not grade_id(cell) and not cell.id.startswith("own-")]
    assert text_of == [cell.source for cell in released(lesson).cells if not grade_id(cell)]


def test_a_stripped_notebook_without_answers_keeps_its_stubs():
    rebuilt = take_in(stripped(released()))
    assert [cell.source for cell in rebuilt.notebook.cells] == [cell.source for cell in released().cells]
    assert rebuilt.repairs


def test_a_stripped_answer_that_is_no_python_is_kept_in_its_place():
    submitted = with_answer("correlate2d", RIGHT["correlate2d"] + "\n    return (")
    rebuilt = take_in(stripped(submitted))
    assert find(rebuilt.notebook, "correlate2d").source == RIGHT["correlate2d"] + "\n    return ("
    assert own(rebuilt) == []


def test_edited_examples_of_a_stripped_notebook_come_once():
    submitted = answered()
    for cell in submitted.cells:
        if cell.cell_type == "code" and not cell.metadata and not cell.id.startswith("own-"):
            cell.source += "\n# tried it"
    rebuilt = take_in(stripped(submitted))
    assert own(rebuilt) == []
    assert sum("# tried it" in cell.source for cell in rebuilt.notebook.cells) > 20


# ---- older releases


def older_release():
    """A release with another text, an example that is gone, another stub, and no exercise conv_batch yet."""
    old = released()
    old.metadata.course = {"release": 1}
    old.cells[0].source = old.cells[0].source.replace("Convolution", "Foldings")
    find(old, "window_score").source = find(old, "window_score").source.replace("Write your", "Put your")
    old.cells = [cell for cell in old.cells if "conv_batch" not in grade_id(cell)]
    old.cells.insert(5, code("an_example_that_is_gone = 3"))
    return old


def test_cells_of_an_older_release_are_the_lesson_s_own():
    new, old = released(), older_release()
    new.metadata.course = {"release": 2}
    for submitted in (older_release(), stripped(older_release())):
        submitted.cells.append(code("mine = 1"))
        rebuilt = rebuild(nbformat.writes(submitted).encode(), new, [old])
        assert own(rebuilt) == ["mine = 1"]
        sources = [cell.source for cell in rebuilt.notebook.cells if not cell.id.startswith("own-")]
        assert sources == [cell.source for cell in new.cells]


def test_what_has_changed_since_an_older_release_is_said():
    new, old = released(), older_release()
    new.metadata.course = {"release": 2}
    (told,) = [r for r in rebuild(nbformat.writes(older_release()).encode(), new, [old]).repairs if "release 1" in r]
    assert "conv_batch" in told
    assert "window_score" in told
    (told,) = [r for r in rebuild(nbformat.writes(older_release()).encode(), new).repairs if "release 1" in r]
    assert "release 2" in told


def test_answers_on_an_older_release_count():
    new, old, submitted = released(), older_release(), older_release()
    for cell in submitted.cells:
        cell.source = RIGHT.get(grade_id(cell), cell.source)
    assert points(rebuild(nbformat.writes(submitted).encode(), new, [old]).notebook) == full() | {"conv_batch": 0}


def test_without_the_older_release_at_hand_its_texts_are_known_by_their_words():
    for submitted in (older_release(), stripped(older_release())):
        rebuilt = take_in(submitted)
        assert own(rebuilt) in ([], ["an_example_that_is_gone = 3"])
        assert points(rebuilt.notebook) == dict.fromkeys(full(), 0)


def test_a_thousand_repairs_are_told_in_fifty_lines():
    submitted = answered()
    for cell in submitted.cells:
        if grade_id(cell):
            cell.cell_type = "markdown" if cell.cell_type == "code" else "code"
    twins = [copy.deepcopy(find(submitted, name)) for name in full() for _ in range(20)]
    for number, twin in enumerate(twins):
        twin.id, twin.source = f"twin{number}", f"def {grade_id(twin)}(a):\n    return {number}"
    submitted.cells += twins
    rebuilt = take_in(submitted)
    assert 10 < len(rebuilt.repairs) <= 51


# ---- no notebook of this lesson


def test_a_notebook_of_another_lesson_is_quarantined():
    other = next(lesson for lesson in lessons() if lesson != CONVOLUTION)
    with pytest.raises(Quarantined, match="lesson"):
        rebuild(nbformat.writes(stripped(nbformat.v4.new_notebook(cells=[text("Hi"), code("1")]))).encode(), released())
    with pytest.raises(Quarantined, match="lesson"):
        rebuild(nbformat.writes(answered(other)).encode(), released())


def test_functions_alone_are_enough():
    notebook = nbformat.v4.new_notebook(cells=[code(RIGHT[name]) for name in full()])
    rebuilt = take_in(notebook)
    assert points(rebuilt.notebook) == full()
    hold(rebuilt)
