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


def section(text, title):
    """The part of a page below a heading."""
    return text.split(f"<h3>{title}</h3>")[1].split("<h3>")[0]


def of_three(student, **misconceptions):
    """A record of three exercises, whose names are in another order than in the alphabet."""
    rows = [
        Row(name, 2.0, 1.0, GRADED, message=f"{name} is wrong", misconception=misconceptions.get(name, ""))
        for name in ("stretch", "pool", "linear")
    ]
    return Record(student, "02_convolution", "key", GRADED, rows=rows)


def test_exercises_are_in_the_lesson_s_order_and_only_the_explanations_begin_with_the_most_given():
    class_ = [of_three("ada", stretch="rare", linear="often"), of_three("bob", linear="often", pool="other")]
    class_.append(of_three("eve", pool="some"))
    text = overview.page(class_)
    rows = re.findall(r"<td>(\w+)</td><td>([\w ]+)</td>", section(text, "Misconceptions"))
    assert rows == [("stretch", "rare"), ("pool", "other"), ("pool", "some"), ("linear", "often")]
    given = re.findall(r"<td>(\w+)</td><td>This", section(text, "The explanations most given"))
    assert given == ["linear", "stretch", "pool", "pool"]
    unnamed = re.findall(r"<td>(\w+)</td>\s*<td>(\w+) is wrong", section(text, "Mistakes without a name"))
    assert unnamed == [("stretch", "stretch"), ("pool", "pool"), ("linear", "linear")]


def test_a_late_penalty_stands_beside_the_sum_and_the_mark():
    on_time, late = record("ada", 3.0), record("bob", 2.0)
    assert "late" not in overview.page([on_time])
    late.penalty = 0.5
    marks = section(overview.page([on_time, late]), "Marks")
    numbers = re.findall(r"<strong>([\d.]+)</strong>", marks)
    assert numbers == ["3", "0", "3", "2", "0.5", "1.5"]


def test_more_points_than_there_are_still_count_in_the_distribution():
    better = record("ada", 3.0)
    better.rows[1].manual = 4.0
    bars = re.findall(r"</span> (\d+)</td>", section(overview.page([better, record("bob", 0.0)]), "Points"))
    assert sum(map(int, bars)) == 2


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
