"""The command: what the checks say of each answer, and the table of docs/explanations.md."""

import argparse
import json
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from cs_utils.checks import CheckFailed  # noqa: E402
from cs_utils.checks.records import find  # noqa: E402
from unlisted_mistakes import MISTAKES, Mistake, said  # noqa: E402

PAGE = ROOT / "docs" / "explanations.md"
BEFORE = "4241d93"  # the last version whose checks could name listed mistakes alone
NAMED = "This is what one gets"

HEAD = """# What the checks say of mistakes that nobody listed

Real students' answers, in the course's own signatures (`tests/unlisted_mistakes`), with what the check said of each
when it knew listed mistakes alone (version {before}), and what it says now. `python tests/unlisted_mistakes --table`
writes this page; with the names of exercises, it prints the whole messages: the call, the terms of the first wrong
entry, and the line that gives the inputs in a notebook stand there too. *Named*: the check says which mistake it is.

"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python tests/unlisted_mistakes", description=__doc__)
    parser.add_argument("exercise", nargs="*", help="print the whole messages for answers to these exercises")
    parser.add_argument("--table", action="store_true", help=f"write {PAGE.relative_to(ROOT)}")
    parser.add_argument("--as-json", action="store_true", help=argparse.SUPPRESS)  # what another version is asked for
    options = parser.parse_args()
    if options.as_json:
        print(json.dumps({_key(item): str(said(item.exercise, item.answer) or "") for item in MISTAKES}))
    elif options.table:
        PAGE.write_text(page(messages_of(BEFORE)), encoding="utf-8")
    else:
        for item in MISTAKES:
            failure = said(item.exercise, item.answer)
            if item.exercise in options.exercise:
                print(f"--- {item.name}\n{failure or 'passes'}\n")
            elif not options.exercise:
                print(f"{item.exercise}: {item.name}\n    {' / '.join(gist(failure)) or '-'}")
    return 0


def _key(item: Mistake) -> str:
    return f"{item.exercise} {item.name}"


def gist(failure: CheckFailed | None) -> list[str]:
    """Return what a message says beyond the first wrong entry; the fact itself where that says it all."""
    if failure is None:
        return ["passes"]
    told = [f"named: {hint}" for hint in failure.hints] or list(failure.found)
    changed = [line.strip() for line in str(failure).splitlines() if "changed its input" in line or "It also" in line]
    return [*changed, *told] or [fact(str(failure))]


def fact(message: str) -> str:
    """Return the line of a message that says what is wrong, the last of those below the call."""
    below = [line.strip() for line in message.splitlines()[1:] if line.startswith("  ") and "in the line" not in line]
    return below[-1] if below else message


def before(message: str) -> list[str]:
    """Return what an older version said: the name of a mistake, or the bare entry or error."""
    if not message:
        return ["passes"]
    lines = message.splitlines()
    named = [line for line in lines if line.startswith((NAMED, "  - when"))]
    return [f"named: {line.removeprefix(NAMED + ' when ').strip()}" for line in named] or [fact(message)]


def messages_of(commit: str) -> dict[str, str]:
    """Return what the checks of another version of the project say of the same answers."""
    archive = subprocess.run(["git", "archive", commit, "cs_utils"], cwd=ROOT, capture_output=True, check=True).stdout
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=BytesIO(archive)) as files:
            files.extractall(folder, filter="data")
        (Path(folder) / "tests").mkdir()
        (Path(folder) / "tests" / "unlisted_mistakes").symlink_to(Path(__file__).parent)
        command = [sys.executable, "tests/unlisted_mistakes", "--as-json"]
        found: dict[str, str] = json.loads(subprocess.run(command, cwd=folder, capture_output=True, check=True).stdout)
    return found


def page(older: dict[str, str]) -> str:
    """Return the table as Markdown, a section for each lesson."""
    lines, lesson = [], ""
    counts: Counter[str] = Counter()
    for item in sorted(MISTAKES, key=lambda item: find(item.exercise).lesson):
        now, then = gist(said(item.exercise, item.answer)), before(older[_key(item)])
        counts["answers"] += 1
        counts["right"] += item.right
        counts["named before"] += then[0].startswith("named")
        counts["named"] += any(line.startswith("named") for line in now)
        if find(item.exercise).lesson != lesson:
            lesson = find(item.exercise).lesson
            lines += ["", f"## {lesson}", "", "| answer | before | now |", "|---|---|---|"]
        lines.append(f"| `{item.exercise}`: {item.name.replace('_', ' ')} | {_cell(then)} | {_cell(now)} |")
    told = f"{counts['answers']} answers, {counts['right']} of them pass; named: {counts['named before']}, "
    return HEAD.format(before=BEFORE) + told + f"now {counts['named']}.\n" + "\n".join(lines) + "\n"


def _cell(lines: list[str]) -> str:
    text = "<br>".join(line.strip() for part in lines for line in part.splitlines())
    return text.replace("|", "\\|").replace("*", "\\*").replace("`", "'")


if __name__ == "__main__":
    sys.exit(main())
