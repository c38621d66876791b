"""A hostile class in one batch, between honest students: everyone gets what is deserved, and nothing leaks."""

import secrets

import nbformat
import pytest
from grading.classroom.hostile import ATTACKS, FULL, LESSON, notebook_with

from cs_utils.grading.classroom import feedback, workers
from cs_utils.grading.classroom.records import STATUSES, TIME_LIMIT
from cs_utils.grading.classroom.sandbox import NoSandbox, try_sandbox
from cs_utils.grading.classroom.unit import Unit

pytestmark = pytest.mark.slow
HONEST = 14  # of them between the others


def bytes_of(attack):
    return nbformat.writes(notebook_with(attack)).encode()


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """{student: record}, and the canary that must be nowhere in them."""
    try:
        try_sandbox()
    except NoSandbox as reason:
        pytest.skip(f"no sandbox here: {reason}")
    canary = f"CANARY-{secrets.token_hex(8)}"
    for folder in (tmp_path_factory.mktemp("grading"), tmp_path_factory.mktemp("neighbour")):
        (folder / "gradebook.db").write_text(canary)
    units = [Unit(attack.name, LESSON, bytes_of(attack), seed=1) for attack in ATTACKS]
    for i in range(HONEST):
        units.insert(i * len(units) // HONEST, Unit(f"honest_{i}", LESSON, bytes_of(None), seed=i))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_CANARY", canary)  # in the environment of driver and workers
        for name, number in {"CELL": 4, "NOTEBOOK": 15, "GRACE": 2}.items():
            patch.setenv(f"COURSE_LIMIT_{name}", str(number))
        records = graded_by(2, units)
    # Four seconds are few while a neighbour forks without end: who was stopped but deserves points gets a quiet machine
    # and the limits of a real class.
    nothing = {attack.name for attack in ATTACKS if attack.deserved == 0}
    stopped = {student for student, record in records.items() if record.status == TIME_LIMIT}
    hurried = [unit for unit in units if unit.student in stopped - nothing]
    return {**records, **(graded_by(1, hurried) if hurried else {})}, canary


def graded_by(count, units):
    with workers.cluster(count, None) as client:
        return {record.student: record for record in workers.graded(units, client, True, lambda unit: None)}


def test_everybody_has_a_record_with_a_status(graded):
    records, _ = graded
    assert len(records) == len(ATTACKS) + HONEST >= 200 + HONEST
    assert {record.status for record in records.values()} <= set(STATUSES)


def test_honest_students_lose_nothing(graded):
    records, _ = graded
    assert {records[f"honest_{i}"].points for i in range(HONEST)} == {FULL}
    assert {records[f"honest_{i}"].status for i in range(HONEST)} == {"graded"}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_a_hostile_student_gets_what_is_deserved(graded, attack):
    record = graded[0][attack.name]
    assert record.points == attack.deserved, record.message
    assert len(record.to_json()) < 4_000_000


def test_nothing_leaks_into_records_and_pages(graded):
    records, canary = graded
    for record in records.values():
        notebook = nbformat.reads(record.notebook, as_version=4) if record.notebook else None
        for text in (record.to_json(), feedback.page(record, notebook)):
            assert canary not in text
            assert "HIDDEN TESTS" not in text
            assert "def pooled_shape" not in text


def test_no_page_holds_anything_that_acts(graded):
    for record in graded[0].values():
        notebook = nbformat.reads(record.notebook, as_version=4) if record.notebook else None
        page = feedback.page(record, notebook)
        for sign in ("<script", "<svg", "<iframe", "onerror=alert(", 'javascript:alert(1)"'):
            assert sign not in page.replace("&lt;img src=x onerror=alert(", "")
