"""The page for whoever teaches: how a class did, lesson by lesson, and which mistakes the next lecture can begin with.

Like a student's page it is one file without a script; all that a stranger wrote is escaped.
"""

import html
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from cs_utils.grading.classroom.feedback import POLICY
from cs_utils.grading.classroom.item_analysis import FEWEST, Item, items, reliability
from cs_utils.grading.classroom.records import STATUSES, Record, Row

REASONS = 5  # of an exercise's unnamed mistakes, the most frequent
BARS = 10  # of a distribution, at most
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1rem;
       color: #1b1b1b; background: #fff }
h1 { font-size: 1.6rem } h2 { font-size: 1.3rem; margin-top: 3rem; border-top: 1px solid #ccc; padding-top: 1rem }
h3 { font-size: 1.05rem; margin: 1.6rem 0 .4rem }
.wide { overflow-x: auto } table { border-collapse: collapse }
td, th { padding: .2rem .7rem; text-align: left; vertical-align: top }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums }
.all { background: #cfe8cf } .part { background: #fbeec1 } .no { background: #f6cfcb }
.bar { display: inline-block; height: .8rem; background: #3b82c4; vertical-align: middle }
small { color: #555 }
@media (prefers-color-scheme: dark) { body { color: #e6e6e6; background: #161616 } h2 { border-color: #444 }
  .all { background: #1f4a25 } .part { background: #574718 } .no { background: #5c2520 } small { color: #aaa }
  a { color: #8ab8ff } }
"""


def page(records: Iterable[Record]) -> str:
    """Return the page of a class: for each lesson its marks, figures per exercise, and mistakes, as HTML."""
    ordered = sorted(records, key=lambda record: (record.assignment, record.student))
    lessons = [(name, list(group)) for name, group in groupby(ordered, key=lambda record: record.assignment)]
    body = ["<h1>The class</h1>", *_contents(lessons)]
    for name, group in lessons:
        body += _lesson(name, group)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>The class</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def _contents(lessons: list[tuple[str, list[Record]]]) -> Iterator[str]:
    yield "<table><tr><th>lesson</th><th class='number'>handed in</th>"
    yield "<th class='number'>mean</th><th>statuses</th></tr>"
    for name, group in lessons:
        most = sum(row.max_points for row in group[0].rows)
        mean = sum(record.points for record in group) / len(group)
        counts = Counter(record.status for record in group)
        statuses = ", ".join(f"{counts[status]} {status}" for status in STATUSES if counts[status])
        yield (
            f'<tr><td><a href="#{_text(name)}">{_text(name)}</a></td><td class="number">{len(group)}</td>'
            f'<td class="number">{mean:.1f} of {most:g}</td><td>{statuses}</td></tr>'
        )
    yield "</table>"


def _lesson(name: str, records: list[Record]) -> Iterator[str]:
    found = items(records)
    yield f'<h2 id="{_text(name)}">{_text(name)}</h2>'
    yield from _distribution(records)
    if found:
        yield from _figures(found, records)
        yield from _mistakes(found)
    yield from _marks(name, records)


def _distribution(records: list[Record]) -> Iterator[str]:
    """How many students have how many points, as bars."""
    most = sum(row.max_points for row in records[0].rows)
    step = max(1, math.ceil((most + 1) / BARS))
    counts = Counter(int(record.points // step) for record in records)
    yield '<h3>Points</h3><table aria-label="how many students have how many points">'
    for place in range(int(most // step) + 1):
        last = min(most, place * step + step - 1)
        range_ = f"{place * step:g}" if last == place * step else f"{place * step:g} to {last:g}"
        width = 24 * counts[place] / max(counts.values())
        bar = f'<span class="bar" style="width: {width:.2f}rem"></span>'
        yield f'<tr><td class="number">{range_}</td><td>{bar} {counts[place]}</td></tr>'
    yield "</table>"


def _figures(found: list[Item], records: list[Record]) -> Iterator[str]:
    alpha = reliability(records)
    small = f"n too small (under {FEWEST})" if len(records) < FEWEST else "cannot be computed: too little varies"
    yield "<h3>Exercises</h3><div class='wide'><table><tr><th>exercise</th>"
    titles = ("points", "students", "mean", "all points", "no point", "untouched", "discrimination")
    yield "".join(f"<th class='number'>{title}</th>" for title in titles) + "</tr>"
    for item in found:
        apart = "" if item.discrimination is None else f"{item.discrimination:.2f}"
        shares = [_share(value) for value in (item.mean, item.full, item.none, item.untouched)]
        cells = [f"{item.max_points:g}", f"{item.marked}", *shares, apart or (small if len(records) < FEWEST else "-")]
        yield f"<tr><td>{_text(item.exercise)}</td>" + "".join(f'<td class="number">{cell}</td>' for cell in cells)
        yield "</tr>"
    yield "</table></div>"
    told = small if alpha is None else f"{alpha:.2f}"
    yield (
        f"<p><small>Discrimination: how an exercise's points go with the sum of the others' (correlation, -1 to 1); "
        f"near 0, it tells nobody apart. Reliability of the sum (Cronbach's alpha, up to 1): {told}.</small></p>"
    )


def _mistakes(found: list[Item]) -> Iterator[str]:
    """Which known misconception how many students have, and what was said of mistakes without a name."""
    named = [(count, item.exercise, hint) for item in found for hint, count in item.misconceptions]
    yield "<h3>Misconceptions</h3>"
    if named:
        yield "<table><tr><th class='number'>students</th><th>exercise</th><th>what they did</th></tr>"
        for count, exercise, hint in sorted(named, key=lambda entry: (-entry[0], entry[1:])):
            yield f'<tr><td class="number">{count}</td><td>{_text(exercise)}</td><td>{_text(hint)}</td></tr>'
        yield "</table>"
    else:
        yield "<p>None that has a name.</p>"
    unnamed = [(item.exercise, reason, count) for item in found for reason, count in item.reasons[:REASONS]]
    if unnamed:
        yield "<h3>Mistakes without a name</h3>"
        yield "<table><tr><th class='number'>students</th><th>exercise</th><th>what the tests said</th></tr>"
        for exercise, reason, count in unnamed:
            yield f'<tr><td class="number">{count}</td><td>{_text(exercise)}</td><td>{_text(reason)}</td></tr>'
        yield "</table>"


def _marks(name: str, records: list[Record]) -> Iterator[str]:
    """The marks, one line per student; a number that is not full has its reason as a tooltip and on the linked page."""
    yield "<h3>Marks</h3><div class='wide'><table><tr><th>student</th>"
    yield "".join(f"<th class='number'>{_text(row.exercise)}</th>" for row in records[0].rows)
    yield "<th class='number'>sum</th><th>status</th></tr>"
    for record in records:
        yield f"<tr><td>{_text(record.student)}</td>" + "".join(map(_mark, record.rows))
        why = f": {record.message}" if record.message else ""
        yield f'<td class="number"><strong>{record.points:g}</strong></td><td>{_text(record.status + why)}</td></tr>'
    yield "</table></div>"


def _mark(row: Row) -> str:
    if row.points is None:
        return '<td class="number" title="by hand, or not graded">-</td>'
    kind = "all" if row.points >= row.max_points else "part" if row.points > 0 else "no"
    why = f' title="{_text(row.misconception or row.message)}"' if kind != "all" else ""
    return f'<td class="number {kind}"{why}>{row.points:g}</td>'


def _share(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.0%}"


def _text(text: str) -> str:
    shown = "".join(c if c.isprintable() else " " for c in text)
    return html.escape(" ".join(shown.split()))
