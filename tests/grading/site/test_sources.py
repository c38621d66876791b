"""The pages that Sphinx reads: their links, the first page, the contents."""

import re
from pathlib import Path

import pytest

from cs_utils.grading.authoring.paths import ROOT, lessons
from cs_utils.grading.site import landing
from cs_utils.grading.site.sources import with_links_within

PAGES = {"CONTRIBUTING.md", "docs/grading.md", "docs/cluster.md"}


@pytest.mark.parametrize(
    ("page", "link", "expected"),
    [
        ("docs/grading.md", "[cluster](cluster.md)", "[cluster](cluster.md)"),
        ("docs/grading.md", "[steps](../CONTRIBUTING.md#run-tests)", "[steps](../CONTRIBUTING.md#run-tests)"),
        ("docs/grading.md", "[`Containerfile`](../Containerfile)", "`Containerfile`"),
        ("docs/grading.md", "[the code](../cs_utils/layers.py)", "the code (`cs_utils/layers.py`)"),
        ("docs/grading.md", "[front](../README.md)", "[front](../index.md)"),
        ("CONTRIBUTING.md", "[front](README.md)", "[front](index.md)"),
        ("docs/grading.md", "[out](https://example.org/a)", "[out](https://example.org/a)"),
        ("docs/grading.md", "[here](#statuses)", "[here](#statuses)"),
        ("docs/grading.md", "![a chart](benchmark.png)", "![a chart](benchmark.png)"),
    ],
)
def test_links_lead_to_pages_of_the_site_or_name_a_file(page: str, link: str, expected: str) -> None:
    assert with_links_within(f"See {link}.", Path(page), PAGES) == f"See {expected}."


def test_every_page_is_in_the_contents_once_and_a_new_guide_too() -> None:
    guides = ["CONTRIBUTING.md", "CHANGELOG.md", "docs/student.md", "docs/instructor.md", "docs/brand_new.md"]
    text = landing.contents(lessons(), guides)
    listed = [line for line in text.splitlines() if re.fullmatch(r"[\w/]+", line)]
    assert sorted(listed) == sorted(
        [*(guide.removesuffix(".md") for guide in guides), *(f"lessons/{lesson.name}" for lesson in lessons())]
    )


@pytest.mark.parametrize("live_course", [True, False])
def test_the_first_page_starts_each_lesson_in_one_click_where_there_is_a_live_course(
    tmp_path: Path, live_course: bool
) -> None:
    landing.write(tmp_path, ROOT, [], live_course)
    page = (tmp_path / "index.md").read_text(encoding="utf-8")
    starts = re.findall(r'href="(live/[^"]+)"', page)
    if not live_course:
        assert starts == []
    else:
        assert starts[0].endswith("?path=01_fully_connected/fully_connected.ipynb")
        assert {start.partition("?path=")[2] for start in starts} == {
            f"{lesson.name}/{lesson.notebook}" for lesson in lessons()
        }
    assert page.count('class="facts"') == len(lessons())
