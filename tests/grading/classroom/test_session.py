"""The sandbox from outside: what is in it, what crosses, what ends it."""

import shutil
import sys

import numpy as np
import pytest

from cs_utils.checks.calls import Case, call
from cs_utils.checks.values import Made
from cs_utils.grading.classroom.records import CRASHED
from cs_utils.grading.classroom.sandbox import PROC, Hull, NoSandbox, OpenHull, command, try_sandbox
from cs_utils.grading.classroom.session import Gone, StudentFunction


class HullInAContainer(Hull):
    """One that may not mount a /proc of its own, as in many containers."""

    def start(self):
        self._start(PROC[1])


HULLS = {"sandboxed": Hull, "in a container": HullInAContainer, "open": OpenHull}


@pytest.fixture(scope="module", params=HULLS)
def hull(request):
    if request.param != "open":
        try:
            try_sandbox()
        except NoSandbox as reason:
            pytest.skip(f"no sandbox here: {reason}")
    with HULLS[request.param]() as made:
        yield made


@pytest.mark.parametrize("folder", ["/tmp/course", "/home/student/course"])
def test_a_course_may_be_where_the_sandbox_has_folders_of_its_own(folder, monkeypatch):
    if shutil.which("bwrap") is None:
        pytest.skip("no bubblewrap here")
    monkeypatch.setattr(sys, "prefix", f"{folder}/.venv")
    monkeypatch.setattr(sys, "executable", f"{folder}/.venv/bin/python")
    line = command(3)
    environment = line[line.index(f"{folder}/.venv") + 1]
    assert not environment.startswith(("/tmp", "/home"))
    assert line[line.index("-m") - 1] == f"{environment}/bin/python"


@pytest.fixture
def session(hull):
    opened = hull.open({"net.npz": b"\x01\x02"})
    yield opened
    opened.close()


def texts(result):
    return [output.get("text") or output.get("data", {}).get("text/plain") for output in result["outputs"]]


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("print('a')\n1 + 1", ["a\n", "2"]),
        ("x = 3\nx;", []),
        ("await __import__('asyncio').sleep(0)\n'done'", ["'done'"]),
        ("%precision 3\n1 / 3", ["0.333"]),
        ("from IPython.display import display\ndisplay(4)\ndisplay(5)", ["4", "5"]),
        ("_ = 7\nIn[0], type(Out).__name__", ["('', 'dict')"]),
        ("open('net.npz', 'rb').read()", ["b'\\x01\\x02'"]),
    ],
)
def test_cells_behave_as_in_a_notebook(session, source, shown):
    result = session.run_cell(source)
    assert result["ok"]
    assert [text for text in texts(result) if text][-len(shown) :] == shown if shown else texts(result) == []


def test_a_plot_is_kept_as_a_picture(session):
    result = session.run_cell("import matplotlib.pyplot as plt\nplt.plot([1, 2])")
    assert any("image/png" in output.get("data", {}) for output in result["outputs"])


def test_what_has_no_room_is_not_even_drawn_up(session):
    session.run_cell(
        "class Long:\n"
        "    asked = 0\n"
        "    def __repr__(self):\n"
        "        Long.asked += 1\n"
        "        return 'x' * 1000\n"
        "for _ in range(5000):\n"
        "    display(Long())\n"
        "Long()"
    )
    asked = int(texts(session.run_cell("Long.asked"))[-1])
    assert 100 < asked < 1000
    assert texts(session.run_cell("'and the next cell has room again'"))[-1]


def test_an_error_is_kept_and_later_cells_run(session):
    result = session.run_cell("1 / 0")
    assert [output["ename"] for output in result["outputs"]] == ["ZeroDivisionError"]
    assert session.run_cell("2")["ok"]


STRANGE = """
class Unprintable:
    def __repr__(self):
        raise ZeroDivisionError
    __str__ = __repr__
class Mine(ValueError):
    def __str__(self):
        raise ZeroDivisionError
huge = 10 ** 5000
"""


@pytest.mark.parametrize(
    "line",
    ["huge", "Unprintable()", "[Unprintable()]", "raise ValueError(huge)", "raise Mine(huge)", "raise KeyError(huge)"],
)
def test_what_cannot_be_printed_ends_no_notebook(session, line):
    session.run_cell(STRANGE)
    session.run_cell(line)
    assert texts(session.run_cell("6 * 7"))[-1] == "42"


@pytest.mark.parametrize("given", ["huge", "(huge, [Unprintable()])", "{huge: 1}", "Unprintable()"])
def test_what_cannot_be_printed_comes_back_as_something_that_can(session, given):
    session.run_cell(f"{STRANGE}\ndef f(x):\n    return {given}")
    outcome = call(session.look_up("f"), Case({"x": 1}))
    assert outcome.error is None
    assert repr(outcome.value)


@pytest.mark.parametrize("raised", ["ValueError(huge)", "KeyError(huge)", "Mine(huge)", "ValueError(Unprintable())"])
def test_an_error_that_cannot_be_printed_keeps_its_kind(session, raised):
    session.run_cell(f"{STRANGE}\ndef f(x):\n    raise {raised}")
    outcome = call(session.look_up("f"), Case({"x": 1}))
    assert isinstance(outcome.error, KeyError if "Key" in raised else ValueError)
    assert repr(outcome.error)


def test_a_function_is_called_with_plain_data_and_its_inputs_come_back(session):
    session.run_cell("def f(x, d):\n    x[0] = 9\n    d['k'] = 1\n    return x * 2, d")
    f = session.look_up("f")
    assert isinstance(f, StudentFunction)
    x, d = np.arange(3.0), {}
    value, _ = f(x, d)
    np.testing.assert_array_equal(value, [18, 2, 4])
    assert x[0] == 9
    assert d == {"k": 1}
    outcome = call(f, Case({"x": np.arange(3.0), "d": {"a": 2}}))
    assert outcome.changed == ("x", "d")


def test_an_error_keeps_its_kind_its_words_and_its_line(session):
    session.run_cell("class Mine(ValueError):\n    pass\ndef f(x):\n    raise Mine('too small')")
    outcome = call(session.look_up("f"), Case({"x": 1}))
    assert isinstance(outcome.error, ValueError)
    assert str(outcome.error) == "too small"
    assert outcome.refused
    assert outcome.error.line == "raise Mine('too small')"


def test_a_function_among_the_arguments_is_made_over_there(session):
    session.run_cell("def f(g, x):\n    return g(x)")
    given = {"f": Made("cubes"), "x": np.array([1.0, 2.0])}
    outcome = call(session.look_up("f"), Case(given))
    assert outcome.error is None
    assert outcome.value == pytest.approx(Made("cubes").make()(given["x"]))


def test_functions_that_would_be_the_answer_refuse_to_work(session):
    session.run_cell("from cs_utils import layers\ndef f(x):\n    return layers.relu(x)")
    f = session.look_up("f")
    assert call(f, Case({"x": np.ones(2)})).error is None
    with f.refusing(("layers.relu", "reference")):
        assert isinstance(call(f, Case({"x": np.ones(2)})).error, RuntimeError)
    assert call(f, Case({"x": np.ones(2)})).error is None


def test_an_endless_call_is_stopped_and_the_notebook_goes_on(session):
    session.run_cell("def f(x):\n    while True:\n        pass")
    assert "did not come back" in str(call(session.look_up("f"), Case({"x": 1}), 0.5).error)
    assert session.run_cell("1")["ok"]


@pytest.mark.parametrize("source", ["import os\nos._exit(3)", "exit()"])
def test_a_process_that_ends_is_told_and_the_next_session_is_fresh(hull, source):
    session = hull.open({})
    session.run_cell("x = 5")
    with pytest.raises(Gone) as gone:
        for _ in range(2):
            session.run_cell(source)
    assert gone.value.status == CRASHED
    session.close()
    following = hull.open({})
    with pytest.raises(KeyError):
        following.look_up("x")
    following.close()


def test_nothing_of_the_machine_is_in_the_sandbox(hull):
    if isinstance(hull, OpenHull):
        pytest.skip("there is no sandbox to look at")
    session = hull.open({})
    shown = texts(
        session.run_cell("import os\nprint(os.listdir('/course/cs_utils'), os.listdir('/proc'), dict(os.environ))")
    )
    assert "grading" not in shown[0]
    assert "reference" not in shown[0]
    assert "benchmark" not in shown[0]
    assert "] [] {" in shown[0], "no process is to be seen"
    for source in (
        "import cs_utils.grading",
        "open('/course/x', 'w')",
        "import socket\nsocket.create_connection(('1.1.1.1', 80))",
    ):
        assert not session.run_cell(source)["ok"]
    session.close()
