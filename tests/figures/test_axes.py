"""Figures and their axes: the style holds inside, and nothing of it stays."""

import matplotlib
import pytest

from cs_utils.figures.axes import panels, plot, sheet
from cs_utils.figures.picture import STYLE


@pytest.mark.parametrize("make", [lambda: plot(2, 1), lambda: panels(2, 1, 2, 3), lambda: sheet(2, 1, (0, 1), (3, 0))])
def test_the_style_ends_with_the_figure(make):
    before = dict(matplotlib.rcParams)
    with make() as (figure, _):
        assert all(matplotlib.rcParams[name] in (value, [value]) for name, value in STYLE.items())
        assert figure.get_size_inches().tolist() == [2, 1]
    assert dict(matplotlib.rcParams) == before


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (1, 3), (2, 1), (2, 3)])
def test_panels_are_rows_and_columns_whatever_their_number(rows, columns):
    with panels(4, 3, rows, columns) as (figure, every):
        assert every.shape == (rows, columns)
        assert list(every.flat) == figure.axes


@pytest.mark.parametrize("margin", [False, True])
def test_a_sheet_has_the_coordinates_asked_for_and_no_frame(margin):
    with sheet(2, 1, (-1, 5), (3, 0), margin=margin) as (_, axes):
        assert (axes.get_xlim(), axes.get_ylim()) == ((-1, 5), (3, 0))
        assert not axes.axison
