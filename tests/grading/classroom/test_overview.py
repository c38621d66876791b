"""The page of a class: complete, the same for the same class, and harmless whatever strangers wrote."""

import re
from html.parser import HTMLParser

from cs_utils.grading.classroom import overview
from cs_utils.grading.classroom.intake.collect import safe_id
from cs_utils.grading.classroom.records import GRADED, QUARANTINED, Record, Row, Unnamed


def record(student, points, assignment="02_convolution", **more):
    row = {"message": "y[0, 0] is 1", "misconception": "the bias is forgotten"} if points < 3 else {}
    rows = [Row("conv_layer", 3.0, points, GRADED, **row), Row("why", 2.0, None, GRADED, by_hand=True)]
    return Record(student, assignment, "key", GRADED, rows=rows, **more)


class Tags(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.open = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_each_student_exercise_and_misconception_is_on_it():
    text = overview.page([record("ada", 3.0), record("bob", 1.0), record("eve", 0.0), record("ada", 2.0, "03_stride")])
    for word in ("ada", "bob", "eve", "conv_layer", "why", "the bias is forgotten", "03_stride"):
        assert word in text
    assert re.search(r'<td class="number">2</td><td>conv_layer</td><td>the bias', text)
    assert "n too small" in text
    assert Tags(text).open == []


def test_mistakes_without_a_name_are_one_line_with_who_made_them_and_lead_to_their_pages():
    class_ = [record("ada", 1.0), record("Bob B", 1.0), record("eve", 3.0)]
    for one in class_[:2]:
        one.rows[0].misconception = ""
        one.rows[0].unnamed = Unnamed([1.0, 2.0], "y[0, 0] is 5", "each entry is off by 1")
    text = overview.page(class_)
    begin = text.index("The explanations most given")
    assert (
        begin
        < text.index('<td class="number">2</td><td>conv_layer</td><td>each entry is off by 1')
        < text.index("Misc")
    )
    (line,) = [line for line in text.splitlines() if "y[0, 0] is 5" in line]
    assert '<a href="feedback/ada/02_convolution/convolution.html">ada</a>' in line
    assert f"{safe_id('Bob B')}/02_convolution" in line
    assert "eve" not in line


def test_the_same_class_gives_the_same_page_in_any_order():
    class_ = [record("ada", 3.0), record("bob", 1.0), record("eve", 0.0)]
    assert overview.page(class_) == overview.page(class_[::-1])


def test_nothing_that_a_stranger_wrote_is_markup():
    bad = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'\u202e"
    one = record(bad, 1.0, message=bad)
    one.status = QUARANTINED
    one.rows[0].message = one.rows[0].misconception = bad
    two = record("b", 0.0)
    two.rows[0].message, two.rows[0].misconception = bad, ""
    two.rows[0].unnamed = Unnamed([0.0, 0.0], bad, bad)
    text = overview.page([one, two])
    assert not {"script", "img"} & set(Tags(text).tags)
    assert "\u202e" not in text
    assert "default-src 'none'" in text


def test_a_class_of_nobody_is_a_page_too():
    assert Tags(overview.page([])).open == []
