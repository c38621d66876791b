"""Chains of layers, residual blocks, curves and points: the right numbers, grey, and what is refused."""

import re

import numpy as np
import pytest
from reading_pictures import LARGEST, assert_refused, pixels

from cs_utils import figures

VGG = ["conv64", "relu"] * 13 + ["pool"] * 5 + ["fc4096", "relu", "fc4096", "relu", "fc1000"]
NETS = {
    "fully connected": {"fc": (30_730, 0.141), "fc10-relu-fc": (30_840, 0.435)},
    "one convolution": {"conv12-relu-pool-fc": (31_066, 0.818)},
}


def test_chain_counts_its_layers():
    alt = figures.layer_chain(["conv12", "relu", "conv8F5S1P2", "relu", "pool", "fc"]).alt
    assert re.findall(r"(\d+) (conv|relu|pool|fc)\b", alt) == [("2", "conv"), ("2", "relu"), ("1", "pool"), ("1", "fc")]
    assert "6 layers" in alt
    assert "conv12" in alt


def test_chain_breaks_into_rows_of_nine():
    one, two, four = (pixels(figures.layer_chain(VGG[:number]).png).shape for number in (9, 10, 36))
    assert one[1] == pytest.approx(two[1], rel=0.05) == pytest.approx(four[1], rel=0.05)
    assert two[0] > 1.5 * one[0]
    assert four[0] > 3 * one[0]


def test_chain_of_nothing_is_refused():
    assert_refused(lambda: figures.layer_chain([]))


def test_curves_through_depth_say_both_ends():
    alt = figures.through_depth({"half": [0.5, 0.25, 0.125], "double": [2.0, 4.0]}, "spread").alt
    assert "half: from 0.5 at layer 1 to 0.12 at layer 3" in alt
    assert "double: from 2 at layer 1 to 4 at layer 2" in alt
    assert "from 1 at block 1 to 3 at block 2" in figures.through_depth({"a": [1.0, 3.0]}, "size", step="block").alt


@pytest.mark.parametrize("curves", [{}, {"a": []}, {"a": [1.0, 0.0]}, {"a": [1.0], "b": [-1.0]}])
def test_curves_without_a_logarithm_are_refused(curves):
    assert_refused(lambda: figures.through_depth(curves, "spread"))


def test_nets_are_named_with_their_numbers():
    alt = figures.accuracy_against_parameters(NETS).alt
    for nets in NETS.values():
        for pattern, (count, share) in nets.items():
            assert f"{pattern} {count:,} and {share:.0%}" in alt


@pytest.mark.parametrize("groups", [{}, {"none": {}}, {"a": {"fc": (10, 14.1)}}, {"a": {"fc": (0, 0.5)}}])
def test_nets_that_are_none_are_refused(groups):
    assert_refused(lambda: figures.accuracy_against_parameters(groups))


LOSSES = {
    "plain": {4: [1.9, 2.0], 20: [2.2, 1.95], 40: [2.3, 2.3]},
    "residual": {40: [1.2, 1.4], 4: [1.6, 1.5]},
}


def test_losses_at_depths_say_what_holds_for_all_runs():
    alt = figures.losses_at_depths(LOSSES, guessing=2.3).alt
    assert (
        "plain: with 20 convolutions now higher, now lower than with 4, with 40 convolutions higher than with 4" in alt
    )
    assert "residual: with 40 convolutions lower than with 4" in alt
    moved = {kind: {d: [x + 0.004 for x in runs] for d, runs in found.items()} for kind, found in LOSSES.items()}
    assert figures.losses_at_depths(moved, guessing=2.3).alt == alt  # as another machine might round


@pytest.mark.parametrize("losses", [{}, {"a": {}}, {"a": {4: [1.0]}}, {"a": {4: [1.0], 8: []}}])
def test_losses_that_compare_nothing_are_refused(losses):
    assert_refused(lambda: figures.losses_at_depths(losses, guessing=2.3))


@pytest.mark.parametrize(
    "picture",
    [
        figures.layer_chain(VGG),
        figures.residual_graph(),
        figures.through_depth({name: [1.0, 10.0, 1e-13] for name in "abc"}, "spread"),
        figures.accuracy_against_parameters(NETS),
        figures.losses_at_depths(LOSSES, guessing=2.3),
    ],
    ids=["chain", "residual", "depth", "accuracy", "losses"],
)
def test_pictures_are_small_and_grey(picture):
    assert len(picture._repr_html_()) <= LARGEST
    shown = pixels(picture.png)[..., :3]
    assert np.ptp(shown, axis=2).max() < 0.02  # no colour at all
    assert shown.min() < 0.3 < 0.9 < shown.max()
