"""The page for whoever teaches: how a class did, lesson by lesson, and which mistakes the next lecture can begin with.

Like a student's page it is one file without a script; all that a stranger wrote is escaped.
"""

import html
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from urllib.parse import quote

from cs_utils.grading.authoring.paths import ROOT, Lesson
from cs_utils.grading.classroom.feedback import POLICY
from cs_utils.grading.classroom.intake.collect import safe_id
from cs_utils.grading.classroom.item_analysis import FEWEST, Item, items, reliability
from cs_utils.grading.classroom.records import STATUSES, Record, Row

REASONS = 5  # of an exercise's unnamed mistakes, the most frequent
MOST_GIVEN, WHO = 5, 8  # explanations that are shown first; names in a line
BARS = 10  # of a distribution, at most
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1rem;
       color: #1b1b1b; background: #fff }
h1 { font-size: 1.6rem } h2 { font-size: 1.3rem; margin-top: 3rem; border-top: 1px solid #ccc; padding-top: 1rem }
h3 { font-size: 1.05rem; margin: 1.6rem 0 .4rem }
.wide { overflow-x: auto } table { border-collapse: collapse }
td, th { padding: .2rem .7rem; text-align: left; vertical-align: top }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
td:first-child:not(.number) { min-width: 8rem }
td.why { min-width: 22rem } td:nth-child(3):not(.number) { min-width: 14rem }
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
    return page_of("The class", body)


def page_of(title: str, body: Iterable[str]) -> str:
    """Return a page for whoever teaches, as HTML; it is one file that runs nothing and fetches nothing."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{text(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def _contents(lessons: list[tuple[str, list[Record]]]) -> Iterator[str]:
    yield "<div class='wide' tabindex='0'><table><tr><th>lesson</th><th class='number'>handed in</th>"
    yield "<th class='number'>mean</th><th>statuses</th></tr>"
    for name, group in lessons:
        most = sum(row.max_points for row in group[0].rows)
        mean = sum(record.points for record in group) / len(group)
        counts = Counter(record.status for record in group)
        statuses = ", ".join(f"{counts[status]} {status}" for status in STATUSES if counts[status])
        yield (
            f'<tr><td><a href="#{text(name)}">{text(name)}</a></td><td class="number">{len(group)}</td>'
            f'<td class="number">{mean:.1f} of {most:g}</td><td>{statuses}</td></tr>'
        )
    yield "</table></div>"


def _lesson(name: str, records: list[Record]) -> Iterator[str]:
    found = items(records)
    yield f'<h2 id="{text(name)}">{text(name)}</h2>'
    yield from _distribution(records)
    if found:
        yield from _figures(found, records)
        yield from _mistakes(name, found)
    yield from _marks(name, records)


def _distribution(records: list[Record]) -> Iterator[str]:
    """How many students have how many points, as bars."""
    most = sum(row.max_points for row in records[0].rows)
    step = max(1, math.ceil((most + 1) / BARS))
    highest = int(most // step)  # extra credit can lead beyond it
    counts = Counter(min(int(record.points // step), highest) for record in records)
    yield '<h3>Points</h3><table aria-label="how many students have how many points">'
    for place in range(highest + 1):
        last = min(most, place * step + step - 1)
        range_ = f"{place * step:g}" if last == place * step else f"{place * step:g} to {last:g}"
        share = counts[place] / max(counts.values())
        bar = f'<span class="bar" style="width: min({24 * share:.2f}rem, {50 * share:.2f}vw)"></span>'
        yield f'<tr><td class="number">{range_}</td><td>{bar} {counts[place]}</td></tr>'
    yield "</table>"


def _figures(found: list[Item], records: list[Record]) -> Iterator[str]:
    alpha = reliability(records)
    small = f"n too small (under {FEWEST})" if len(records) < FEWEST else "cannot be computed: too little varies"
    yield "<h3>Exercises</h3><div class='wide' tabindex='0'><table><tr><th>exercise</th>"
    titles = ("points", "students", "mean", "all points", "no point", "untouched", "discrimination")
    yield "".join(f"<th class='number'>{title}</th>" for title in titles) + "</tr>"
    for item in found:
        apart = "" if item.discrimination is None else f"{item.discrimination:.2f}"
        shares = [_share(value) for value in (item.mean, item.full, item.none, item.untouched)]
        cells = [f"{item.max_points:g}", f"{item.marked}", *shares, apart or (small if len(records) < FEWEST else "-")]
        yield f"<tr><td>{text(item.exercise)}</td>" + "".join(f'<td class="number">{cell}</td>' for cell in cells)
        yield "</tr>"
    yield "</table></div>"
    told = small if alpha is None else f"{alpha:.2f}"
    yield (
        f"<p><small>Discrimination: how an exercise's points go with the sum of the others' (correlation, -1 to 1); "
        f"near 0, it tells nobody apart. Reliability of the sum (Cronbach's alpha, up to 1): {told}.</small></p>"
    )


def _mistakes(name: str, found: list[Item]) -> Iterator[str]:
    """What the next lecture can begin with; how many students have which misconception; mistakes without a name.

    The first by how often; the tables of all in the lesson's order of exercises, and there the most frequent first.
    """
    named = [(count, item.exercise, hint) for item in found for hint, count in item.misconceptions]
    unnamed = [(item.exercise, group) for item in found for group in item.unnamed[:REASONS]]
    given = [(count, exercise, f"This is what one gets when {hint}.") for count, exercise, hint in named]
    given += [(len(g.students), exercise, g.explained) for exercise, g in unnamed if g.explained]
    place = {item.exercise: number for number, item in enumerate(found)}
    if most := sorted(given, key=lambda entry: (-entry[0], place[entry[1]], entry[2]))[:MOST_GIVEN]:
        yield "<h3>The explanations most given</h3>"
        yield "<p>What the checks said most often: the next lecture could begin here.</p>"
        yield from _counted("what the check said", most)
    yield "<h3>Misconceptions</h3>"
    if named:
        yield "<p>In the order of the lesson's exercises.</p>"
        yield from _counted("what they did", named)
    else:
        yield "<p>None that has a name.</p>"
    if unnamed:
        yield "<h3>Mistakes without a name</h3><p>Students whose answers return the same in the check are one line.</p>"
        yield "<div class='wide' tabindex='0'><table><tr><th class='number'>students</th><th>exercise</th>"
        yield "<th>what their answers return, and what the check found out</th><th>who</th></tr>"
        for exercise, group in unnamed:
            who = ", ".join(link(student, name) for student in group.students[:WHO])
            more = f" and {len(group.students) - WHO} more" if len(group.students) > WHO else ""
            found_out = f"<br><small>{text(group.explained)}</small>" if group.explained else ""
            yield f'<tr><td class="number">{len(group.students)}</td><td>{text(exercise)}</td>'
            yield f"<td>{text(group.shown)}{found_out}</td><td>{who}{more}</td></tr>"
        yield "</table></div>"


def _counted(title: str, entries: list[tuple[int, str, str]]) -> Iterator[str]:
    yield "<div class='wide' tabindex='0'><table><tr><th class='number'>students</th>"
    yield f"<th>exercise</th><th>{title}</th></tr>"
    for count, exercise, said in entries:
        yield f'<tr><td class="number">{count}</td><td>{text(exercise)}</td><td>{text(said)}</td></tr>'
    yield "</table></div>"


def link(student: str, lesson: str) -> str:
    """A student's name, as a link to the page with the answers; it lies beside this one."""
    page = f"feedback/{safe_id(student)}/{lesson}/{Lesson(ROOT, lesson).notebook.removesuffix('.ipynb')}.html"
    return f'<a href="{html.escape(quote(page))}">{text(student)}</a>'


def _marks(name: str, records: list[Record]) -> Iterator[str]:
    """The marks, one line per student; a number that is not full has its reason as a tooltip and on the linked page."""
    late = any(record.penalty for record in records)
    sums = ("sum", "late penalty", "mark") if late else ("sum",)
    yield "<h3>Marks</h3><div class='wide' tabindex='0'><table><tr><th>student</th>"
    yield "".join(f"<th class='number'>{title}</th>" for title in sums)
    yield "".join(f"<th class='number'>{text(row.exercise)}</th>" for row in records[0].rows)
    yield "<th>status</th></tr>"
    for record in records:
        numbers = (record.points, record.penalty, record.after_penalty(record.points))[: len(sums)]
        yield f"<tr><td>{link(record.student, name)}</td>"
        yield "".join(f'<td class="number"><strong>{number:g}</strong></td>' for number in numbers)
        why = f": {record.message}" if record.message else ""
        yield "".join(map(_mark, record.rows)) + f'<td class="why">{text(record.status + why)}</td></tr>'
    yield "</table></div>"


def _mark(row: Row) -> str:
    if row.points is None:
        return '<td class="number" title="by hand, or not graded">-</td>'
    kind = "all" if row.points >= row.max_points else "part" if row.points > 0 else "no"
    why = f' title="{text(row.misconception or row.message)}"' if kind != "all" else ""
    return f'<td class="number {kind}"{why}>{row.points:g}</td>'


def _share(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.0%}"


def text(value: str) -> str:
    """Return a stranger's words as HTML, on one line."""
    shown = "".join(c if c.isprintable() else " " for c in value)
    return html.escape(" ".join(shown.split()))
