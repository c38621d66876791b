"""What a check says of a right answer: in one line on a terminal, in a box in a notebook."""

from typing import TYPE_CHECKING

import numpy as np

from cs_utils.checks.records import VisibleExercise
from cs_utils.system import in_notebook, shows_colours

if TYPE_CHECKING:  # it imports matplotlib, which nothing but a notebook needs here
    from cs_utils.figures.guessing import Note

GREEN = "#1a7f37"  # under a white tick; text keeps the colour of the page
ON_TERMINAL, AS_BEFORE = "\033[32m", "\033[0m"


class Success:
    """A passed check: what the visible cases have shown, what the exercise is worth, and what comes next.

    Parameters
    ----------
    exercise : VisibleExercise
        The exercise, all of whose visible cases are right.
    """

    def __init__(self, exercise: VisibleExercise) -> None:
        self.exercise = exercise
        self._right = f"{exercise.name}: {_counted(len(exercise.cases), 'case')} right"
        self._worth = f"Worth {_counted(exercise.points, 'point')}"

    def __repr__(self) -> str:
        return f"{self._right}. {self._worth}. Next: {self.exercise.next}"

    def _repr_html_(self) -> str:
        lines = [
            self._shown(),
            f"{self._worth}: hidden cases of the same kind decide.",
            f"**Next:** {self.exercise.next}",
        ]
        return self._note(lines)._repr_html_()

    def _note(self, lines: list[str]) -> "Note":
        from cs_utils.figures.guessing import Note

        return Note(f"{self._right}.", lines, GREEN, "✓")

    def _shown(self) -> str:
        """Say what must have held in the cases for all of them to be right."""
        refusals = sum(outcome.error is not None for outcome in self.exercise.expected)
        facts = [f"{_counted(len(self.exercise.expected) - refusals, 'result')} as expected"]
        if refusals:
            facts.append(f"{_counted(refusals, 'wrong input')} refused")
        if any(isinstance(value, np.ndarray) for case in self.exercise.cases for value in case.arguments.values()):
            facts.append("arrays unchanged")
        return f"{', '.join(facts)}."

    def show(self) -> None:
        """Display the box in a notebook; elsewhere print the line, in colour on a screen that shows colours."""
        if in_notebook():
            from IPython.display import display

            display(self)
        else:
            line = repr(self)
            print(line.replace(self._right, f"{ON_TERMINAL}{self._right}{AS_BEFORE}", 1) if shows_colours() else line)


def _counted(number: float, what: str) -> str:
    return f"{number:g} {what}{'s' * (number != 1)}"
