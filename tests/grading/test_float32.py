"""A right answer that computes in float32 keeps every point, whatever dtype goes in; a wrong one gains none by it."""

import numpy as np
import pytest
import verdicts
from verdicts import ALL, verdict

from cs_utils.checks.compare import compare
from cs_utils.grading import exam
from cs_utils.grading.exercise import Exercise

IN_DOUBLE_ALONE = "numerical_gradient"  # the difference of nearly equal numbers: float32 has no good step
SINGLE = [exercise for exercise in ALL if exercise.name != IN_DOUBLE_ALONE]
RIGHT = [(exercise, right) for exercise in SINGLE for right in [exercise.oracle, *exercise.right_answers]]
WRONG = [(exercise, wrong.answer) for exercise in SINGLE for wrong in exercise.wrong_answers]


def _id(value: object) -> str:
    return getattr(value, "name", None) or getattr(value, "__name__", "")


def _cast(value: object, source: type, target: type) -> object:
    """The same with every array and number of dtype `source` in dtype `target`; also in containers."""
    if isinstance(value, dict):
        return {key: _cast(item, source, target) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(_cast(item, source, target) for item in value)
    if isinstance(value, np.ndarray | np.generic) and value.dtype == source:
        return value.astype(target)
    return target(value) if type(value) is float else value


def _with_single_results(answer):
    return lambda *arguments: _cast(answer(*arguments), np.float64, np.float32)


@pytest.mark.parametrize("exercise", SINGLE, ids=_id)
def test_float32_results_of_the_reference_keep_every_point_and_pass_the_check(exercise: Exercise):
    single = _with_single_results(exercise.oracle)
    for seed in range(3):
        assert not [result for result in exercise.examine(single, seed) if result.earned != result.points]
    assert verdict(exercise, single) == verdicts.RIGHT


@pytest.mark.slow
@pytest.mark.parametrize(("exercise", "right"), RIGHT, ids=_id)
@pytest.mark.parametrize("returned", [np.float32, np.float64])
def test_answers_that_compute_in_float32_keep_every_point(exercise: Exercise, right, returned):
    """Whether that shows in what they return or only in what they return it from."""

    @np.errstate(over="ignore")  # exp of 100 is too large for float32; an answer may clip for float64
    def single(*arguments):
        given = [_cast(value, np.float64, np.float32) if type(value) is not float else value for value in arguments]
        return _cast(_cast(right(*given), np.float64, np.float32), np.float32, returned)

    for seed in range(5):
        assert not [result for result in exercise.examine(single, seed) if result.earned != result.points], seed


@pytest.mark.slow
@pytest.mark.parametrize(("exercise", "wrong"), WRONG, ids=_id)
def test_wrong_answers_lose_points_in_float32_as_well(exercise: Exercise, wrong):
    single = _with_single_results(wrong)
    for seed in range(3):
        assert exercise.costs_points(single, seed), seed


def buffer(x, w):
    rows, columns = x.shape[0] - len(w) + 1, x.shape[1] - len(w) + 1
    if rows < 1 or columns < 1:
        raise ValueError("the filter is larger than the picture")
    y = np.zeros((rows, columns), np.float32)
    for i, j in np.ndindex(y.shape):
        y[i, j] = np.sum(x[i : i + len(w), j : j + len(w)] * w)
    return y


def frame(x, pad):
    framed = np.zeros((x.shape[0], x.shape[1] + 2 * pad, x.shape[2] + 2 * pad, x.shape[3]), np.float32)
    framed[:, pad : pad + x.shape[1], pad : pad + x.shape[2]] = x
    return framed.astype(x.dtype)


def mean_of_float32(scores, labels):
    return (scores.argmax(axis=1) == labels).astype(np.float32).mean()


def float_of_a_float32(scores, labels):
    return float(mean_of_float32(scores, labels))


def loss_of_float32(scores, labels):
    losses = np.zeros(len(scores), np.float32)
    for n, label in enumerate(labels):
        losses[n] = np.log(np.sum(np.exp(scores[n] - scores[n].max()))) - (scores[n, label] - scores[n].max())
    return float(losses.mean())


@pytest.mark.parametrize(
    ("name", "answer", "points"),
    [
        ("correlate2d", buffer, 3),
        ("zero_pad", frame, 2),
        ("accuracy", mean_of_float32, 1),
        ("accuracy", float_of_a_float32, 1),
        ("cross_entropy", loss_of_float32, 2),
    ],
)
def test_float32_as_students_write_it(name, answer, points):
    for seed in range(3):
        assert exam(name, answer, seed) == points
    assert verdict(next(e for e in ALL if e.name == name), answer) == verdicts.RIGHT


def test_numerical_gradients_need_float64():
    exercise = next(e for e in ALL if e.name == IN_DOUBLE_ALONE)
    single = _with_single_results(exercise.oracle)
    assert exam(IN_DOUBLE_ALONE, single) == 0
    assert verdict(exercise, single) != verdicts.RIGHT


Y = np.array([[1.0, -2.0], [3.0, 0.5]])


@pytest.mark.parametrize(
    ("got", "tolerance", "right"),
    [
        (Y.astype(np.float32), 1e-4, True),
        (Y.astype(np.float32) * np.float32(1 + 5e-5), 1e-4, True),
        (Y.astype(np.float32) * np.float32(1 + 5e-4), 1e-4, False),
        (Y.astype(np.float32), 1e-7, False),  # a case that needs float64
        (Y * (1 + 5e-5), 1e-4, True),  # computed in float32 on the way, perhaps
        (Y * (1 + 5e-4), 1e-4, False),
        (Y * (1 + 5e-5), 1e-7, False),
        (Y.astype(np.float16), 1e-4, False),
        (Y.astype(np.int64), 1e-4, False),
    ],
)
def test_what_is_allowed_is_the_rounding_of_float32(got, tolerance, right):
    assert (compare(got, Y, tolerance) is None) == right


@pytest.mark.parametrize(
    ("got", "right"), [(np.float32(0.3), True), (np.array(0.3, np.float32), True), (0.30001, True), (0.3001, False)]
)
def test_so_it_is_in_a_number(got, right):
    assert (compare(got, 0.3, 1e-4) is None) == right
