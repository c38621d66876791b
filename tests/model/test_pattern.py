"""How a network is written down, and what is said about a slip."""

import pytest

from cs_utils.model.pattern import parse_pattern


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("fc", ["fc"]),
        ("(conv12-relu)*2-pool-fc", ["conv12", "relu", "conv12", "relu", "pool", "fc"]),
        ("((a-b)*2-c)*2", ["a", "b", "a", "b", "c"] * 2),
        ("(a)-b", ["a", "b"]),
    ],
)
def test_patterns(text, items):
    assert parse_pattern(text) == items


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 0),
        ("a-", 2),
        ("a--b", 2),
        ("(a", 2),
        ("a)", 1),
        ("(a)*0", 4),
        ("(a)*", 4),
        ("(a)b", 3),
        ("a b", 1),
        ("()", 1),
    ],
)
def test_malformed_patterns_name_the_position(text, position):
    with pytest.raises(ValueError, match=rf"position {position}\b"):
        parse_pattern(text)
