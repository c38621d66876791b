"""The page that a student gets back for a lesson: points, reasons, the own answers and what they showed.

It is written from the record and the executed notebook alone, in our own words: no source of a test, no traceback of
the judge. All that a stranger wrote is escaped, and a browser is told to run nothing and to fetch nothing.
"""

import html
from collections.abc import Iterator

from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from nbformat import NotebookNode

from cs_utils.grading.classroom.records import GRADED, QUARANTINED, Record, Row

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 54rem; margin: 2rem auto; padding: 0 1rem;
       color: #1b1b1b; background: #fff }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin: 2rem 0 .3rem; border-top: 1px solid #ccc; padding-top: 1rem }
table { border-collapse: collapse } td, th { padding: .2rem .8rem .2rem 0; text-align: left; vertical-align: top }
td.number { text-align: right; font-variant-numeric: tabular-nums }
pre { background: #f3f3f3; padding: .6rem .8rem; overflow: auto; white-space: pre-wrap; font-size: .85rem }
.note { background: #fff4d6; padding: .6rem .8rem } .hint { background: #e5f0ff; padding: .6rem .8rem }
img { max-width: 100% } summary { cursor: pointer }
@media (prefers-color-scheme: dark) { body { color: #e6e6e6; background: #161616 } pre { background: #242424 }
  .note { background: #4a3b10 } .hint { background: #17304f } h2 { border-color: #444 } img { background: #fff } }
"""
HANDED_IN = "handed_in"  # in the metadata of a text cell that formgrader gets as HTML: what the student wrote
WAITING = "graded by hand, later"


def page(record: Record, notebook: NotebookNode | None = None) -> str:
    """Return a page of HTML for a record, with the answers and outputs of the executed notebook where there is one."""
    sections = _sections(record, notebook.cells if notebook else [])
    body = [*_head(record), *_table(record)]
    for row in record.rows:
        body += _exercise(row, sections.get(row.exercise, []))
    title = _text(f"{record.assignment}: {record.student}")
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n" + "\n".join(body) + "\n</body>\n</html>\n"
    )


def _head(record: Record) -> Iterator[str]:
    maximum = sum(row.max_points for row in record.rows)
    yield f"<h1>{_text(record.assignment)}</h1>"
    mark = f"{record.after_penalty(record.points):g} of {maximum:g} points"
    late = f": {record.points:g}, less {record.penalty:g} for being late" if record.penalty else ""
    yield f"<p>{_text(record.student)}: <strong>{mark}</strong>{late}</p>"
    if record.status == QUARANTINED:
        yield f'<p class="note">This could not be graded: {_text(record.message)}. Please hand it in again.</p>'
    elif record.status != GRADED:
        yield f'<p class="note">{_text(record.status)}: {_text(record.message)}</p>'
    if record.notes:
        yield '<p class="note">What the grader had to mend or chose:</p><ul>'
        yield from (f"<li>{_text(note)}</li>" for note in record.notes)
        yield "</ul>"


def _table(record: Record) -> Iterator[str]:
    yield "<table><tr><th>exercise</th><th>points</th><th>of</th><th></th></tr>"
    for row in record.rows:
        points = "-" if row.points is None else f"{row.points:g}"
        why = WAITING if row.by_hand and row.points is None else row.message
        yield (
            f'<tr><td>{_text(row.exercise)}</td><td class="number">{points}</td>'
            f'<td class="number">{row.max_points:g}</td><td>{_text(why)}</td></tr>'
        )
    yield "</table>"


def _sections(record: Record, cells: list[NotebookNode]) -> dict[str, list[NotebookNode]]:
    """For each exercise its cells: the answer, and what follows until the next one's."""
    sections: dict[str, list[NotebookNode]] = {}
    here: list[NotebookNode] = []
    names = {row.exercise for row in record.rows}
    for cell in cells:
        if (name := _grade_id(cell)) in names:
            here = sections[name] = []
        here.append(cell)
    return sections


def _grade_id(cell: NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def _exercise(row: Row, cells: list[NotebookNode]) -> Iterator[str]:
    points = "not graded yet" if row.points is None else f"{row.points:g} of {row.max_points:g}"
    yield f"<h2>{_text(row.exercise)} ({points})</h2>"
    if row.misconception:
        yield f'<p class="hint">This is what one gets when {_text(row.misconception)}.</p>'
    drawn = []
    for cell in cells:
        shown = [_output(output) for output in cell.get("outputs", [])]
        if _grade_id(cell) in (f"test_{row.exercise}", f"check_{row.exercise}"):
            yield from shown
        elif _grade_id(cell) == row.exercise and cell.cell_type == "markdown":
            yield markdown(cell.metadata.get(HANDED_IN, cell.source))
        elif _grade_id(cell) == row.exercise:
            if cell.metadata.nbgrader.get("solution"):  # a net that was handed in has an exam, but no answer cell
                yield f"<details><summary>Your answer</summary><pre>{_text(cell.source)}</pre></details>"
            yield from shown
        else:
            drawn += [text for text in shown if text.startswith("<img")]
    if drawn:
        yield f"<details><summary>What it drew in your notebook</summary>{''.join(drawn)}</details>"


def _output(output: NotebookNode) -> str:
    if output.output_type == "stream":
        return f"<pre>{_text(output.text)}</pre>"
    if output.output_type == "error":
        text = output.evalue if output.ename == "CheckFailed" else f"{output.ename}: {output.evalue}"
        return f"<pre>{_text(text)}</pre>"
    if "image/png" in output.data:
        alt = _text(output.data.get("text/plain", "a picture"))
        return f'<img alt="{alt}" src="data:image/png;base64,{_text(output.data["image/png"].replace(chr(10), ""))}">'
    return f"<pre>{_text(output.data.get('text/plain', ''))}</pre>"


def markdown(source: str, trusted: bool = False) -> str:
    """Return Markdown as HTML, with formulas as MathML, which needs no script.

    Tags in it are shown as text, unless it is `trusted`: the lesson's own.
    """
    parser = MarkdownIt("commonmark", {"html": trusted}).enable("table")
    parser.use(dollarmath_plugin, renderer=_formula)
    if not trusted:
        parser.add_render_rule("image", _no_image)
    return str(parser.render(source))


def _formula(latex: str, options: dict[str, bool]) -> str:
    try:
        return str(convert(latex, display="block" if options.get("display_mode") else "inline"))
    except Exception:  # a formula that is none: as it was typed
        return f"<code>{_text(latex)}</code>"


def _no_image(self: object, tokens: list[Token], index: int, options: object, environment: object) -> str:
    """A picture from elsewhere would tell its owner who reads this, and when."""
    return _text(f"[picture: {tokens[index].content}]")


def _text(value: str) -> str:
    return html.escape(value, quote=True)
