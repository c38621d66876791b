"""Which cells stand in the lesson's order."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from cs_utils.grading.classroom.intake.matching import STALE, in_order


@given(st.lists(st.one_of(st.none(), st.just(STALE), st.integers(0, 9)), max_size=9))
def test_as_many_cells_as_can_stand_in_order_and_no_others(targets):
    run = sorted(in_order(targets))
    values = [targets[place] for place in run]
    assert values == sorted(values)
    assert STALE not in values
    known = [place for place, target in enumerate(targets) if target not in (None, STALE)]
    longer = (chosen for chosen in combinations(known, len(run) + 1))
    assert not any([targets[p] for p in chosen] == sorted(targets[p] for p in chosen) for chosen in longer)
