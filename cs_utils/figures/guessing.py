"""Guesses: a question before the cell that answers it, remembered in the running notebook, counted for fun.

Nothing waits for a guess, and no point depends on one: a notebook in which nobody has guessed runs to its end.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass

BLUE = "#3b82c4"  # a line that shows on white and on black; no text has this colour
BOLD = r"\*\*(\w.*?)\*\*"


@dataclass
class _Question:
    text: str
    choices: dict[str, str]
    mine: str | None = None
    right: str | None = None


_questions: dict[str, _Question] = {}  # by name, those of the running notebook


class Note:
    """A few lines in a box, in the colours of the page around it; shows itself in a notebook.

    Parameters
    ----------
    title : str
        In bold before the first line.
    lines : list of str
        What stands between backticks is code, between double asterisks bold.
    colour : str
        That of the line beside the box.
    mark : str
        A sign before the title, white on that colour. It only repeats what the title says: it is not read aloud.
    """

    def __init__(self, title: str, lines: list[str], colour: str = BLUE, mark: str = "") -> None:
        self.title, self.lines, self.colour, self.mark = title, lines, colour, mark

    def _repr_html_(self) -> str:
        first, *rest = map(_marked_up, self.lines)
        paragraphs = [f"{self._sign()}<strong>{_marked_up(self.title)}</strong> {first}", *rest]
        body = "".join(f'<div style="margin: 0.25em 0">{text}</div>' for text in paragraphs)
        box = f"border-left: 4px solid {self.colour}; padding: 0.2em 0 0.2em 1em; margin: 0.4em 0; max-width: 48em"
        return f'<div style="{box}">{body}</div>'

    def _sign(self) -> str:
        if not self.mark:
            return ""
        disc = f"background: {self.colour}; color: white; border-radius: 50%; padding: 0 0.35em; font-weight: bold"
        return f'<span aria-hidden="true" style="{disc}">{self.mark}</span> '

    def __repr__(self) -> str:
        return re.sub(BOLD, r"\1", "\n".join([f"{self.title} {self.lines[0]}", *self.lines[1:]]))


def guess(name: str, question: str, choices: Mapping[str, str], mine: object = None) -> Note:
    """Ask a question before the cell that answers it, and remember the guess.

    Parameters
    ----------
    name : str
        What `answer` calls the question by.
    question : str
    choices : dict of str to str
        Each choice by its letter, at least two.
    mine : str, optional
        The student's letter. What is none of the letters is no guess, and the note says so: a slip here must not stop
        a notebook.

    Returns
    -------
    Note
        Question, choices, and the guess if there is one.

    Raises
    ------
    ValueError
        If there are fewer than two choices.
    """
    if len(choices) < 2:
        raise ValueError(f"a question to guess has at least two choices, not {len(choices)}")
    letter = mine.strip().lower() if isinstance(mine, str) else None
    known = _questions.get(name)
    asked = _Question(question, dict(choices), letter if letter in choices else None, known.right if known else None)
    _questions[name] = asked
    lines = [question, *(_choice(letter, asked) for letter in choices)]
    letters = " or ".join(f'`mine="{letter}"`' for letter in choices)
    if asked.mine:
        lines.append("Your guess is kept. Read on: the answer comes below.")
    elif mine is None:
        lines.append(f"To guess, write {letters} in the cell above and run it again.")
    else:
        lines.append(f"That is none of the letters. Write {letters}, with the quotes.")
    return Note("Your guess?", lines)


def answer(name: str, right: str) -> Note:
    """Tell the right choice of a question, and whether it was guessed.

    Parameters
    ----------
    name : str
        As in `guess`. If that cell was not run, the letter alone is told.
    right : str
        The letter of the right choice.

    Returns
    -------
    Note

    Raises
    ------
    ValueError
        If the question has no such choice.
    """
    asked = _questions.get(name)
    if asked is None:
        return Note("The answer:", [f"{right}."])
    if right not in asked.choices:
        raise ValueError(f"{right!r} is none of the choices of {name!r}: {', '.join(asked.choices)}")
    asked.right = right
    told = f"**{right}** · {asked.choices[right]}"
    if asked.mine is None:
        return Note("The answer:", [told])
    if asked.mine == right:
        return Note("As you guessed:", [told])
    return Note(f"You guessed {asked.mine};", [f"it is {told}"])


def count_guesses() -> Note:
    """Tell how many questions of the running notebook were guessed, and how many of them rightly."""
    guessed = [asked for asked in _questions.values() if asked.mine and asked.right]
    right = sum(asked.mine == asked.right for asked in guessed)
    questions = _counted(len(_questions), "question")
    if not guessed:
        return Note("Your guesses:", [f"none yet, of {questions}. There is nothing to lose: no points hang on them."])
    return Note(
        "Your guesses:", [f"{right} of {len(guessed)} right, of {questions} in this notebook.", _remark(guessed)]
    )


def _remark(guessed: list[_Question]) -> str:
    wrong = sum(asked.mine != asked.right for asked in guessed)
    if not wrong:
        return "Nothing surprised you."
    return "What surprises you is what you learn most from." if wrong > 1 else "One surprise: look at it once more."


def _choice(letter: str, asked: _Question) -> str:
    return f"**{letter}** · {asked.choices[letter]}" + "  ← **your guess**" * (letter == asked.mine)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" + "s" * (number != 1)


def _marked_up(text: str) -> str:
    """Return the HTML of a line with `code` and **bold** in it."""
    text = re.sub(r"`(.+?)`", r"<code>\1</code>", html.escape(text, quote=False))
    return re.sub(BOLD, r"<strong>\1</strong>", text)
