"""Lesson 07, parse_pattern: answers that write out every pattern and refuse every malformed text, but name a wrong
position, or none."""

import re

from cs_utils.grading.exercises.deeper_language import PARSE_PATTERN, parse_by_descent
from cs_utils.grading.exercises.deeper_pattern_answers import parse_with_stack


def parse_naming(text, words):
    """Return the items, or raise ValueError with what ``words(position)`` says."""
    try:
        return parse_with_stack(text)
    except ValueError as error:
        position = int(re.findall(r"position (\d+)", str(error))[0])
        raise ValueError(words(position)) from None


@PARSE_PATTERN.wrong("the message names no position: say where in the text the slip is", partial=True)
def names_no_position(text):
    return parse_naming(text, lambda position: f"malformed pattern: {text}")


@PARSE_PATTERN.wrong("the position is counted from 1: Python counts from 0", partial=True)
def counts_from_one(text):
    return parse_naming(text, lambda position: f"{text!r}: character {position + 1} does not fit")


@PARSE_PATTERN.wrong("items and brackets are counted, not characters", partial=True)
def counts_pieces(text):
    def words(position):
        return f"piece number {len(re.findall(r'[A-Za-z0-9]+|[^A-Za-z0-9]', text[:position]))} is wrong"

    return parse_naming(text, words)


@PARSE_PATTERN.wrong("the position is counted from the end of the text", partial=True)
def counts_what_is_left(text):
    return parse_naming(text, lambda position: f"{len(text) - position} characters before the end of the text")


@PARSE_PATTERN.wrong("dashes are not counted: a position is an index into the text as it is", partial=True)
def counts_without_the_dashes(text):
    return parse_naming(text, lambda position: f"position {len(text[:position].replace('-', ''))}")


@PARSE_PATTERN.wrong(partial=True)
def always_names_the_start(text):
    return parse_naming(text, lambda position: "position 0 or later: it is malformed")


@PARSE_PATTERN.wrong(partial=True)
def names_the_character_alone(text):
    return parse_naming(text, lambda position: f"{text[position : position + 1]!r} does not fit")


@PARSE_PATTERN.right
def speaks_of_an_index(text):
    try:
        return parse_by_descent(text)
    except ValueError as error:
        position = int(re.findall(r"position (\d+)", str(error))[0])
        raise ValueError(f"[{position}] {text[position:]!r}? Not here, in {text}.") from error
