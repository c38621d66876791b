"""``python course.py similar``: pairs of similar answers to look at, on a page of their own. Never a mark.

The method is that of MOSS (S. Schleimer, D. S. Wilkerson, A. Aiken, Winnowing: local algorithms for document
fingerprinting, SIGMOD 2003), as copydetect has it: names of variables and comments don't count, and neither does what
the released notebook holds, nor what many in the class have in common.
"""

import argparse
import io
import json
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from copydetect import CodeFingerprint, compare_files

from cs_utils.files import replace_atomically
from cs_utils.grading.authoring.paths import ROOT, Lesson, lessons
from cs_utils.grading.classroom.overview import link, page_of, text
from cs_utils.grading.classroom.results import Results
from cs_utils.progress import duration
from cs_utils.system import replace_unprintable

SHORTEST, WINDOW = 25, 6  # signs in a row that count, and the winnowing's window: copydetect's own, 25 and 30
FEWEST = 60  # signs of an answer's own, below which two that are alike say nothing
COMMON, COMMON_SHARE = 5, 0.25  # what more students have, and more of the class, is common
ALIKE, MOST = 0.6, 40  # the share from which a pair is shown, and how many are
WHAT_IT_IS_NOT = (
    "These are pairs to look at, and nothing more. Short exercises have few right answers, people who learn together "
    "write alike, and a book or an assistant that both have read makes two strangers similar. No mark depends on this "
    "page, and no pair on it is evidence of anything: read both answers, and talk with both people."
)


@dataclass(frozen=True)
class Pair:
    """Two students, and which share of the shorter one's own code both have, 0 to 1."""

    one: str
    other: str
    shared: float


def find(answers: dict[str, str], released: str) -> list[Pair]:
    """Return the pairs of students whose answers are alike, the most similar first.

    Parameters
    ----------
    answers
        The code of each student's answers.
    released
        The code that all of them were given.
    """
    given = _print(released, []).hashes
    prints = {student: _print(code, list(given)) for student, code in sorted(answers.items())}
    owners: dict[int, list[str]] = defaultdict(list)
    for student, found in prints.items():
        for mark in found.hashes:
            owners[mark].append(student)
    most = max(COMMON, COMMON_SHARE * len(answers))
    common = {mark for mark, students in owners.items() if len(students) > most}
    boilerplate = [*given, *common]
    candidates = Counter(
        pair for mark, students in owners.items() if mark not in common for pair in combinations(students, 2)
    )
    own = {student: _print(answers[student], boilerplate) for student in {s for pair in candidates for s in pair}}
    found = []
    for (one, other), _ in candidates.most_common(10 * MOST):
        a, b = own[one], own[other]
        if min(a.token_coverage, b.token_coverage) >= FEWEST:
            _, shares, _ = compare_files(a, b)
            found.append(Pair(one, other, float(min(1.0, max(shares)))))
    alike = [pair for pair in found if pair.shared >= ALIKE]
    return sorted(alike, key=lambda pair: (-pair.shared, pair.one, pair.other))[:MOST]


def _print(code: str, boilerplate: list[int]) -> CodeFingerprint:
    return CodeFingerprint("answers.py", SHORTEST, WINDOW, boilerplate, language="python", fp=io.StringIO(code))


def code_of(path: Path) -> str:
    """Return the code of a notebook's answer cells, whole notebook or graded one; docstrings are left out."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    found = []
    for cell in cells:
        info = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] == "code" and info.get("solution"):
            found.append("".join(cell["source"]))
    return re.sub(r'"""(?:.|\n)*?"""', "", "\n\n".join(found))


def page(pairs: dict[str, list[Pair]], compared: dict[str, int]) -> str:
    """Return the page of these pairs by lesson, as HTML."""
    body = ["<h1>Similar answers</h1>", f"<p>{text(WHAT_IT_IS_NOT)}</p>"]
    for name, found in pairs.items():
        body += [f"<h2>{text(name)}</h2>", *_lesson(name, found, compared[name])]
    return page_of("Similar answers", body)


def _lesson(name: str, pairs: list[Pair], compared: int) -> Iterator[str]:
    yield (
        f"<p><small>{compared} students compared. What more than {COMMON} students and a quarter of the class have in "
        f"common is left out, as is what was released. Pairs from {ALIKE:.0%}, the first {MOST}.</small></p>"
    )
    if not pairs:
        yield "<p>No pair stands out.</p>"
        return
    yield "<div class='wide' tabindex='0'><table><tr><th class='number'>in common</th>"
    yield "<th>answers</th><th>answers</th></tr>"
    for pair in pairs:
        both = "".join(f"<td>{link(student, name)}</td>" for student in (pair.one, pair.other))
        yield f'<tr><td class="number">{pair.shared:.0%}</td>{both}</tr>'
    yield "</table></div>"


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Compare the answers of the class that was graded, and write the page."""
    parser = argparse.ArgumentParser(prog="course.py similar", description=WHAT_IT_IS_NOT)
    parser.add_argument("--assignment", metavar="A", help="only this one, such as 02_convolution (default: all)")
    options = parser.parse_args(arguments)
    # The class that formgrader shows: see nbgrader_config.py.
    folder = next((f for f in (root / "grading", root / "grading" / "sample") if (f / "results").is_dir()), None)
    if folder is None:
        print("No class was graded here yet: python course.py grade --submitted DIR_OR_ZIP", file=sys.stderr)
        return 1
    began, pairs, compared = time.perf_counter(), {}, {}
    for lesson in lessons(root):
        if options.assignment in (None, lesson.name):
            answers = _answers(folder, lesson)
            if answers:
                pairs[lesson.name] = find(answers, code_of(lesson.release))
                compared[lesson.name] = len(answers)
                print(
                    f"  {lesson.name}: {len(answers)} students, {len(pairs[lesson.name])} pairs to look at", flush=True
                )
    path = folder / "similar.html"
    with replace_atomically(path) as draft:
        draft.write_text(page(pairs, compared), encoding="utf-8", newline="\n")
    print(f"{WHAT_IT_IS_NOT}\n{path}, in {duration(time.perf_counter() - began)}")
    return 0


def _answers(folder: Path, lesson: Lesson) -> dict[str, str]:
    """Return the code of everybody whose work could be run, by name."""
    found = {}
    for student, record in Results(folder / "results"):
        path = folder / "autograded" / student / lesson.name / lesson.notebook
        if record.assignment == lesson.name and path.is_file():
            found[record.student] = code_of(path)
    return found


if __name__ == "__main__":
    replace_unprintable()
    sys.exit(main())
