"""``python course.py check``: run notebooks and print what their check cells say."""

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def check_notebook(path: Path) -> tuple[int, int]:
    """Run a notebook in a process of its own, print what each check says; return how many passed, of how many.

    The notebook on disk stays as it is.
    """
    import nbformat  # here, so that --help comes at once
    from nbclient import NotebookClient
    from nbclient.exceptions import DeadKernelError

    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(
            notebook,
            timeout=300,
            kernel_name="python3",
            allow_errors=True,
            resources={"metadata": {"path": folder}},
            extra_arguments=["--log-level=ERROR"],
        )
        try:
            client.execute()
        except DeadKernelError:
            print("  The notebook's Python process ended before its last cell: is there an exit()?")
    checks = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id", "").startswith("check_")]
    for cell in checks:
        print("  " + _said(cell).strip().replace("\n", "\n  "))
    return sum(map(_passed, checks)), len(checks)


def _passed(cell: Any) -> bool:
    return cell.execution_count is not None and not any(output.output_type == "error" for output in cell.outputs)


def _said(cell: Any) -> str:
    name = cell.metadata.nbgrader["grade_id"].removeprefix("check_")
    for output in cell.outputs:
        if output.output_type == "error":
            return (
                f"[FAIL] {output.evalue}"
                if output.ename == "CheckFailed"
                else f"[FAIL] {name}: {output.ename}: {output.evalue}"
            )
        if output.output_type == "stream":
            return f"[OK]   {output.text}"
    return f"[FAIL] {name}: not reached"


def find_notebooks(paths: list[Path]) -> list[Path]:
    """Return the notebooks that the paths name: files, and all below folders."""
    found = [p for path in paths for p in (sorted(path.rglob("*.ipynb")) if path.is_dir() else [path])]
    return [path for path in found if ".ipynb_checkpoints" not in path.parts]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="course.py check", description="Run notebooks and print what their checks say, as in the notebook itself."
    )
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="notebook or folder (default: notebooks/)")
    notebooks = find_notebooks(parser.parse_args(arguments).paths or [NOTEBOOKS])
    if not notebooks:
        print("No notebook found: give the path of one, or of a folder that holds some.", file=sys.stderr)
        return 1
    if missing := [path for path in notebooks if not path.is_file()]:
        print(f"There is no file {missing[0]}.", file=sys.stderr)
        return 1
    os.environ["NBGRADER_EXECUTION"] = "validate"  # as in Validate: nothing is trained
    passed = total = 0
    for path in notebooks:
        print(path)
        right, number = check_notebook(path)
        passed, total = passed + right, total + number
    print(f"{passed} of {total} checks passed")
    return 0 if passed == total else 1


if __name__ == "__main__":
    sys.exit(main())
