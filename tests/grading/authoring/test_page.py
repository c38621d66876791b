"""The exercises on one page: it tells the truth about what the checks refuse."""

import io
from contextlib import redirect_stdout

from cs_utils.checks import CheckFailed
from cs_utils.checks import check as check_answer
from cs_utils.grading.authoring.page import exercises_page
from cs_utils.grading.authoring.paths import ROOT, Lesson, lessons
from cs_utils.grading.exercises import EXERCISES


def test_the_page_says_which_wrong_answers_the_check_refuses_and_which_only_the_exam_sees():
    sections = {part.split(" ")[0]: part for part in exercises_page(lessons()).split("\n### ")}
    for item in EXERCISES.values():
        for wrong in getattr(item, "wrong_answers", []):
            line = next(line for line in sections[item.name].splitlines() if f"`{wrong.name}`" in line)
            try:
                with redirect_stdout(io.StringIO()):
                    check_answer(item.name, wrong.answer)
                assert line.startswith("Only the exam sees")
            except CheckFailed:
                assert line.startswith("- `" if wrong.hint else "Refused by the check without a name")


def test_the_page_shows_every_call_of_a_case():
    page = exercises_page([Lesson(ROOT, "06_cifar10_convnet")])
    assert "seed: 1)`, then `seed: 1`, then `seed: 2`: judged by `follows_its_seed`" in page


def test_the_exercises_of_a_section_stand_in_the_order_of_the_text(tmp_path):
    lesson = Lesson(tmp_path, "04_pooling")
    lesson.text.parent.mkdir()
    lesson.text.write_text("# %% exam max_pool\n\n# %% written x\n\n# %% exam avg_pool\n", encoding="utf-8")
    page = exercises_page([lesson])
    assert page.index("### max_pool (") < page.index("### avg_pool (")
