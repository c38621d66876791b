"""After the tests, the proof of fairness is printed as a table of what passed."""

import re
from collections import Counter

PROOF = {
    "test_wrong_answer_loses_points": "wrong caught",
    "test_check_names_the_misconception_and_no_other": "named",
    "test_right_answer_keeps_every_point": "right kept",
}


def pytest_terminal_summary(terminalreporter) -> None:
    """Print, per exercise, how many wrong answers were caught and named, and how many right ones kept their points."""
    counts: dict[str, Counter] = {}
    for report in terminalreporter.stats.get("passed", []):
        found = re.search(r"test_fairness\.py::(\w+)\[(\w+)-", report.nodeid)
        if found and found[1] in PROOF and report.when == "call":
            counts.setdefault(found[2], Counter())[found[1]] += 1
    if not counts:
        return
    terminalreporter.section("fairness")
    terminalreporter.line(f"{'exercise':34}" + "".join(f"{title:>14}" for title in PROOF.values()))
    for exercise in sorted(counts):
        terminalreporter.line(f"{exercise:34}" + "".join(f"{counts[exercise][test]:>14}" for test in PROOF))
    total = sum(counts.values(), Counter())
    terminalreporter.line(f"{'in all':34}" + "".join(f"{total[test]:>14}" for test in PROOF))
