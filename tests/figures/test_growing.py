"""The net that grows: every exercise is in one of its parts, and a part is yours when all of them are solved."""

from collections import Counter

import numpy as np
import pytest
from reading_pictures import LARGEST, pixels

from cs_utils import figures
from cs_utils.checks import records
from cs_utils.figures.growing import OPEN, PARTS, YOURS


def share_of(colour: str, png: bytes) -> float:
    wanted = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return float((np.abs(pixels(png)[..., :3] - wanted).max(axis=-1) < 0.01).mean())


def test_each_exercise_that_has_a_check_is_in_one_part():
    drawn = Counter(name for part in PARTS for name in part.exercises)
    assert set(drawn.values()) == {1}
    assert set(drawn) == set(records._all())


def test_no_two_parts_are_drawn_over_each_other():
    assert len({(part.column, part.row) for part in PARTS}) == len(PARTS)


def test_at_first_all_is_grey():
    picture = figures.growing_net([])
    assert share_of(YOURS, picture.png) == 0 < share_of(OPEN, picture.png)
    assert "0 are yours: 0 of" in picture.alt
    assert len(picture._repr_html_()) < LARGEST


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.title)
def test_a_part_is_yours_when_its_last_exercise_is_solved(part):
    before, after = figures.growing_net(part.exercises[:-1]), figures.growing_net(part.exercises)
    assert f"{len(part.exercises)} of" in after.alt
    assert part.title in after.alt
    assert part.title not in before.alt
    assert share_of(YOURS, before.png) < share_of(YOURS, after.png)


def test_in_the_end_nothing_is_grey_and_other_names_count_for_nothing():
    every = [name for part in PARTS for name in part.exercises]
    picture = figures.growing_net([*every, "an exercise of another course"])
    assert share_of(OPEN, picture.png) < 0.001  # pixels at an edge happen to be as light
    assert f"{len(every)} of {len(every)}" in picture.alt
