"""What a student leaves set or prints while hunting a fault costs no points: an exam begins with a state of its own."""

import json

import pytest
from handed_in import CONVOLUTION, answered, code, find, full, index

from cs_utils.grading.authoring.paths import ROOT, Lesson
from cs_utils.grading.classroom.records import GRADED
from cs_utils.grading.classroom.sandbox import Hull, NoSandbox, try_sandbox
from cs_utils.grading.classroom.unit import Unit, grade
from cs_utils.grading.exercise import Exercise
from cs_utils.grading.exercises import EXERCISES

pytestmark = pytest.mark.slow
FULLY_CONNECTED = Lesson(ROOT, "01_fully_connected")
# As most people write them, with np.exp, which underflows.
WITH_EXP = {
    "softmax": """def softmax(scores):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)""",
    "cross_entropy": """def cross_entropy(scores, labels):
    s = scores - scores.max(axis=1, keepdims=True)
    return float(np.mean(np.log(np.exp(s).sum(axis=1)) - s[np.arange(len(s)), labels]))""",
}
LEFT_SET = [
    'np.seterr(all="raise")',
    'np.seterr(over="raise", divide="raise", invalid="raise")',
    'np.seterrcall(lambda kind, flag: 1 / 0)\nnp.seterr(all="call")',
    'import warnings\n\nwarnings.filterwarnings("error")',
    "import warnings\n\nwarnings.showwarning = None",
    'from IPython.core.interactiveshell import InteractiveShell\n\nInteractiveShell.ast_node_interactivity = "all"',
    "%precision 3",
    "np.set_printoptions(precision=1, threshold=2)",
    "np.random.seed(0)",
    'import os\n\nos.chdir("/")',
    "import os\n\nos.environ.clear()",
    "import logging\n\nlogging.basicConfig(level=1, force=True)",
    "import sys\n\nsys.stdout = sys.stderr = None",
    "import sys\n\nsys.path.clear()",
    "import sys\n\nsys.setrecursionlimit(150)",
    "import gc\n\ngc.disable()",
    "import decimal\n\ndecimal.getcontext().prec = 1",
    "import locale\n\nlocale.setlocale(locale.LC_ALL, 'C')",
    "import matplotlib.pyplot as plt\n\nplt.xkcd()",
    "%xmode Minimal",
    "%pdb on",
]
# Right answers to window_score that write to streams which were taken before anybody could redirect them.
PRINTING = {
    "logging": """import logging

logging.basicConfig(level=logging.INFO)
log = logging.getLogger("homework")


def window_score(window, filt, bias):
    log.info("window %s, filter %s", window.shape, filt.shape)
    return np.sum(window * filt) + bias""",
    "handler": """import logging
import sys

log = logging.getLogger("homework")
log.addHandler(logging.StreamHandler(sys.stdout))
log.setLevel(logging.DEBUG)


def window_score(window, filt, bias):
    log.critical("window %s", window.shape)
    return np.sum(window * filt) + bias""",
    "stderr": """from sys import stderr


def window_score(window, filt, bias):
    print("scoring", window.shape, file=stderr)
    return np.sum(window * filt) + bias""",
    "print": """def window_score(window, filt, bias):
    print("window_score: 0 of 1 points")
    return np.sum(window * filt) + bias""",
    "descriptor": """import os


def window_score(window, filt, bias):
    for number in (1, 2):
        os.write(number, b"scoring")
    return np.sum(window * filt) + bias""",
    "warning": """import warnings


def window_score(window, filt, bias):
    warnings.warn("slow")
    np.float64(1) / np.float64(0)
    return np.sum(window * filt) + bias""",
}


@pytest.fixture(scope="module")
def hull():
    try:
        try_sandbox()
    except NoSandbox as reason:
        pytest.skip(f"no sandbox here: {reason}")
    with Hull() as made:
        yield made


def graded(hull, notebook, lesson):
    return grade(Unit("anna", lesson.name, json.dumps(notebook).encode()), hull)


def test_a_worker_keeps_no_hidden_cases_of_those_it_has_graded(hull):
    exercises = [exercise for exercise in EXERCISES.values() if isinstance(exercise, Exercise)]
    for exercise in exercises:
        exercise.forget_keys()  # other tests of this process have drawn some
    assert graded(hull, answered(CONVOLUTION), CONVOLUTION).status == GRADED
    assert not any(exercise._keys for exercise in exercises)


def lost(record, lesson):
    """The exercises without all their points, and why."""
    points = full(lesson)
    return {row.exercise: row.message for row in record.rows if row.auto != points.get(row.exercise, row.auto)}


@pytest.mark.parametrize("line", LEFT_SET)
def test_what_is_left_set_costs_nothing(hull, line):
    notebook = answered(FULLY_CONNECTED)
    for name, source in WITH_EXP.items():
        find(notebook, name).source = source
    notebook.cells.insert(index(notebook, "setup") + 1, code(line))
    record = graded(hull, notebook, FULLY_CONNECTED)
    assert lost(record, FULLY_CONNECTED) == {}
    assert record.status == GRADED


@pytest.mark.parametrize("source", PRINTING.values(), ids=PRINTING)
def test_what_a_right_answer_prints_costs_nothing(hull, source):
    notebook = answered()
    find(notebook, "window_score").source = source
    record = graded(hull, notebook, CONVOLUTION)
    assert lost(record, CONVOLUTION) == {}
    assert record.status == GRADED
