"""``python course.py check``: run notebooks and print what their check cells say."""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cs_utils.checks.errors import UNWRITTEN
from cs_utils.checks.needed import needed
from cs_utils.checks.notebook import BLANK, Cell, UnreadableNotebook, is_called, read_cells, run
from cs_utils.system import course_folder, replace_unprintable, shows_colours

NOTEBOOKS = course_folder() / "notebooks"
FILES = {"trained_net": "convnet.npz"}  # what is handed in beside a notebook, by the exercise that it is for
GOOD, BAD, LEFT = "[OK]  ", "[FAIL]", "[OPEN]"
COLOURS = {GOOD: "32", BAD: "31", LEFT: "33"}  # green, red, yellow


@dataclass(frozen=True)
class Result:
    """What a notebook's checks have said: how many passed, of how many, and what is open, with its points."""

    passed: int
    checks: int
    open: dict[str, float]


def check_notebook(path: Path) -> Result:
    """Run what a notebook's checks need; print what each says, and what is still open. The file stays as it is.

    Raises UnreadableNotebook.
    """
    cells = read_cells(path)
    checks = [cell for cell in cells if cell.checks]
    chosen = needed(cells)
    problems = run(chosen)
    if len(chosen) < sum(cell.kind == "code" for cell in cells) and any("NameError" in _why_not(c) for c in checks):
        problems = run(cells)  # a name that the text of no cell shows
    for problem in problems:
        _print_indented(problem)
    for cell in checks:
        _print_indented(_verdict(cell))
    if not checks:
        _print_indented("It has no check cells.")
    passed = {cell.checks for cell in checks if _passed(cell)}
    known = {cell.checks for cell in checks}
    missing = {cell.earns: _missing(cell, path) for cell in cells if cell.earns and cell.earns not in known}
    for name, why in missing.items():
        if why:
            _print_indented(f"{LEFT} {name}: {why}")
    worth = {cell.earns: cell.points for cell in cells if cell.earns}
    left = {name: points for name, points in worth.items() if missing.get(name) or name in known - passed}
    if worth:
        _print_indented(_summary(sum(worth.values()), left))
    return Result(len(passed), len(checks), left)


def _missing(cell: Cell, path: Path) -> str:
    """What is missing of an exercise that has no check: of a written answer, or of a trained net; "" if nothing is."""
    if cell.kind == "markdown":
        return "nothing is written yet" if cell.source.strip() in ("", BLANK) else ""
    if cell.earns in FILES and not path.with_name(FILES[cell.earns]).is_file():
        return f"{FILES[cell.earns]} is not beside the notebook; the cell that trains your net saves it"
    return ""


def _summary(most: float, left: dict[str, float]) -> str:
    """What is there and what is open, in points. Hidden cases decide: a check cannot promise any."""
    if not left:
        return f"All exercises are done, worth {most:g} points; hidden cases of the same kind decide."
    names = ", ".join(f"{name} ({points:g})" for name, points in left.items())
    return f"Done: {most - sum(left.values()):g} of {most:g} points, as far as the checks can tell. Open: {names}."


def _verdict(cell: Cell) -> str:
    """What a check cell has said. An answer that is not written is open, and no mistake."""
    if _passed(cell):
        return f"{GOOD} {_said(cell)}"
    why = _why_not(cell)
    return f"{LEFT} {cell.checks}: not written yet" if UNWRITTEN in why else f"{BAD} {why}"


def _passed(cell: Cell) -> bool:
    return cell.ran and bool(_said(cell)) and not any(output.output_type == "error" for output in cell.outputs)


def _said(cell: Cell) -> str:
    """The check's own message: the last line that was shown, after whatever the student's function shows."""
    shown = [output.text if output.get("name") == "stdout" else _displayed(output) for output in cell.outputs]
    return ("\n".join(shown).strip().splitlines() or [""])[-1]


def _displayed(output: Any) -> str:
    return str(output.data.get("text/plain", "")) if output.output_type == "display_data" else ""


def _why_not(cell: Cell) -> str:
    if cell.kind != "code":
        return f"{cell.checks}: its check cell has become text; select it and press Escape, then Y, to make it code"
    for output in cell.outputs:
        if output.output_type == "error" and output.ename == "CheckFailed":
            return str(output.evalue)
        if output.output_type == "error" and output.ename == "KeyboardInterrupt":
            return f"{cell.checks}: it did not come to an end"
        if output.output_type == "error":
            return f"{cell.checks}: {output.ename}: {output.evalue}"
    if cell.ran:
        return f"{cell.checks}: its check cell says nothing; it should be check({cell.checks!r}, {cell.checks})"
    return f"{cell.checks}: not reached"


def _print_indented(text: str) -> None:
    if shows_colours():
        for mark, colour in COLOURS.items():
            if text.startswith(mark):
                text = f"\033[{colour}m{mark}\033[0m{text[len(mark) :]}"
    print("  " + text.strip().replace("\n", "\n  "), flush=True)


def find_notebooks(paths: list[Path]) -> list[Path]:
    """Return the notebooks that the paths name: the files themselves, and for a folder all notebooks in it.

    What is no path may be the number or the name of a lesson.
    """
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            meant = (folder for folder in sorted(NOTEBOOKS.glob("[0-9]*_*")) if is_called(folder.name, str(path)))
            path = next(meant, path)
        below = sorted(path.rglob("*.ipynb")) if path.is_dir() else [path]
        found += [file for file in below if file == path or ".ipynb_checkpoints" not in file.parts]
    return found


def main(arguments: list[str] | None = None) -> int:
    """Check the notebooks one after another; return 0 if every file was read and every check passed, else 1."""
    parser = argparse.ArgumentParser(
        prog="course.py check", description="Run notebooks and print what their checks say, as in the notebook itself."
    )
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="a notebook, folder or lesson, such as 2")
    notebooks = find_notebooks(parser.parse_args(arguments).paths or [NOTEBOOKS])
    if not notebooks:
        print("No notebook found: give the path of one, or of a folder that has some.", file=sys.stderr)
        return 1
    passed = total = unread = 0
    for path in notebooks:
        print(path, flush=True)
        try:
            result = check_notebook(path)
        except UnreadableNotebook as reason:
            _print_indented(f"[FAIL] {reason}")
            unread += 1
        else:
            passed, total = passed + result.passed, total + result.checks
    print(
        f"{passed} of {total} checks passed" + f"; {unread} of {len(notebooks)} files could not be read" * (unread > 0)
    )
    return 0 if passed == total and not unread else 1


if __name__ == "__main__":
    replace_unprintable()
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("Stopped.")
