"""For all tests: hypothesis ignores the clock, long tests wait to be asked for, fairness is told as a table.

Files with slow tests come first, so that near the end no process waits for another one's long file.
"""

import os
import re
from collections import Counter
from collections.abc import Iterator

import pytest
from chromium import CHROMIUM, running
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser

# A machine that is busy with other work is no fault of the code.
settings.register_profile("course", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("course")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first; skip what takes minutes each, unless it is asked for."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)  # all else keeps its order
    if "COURSE_LONG_TESTS" in os.environ:
        return
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.skip(reason="takes minutes; COURSE_LONG_TESTS=1 in the environment runs it"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window. It ends with the module: while it runs, no other event loop can, as nbclient needs."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    with running() as browser:
        yield browser


PROOF = {
    "test_wrong_answer_loses_points": "wrong caught",
    "test_check_names_the_misconception_and_no_other": "named",
    "test_right_answer_keeps_every_point": "right kept",
}


def pytest_terminal_summary(terminalreporter) -> None:
    """Print, per exercise, how many wrong answers were caught and named, and how many right ones kept their points.

    The last column is about two mistakes at once, see `test_pairs`: how many pairs of the six most common are named,
    of those that can be combined, and how many pairs in all.
    """
    counts: dict[str, Counter] = {}
    pairs: dict[str, str] = {}
    for report in terminalreporter.stats.get("passed", []):
        found = re.search(r"test_(?:fairness|pairs)\.py::(\w+)\[(\w+?)(?:-|\])", report.nodeid)
        if found and found[1] in PROOF and report.when == "call":
            counts.setdefault(found[2], Counter())[found[1]] += 1
        if found and report.when == "call" and (told := dict(report.user_properties).get("pairs")):
            pairs[found[2]] = told
    if not counts and not pairs:
        return
    terminalreporter.section("fairness")
    terminalreporter.line(f"{'exercise':34}" + "".join(f"{title:>14}" for title in (*PROOF.values(), "pairs named")))
    for exercise in sorted({*counts, *pairs}):
        numbers = [counts.get(exercise, Counter())[test] for test in PROOF]
        terminalreporter.line(f"{exercise:34}" + "".join(f"{n:>14}" for n in (*numbers, pairs.get(exercise, ""))))
    total = sum(counts.values(), Counter())
    terminalreporter.line(f"{'in all':34}" + "".join(f"{total[test]:>14}" for test in PROOF))
