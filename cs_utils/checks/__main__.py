"""``python course.py check``: run notebooks and print what their check cells say."""

import argparse
import os
import sys
from pathlib import Path

from cs_utils.checks.notebook import Cell, UnreadableNotebook, read_cells, run
from cs_utils.system import replace_unprintable

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def check_notebook(path: Path) -> tuple[int, int]:
    """Run a notebook, print what each check says; return how many passed, of how many. The file stays as it is."""
    cells = read_cells(path)
    for problem in run(cells):
        _print_indented(problem)
    checks = [cell for cell in cells if cell.checks]
    for cell in checks:
        _print_indented(f"[OK]   {_said(cell)}" if _passed(cell) else f"[FAIL] {_why_not(cell)}")
    if not checks:
        _print_indented("It has no check cells.")
    return sum(map(_passed, checks)), len(checks)


def _passed(cell: Cell) -> bool:
    return cell.ran and bool(_said(cell)) and not any(output.output_type == "error" for output in cell.outputs)


def _said(cell: Cell) -> str:
    """The check's own message: the last line that was printed, after whatever the student's function prints."""
    text = "".join(output.text for output in cell.outputs if output.get("name") == "stdout")
    return (text.strip().splitlines() or [""])[-1]


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
    print("  " + text.strip().replace("\n", "\n  "), flush=True)


def find_notebooks(paths: list[Path]) -> list[Path]:
    """Return the notebooks that the paths name: the files themselves, and for a folder all notebooks in it."""
    found: list[Path] = []
    for path in paths:
        below = sorted(path.rglob("*.ipynb")) if path.is_dir() else [path]
        found += [file for file in below if file == path or ".ipynb_checkpoints" not in file.parts]
    return found


def main(arguments: list[str] | None = None) -> int:
    """Check the notebooks one after another; return 0 if every file was read and every check passed, else 1."""
    parser = argparse.ArgumentParser(
        prog="course.py check", description="Run notebooks and print what their checks say, as in the notebook itself."
    )
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="notebook or folder (default: notebooks/)")
    notebooks = find_notebooks(parser.parse_args(arguments).paths or [NOTEBOOKS])
    if not notebooks:
        print("No notebook found: give the path of one, or of a folder that has some.", file=sys.stderr)
        return 1
    os.environ["NBGRADER_EXECUTION"] = "validate"  # as in Validate: nothing is trained
    passed = total = unread = 0
    for path in notebooks:
        print(path, flush=True)
        try:
            right, number = check_notebook(path)
        except UnreadableNotebook as reason:
            _print_indented(f"[FAIL] {reason}")
            unread += 1
        else:
            passed, total = passed + right, total + number
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
