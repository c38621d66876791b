"""Guesses: kept in the running notebook, told again with the answer, counted; whatever is typed, nothing stops."""

import re

import numpy as np
import pytest

from cs_utils.figures import answer, count_guesses, guess, guessing

QUESTION = "Which filter finds an upright edge?"
CHOICES = {"a": "`blur`", "b": "left minus right, < 0 & > 0", "c": "none of them"}


@pytest.fixture(autouse=True)
def a_fresh_notebook(monkeypatch):
    monkeypatch.setattr(guessing, "_questions", {})


def test_without_a_guess_the_question_says_how_to_guess_and_the_answer_stands_alone():
    asked = repr(guess("edge", QUESTION, CHOICES))
    assert all(text in asked for text in (QUESTION, "a · `blur`", "b · left", "c · none", 'mine="a"'))
    assert "your guess" not in asked
    assert repr(answer("edge", "b")) == "The answer: b · left minus right, < 0 & > 0"


@pytest.mark.parametrize(("mine", "says"), [("b", "As you guessed: b · left"), ("c", "You guessed c; it is b · left")])
def test_the_answer_knows_the_guess(mine, says):
    assert repr(guess("edge", QUESTION, CHOICES, mine)).count("← your guess") == 1
    assert repr(answer("edge", "b")).startswith(says)


@pytest.mark.parametrize("mine", ["B", " b "])
def test_a_letter_is_understood_as_it_is_typed(mine):
    guess("edge", QUESTION, CHOICES, mine=mine)
    assert repr(answer("edge", "b")).startswith("As you guessed")


@pytest.mark.parametrize("mine", ["d", "", "left", 2, np.ones(3), ["b"]])
def test_what_is_no_letter_stops_nothing_and_is_no_guess(mine):
    assert "none of the letters" in repr(guess("edge", QUESTION, CHOICES, mine=mine))
    assert repr(answer("edge", "b")).startswith("The answer")


def test_a_cell_that_was_not_run_stops_nothing():
    assert repr(answer("edge", "b")) == "The answer: b."


def test_guesses_are_counted_and_a_changed_one_counts_as_it_is_now():
    for name, mine in {"one": "a", "two": "c", "three": None}.items():
        guess(name, QUESTION, CHOICES, mine)
        answer(name, "a")
    assert "1 of 2 right, of 3 questions" in repr(count_guesses())
    guess("two", QUESTION, CHOICES, mine="a")
    assert "2 of 2 right, of 3 questions" in repr(count_guesses())


def test_with_no_guess_the_count_is_friendly():
    guess("edge", QUESTION, CHOICES)
    answer("edge", "b")
    assert "none yet, of 1 question." in repr(count_guesses())


def test_texts_are_escaped_and_take_the_colours_of_the_page():
    page = guess("edge", QUESTION, CHOICES, mine="b")._repr_html_()
    assert "<code>blur</code>" in page
    assert "&lt; 0 &amp; &gt; 0" in page
    assert re.findall(r"[\w-]*(?:color|background)[\w-]*:", page) == []
    assert page.count("<div") == page.count("</div>")


def test_no_power_is_taken_for_bold_letters():
    shown = guess("cube", "What is 2 ** 3 ** 1?", CHOICES)
    assert "2 ** 3 ** 1" in repr(shown)
    assert "2 ** 3 ** 1" in shown._repr_html_()


def test_questions_that_are_none_are_refused():
    with pytest.raises(ValueError, match="two choices"):
        guess("edge", QUESTION, {"a": "yes"})
    guess("edge", QUESTION, CHOICES)
    with pytest.raises(ValueError, match="'z' is none of the choices"):
        answer("edge", "z")
