"""Lesson 07, parse_pattern: the layers of a pattern such as "(conv12-relu)*2-pool-fc", or where it is malformed."""

import numpy as np

from cs_utils.checks.calls import Case
from cs_utils.grading.exercise import Exercise, Part
from cs_utils.grading.exercises.lesson07_deeper_networks import LESSON
from cs_utils.grading.stubs import DEEPER


def parse_pattern(text):
    """Descend through the grammar, one function per rule: a chain is parts joined by -, a part a group or an item."""
    items, end = _chain(text, 0)
    if end < len(text):
        raise ValueError(f"position {end} of {text!r}: {text[end]!r} is not expected here")
    return items


def _chain(text: str, start: int) -> tuple[list[str], int]:
    items, end = _part(text, start)
    while text[end : end + 1] == "-":
        more, end = _part(text, end + 1)
        items = items + more
    return items, end


def _part(text: str, start: int) -> tuple[list[str], int]:
    if text[start : start + 1] == "(":
        return _group(text, start)
    end = start
    while end < len(text) and text[end].isalnum():
        end += 1
    if end == start:
        raise ValueError(f"position {start} of {text!r}: an item or ( is missing here")
    return ([], end + 1) if text[end : end + 1] == "?" else ([text[start:end]], end)


def _group(text: str, start: int) -> tuple[list[str], int]:
    items, end = _chain(text, start + 1)
    if text[end : end + 1] != ")":
        raise ValueError(f"position {end} of {text!r}: the ( at {start} should be closed here")
    end += 1
    if text[end : end + 1] != "*":
        return items, end
    first = end = end + 1
    while end < len(text) and text[end].isdigit():
        end += 1
    if not text[first:end].strip("0"):
        raise ValueError(f"position {first} of {text!r}: a number of repetitions, 1 or more, is missing here")
    return items * int(text[first:end]), end


def _patterns(*texts: str) -> list[Case]:
    return [Case({"text": text}) for text in texts]


def _names(rng: np.random.Generator) -> tuple[str, str, str]:
    """Return the names of three different layers."""
    first, second = rng.choice([4, 8, 16, 32, 64, 128], 2, replace=False)
    return f"conv{first}", f"fc{second}", str(rng.choice(["relu", "bn", "pool"]))


def _repeated_patterns(rng: np.random.Generator) -> list[Case]:
    a, b, c = _names(rng)
    n, m = (int(number) for number in rng.choice(range(2, 8), 2, replace=False))
    return _patterns(
        "(conv12-relu)*2-pool-fc",
        f"{a}-{c}-{b}",
        a,
        f"({a}-{c})*{n}-{b}-({b}-{a}-{c})*{m}",
        f"{b}-({a})*{10 + n}",
        f"({a}-{b})-{c}-({c})*1",
        f"{a}F5S1P2-({c}-{b})*{m}",
    )


def _nested_patterns(rng: np.random.Generator) -> list[Case]:
    a, b, c = _names(rng)
    n, m, k = (int(number) for number in rng.choice(range(2, 6), 3, replace=False))
    return _patterns(
        f"(({a}-{c})*{n}-pool)*{m}-({b}-relu)*{k}-{b}",
        f"({a}-({b})*{n}-({c}-{a})*{k})*{m}",
        f"((({a})*{n}-{b})*{m}-{c})*{k}",
        f"(({a}-{b}))*{n}-(({c}))",
    )


def _optional_patterns(rng: np.random.Generator) -> list[Case]:
    a, b, c = _names(rng)
    n = int(rng.integers(2, 5))
    return _patterns(
        f"(({a}-{c})*{n}-pool?)*2-{b}",
        f"{a}?-{b}-{c}?",
        f"({a}-{b}?)*{n}-{c}",
        f"({c}?)*{n}-{a}",
        f"{b}?",
        f"({a}?-{a})*{n}",
    )


def _malformed_names(rng: np.random.Generator) -> tuple[str, str, str, int]:
    """Return three names and a number whose digits are no position in these short texts, so none is taken for one."""
    first, second = rng.choice([128, 256, 512], 2, replace=False)
    return f"conv{first}", f"fc{second}", str(rng.choice(["relu", "bn", "pool"])), int(rng.integers(70, 99))


def _malformed_patterns(rng: np.random.Generator) -> list[Case]:
    a, b, c, n = _malformed_names(rng)
    fitting = f"(({a}-{c})*3-{b})*2"
    missing = ["", f"{a}-", f"-{c}", f"{a}--{c}", "()", f"({a}-)*{n}", f"{a}-?", f"({a}-())*{n}"]
    brackets = [f"({a}-{c}", f"{a}-{c})", f"(({a}-{c})*{n}-{b}", f"({a})*{n})", f"{a}({c})*{n}", f"({a}){c}", f")({a}"]
    numbers = [f"({a})*", f"({a})*-{c}", f"({a})*0", f"({a})*{c}", f"({a}){n}"]
    return _patterns(fitting, *missing, *brackets, *numbers, f"({a}?)*3-({c}-{b})*2")


def _refused_at(marked: str) -> Case:
    """Return a case of a malformed text; a mark ^ or ~ precedes each position that its refusal may name.

    The ^ marks the first character that does not fit, or where the text ends too early; a ~ marks any other position
    that is as good: the last character that did fit, the bracket that is never closed, the * that lacks a number.
    """
    places: dict[str, list[int]] = {"^": [], "~": []}
    text = ""
    for character in marked:
        if character in places:
            places[character].append(len(text))
        else:
            text += character
    return Case({"text": text}, position=(*places["^"], *places["~"]))


def _positions(rng: np.random.Generator) -> list[Case]:
    a, b, c, n = _malformed_names(rng)
    missing = ["^", f"{a}~-^", f"^-{c}", f"{a}~-^-{c}", "~(^)", f"({a}~-^)*{n}", f"{a}~-^?", f"({a}-~(^))*{n}"]
    brackets = [f"~({a}-{b}-{c[:-1]}~{c[-1]}^", f"{a}-{c}^)", f"({a})*{n}^)", f"{a}^({c})*{n}", f"({a})^{c}", f"^)({a}"]
    numbers = [f"({a})~*^", f"({a})~*^-{c}", f"({a})~*^0", f"({a})~*^{c}", f"({a})^{n}", f"{c}-({a})^{n}-{b}"]
    fitting = _patterns(f"(({a}-{c})*3-{b})*2", f"({a}?)*3-({c}-{b})*2")
    return [*fitting, *(_refused_at(text) for text in [*missing, *brackets, *numbers])]


PARSE_PATTERN = Exercise(
    name="parse_pattern",
    lesson=LESSON,
    points=3,
    oracle=parse_pattern,
    visible=[
        *_patterns(
            "(conv12-relu)*2-pool-fc",
            "relu-conv8-(relu)*12-(fc10-bn)",
            "((conv16-relu)*2-pool)*3-fc",
            "((bn-relu-fc)*2)*2-(conv4)*1-((gap))",
            "(conv8-relu-pool?)*2-fc10",
            "bn?-fc",
            "fc-bn?",
            "(conv12-relu",
            "conv12-relu)-fc",
            "conv12--relu",
            "(relu)*",
            "(gap)-bn-fc",
            "bn-()-fc",
            "(bn)*0-fc",
        ),
        _refused_at("relu-bn^)-pool-fc"),
        _refused_at("(gap)-relu-^*fc"),
        _refused_at("bn-relu^((pool"),
    ],
    parts=[
        Part("chains, and groups that are repeated", 1, _repeated_patterns),
        Part("groups within groups", 1, _nested_patterns),
        Part("items marked ? are left out", 0.5, _optional_patterns),
        Part("what is malformed is refused", 0.25, _malformed_patterns),
        Part("and the message names the position, counted from 0", 0.25, _positions),
    ],
    section="14. Extra: a language for nets",
    next="a famous net in one line",
    returns=("items",),
    stubs=DEEPER,
)
