"""The table of a network: its numbers, and its look."""

from cs_utils.model import ConvNet


def test_numbers():
    table = ConvNet("conv8F5S1P2-relu-poolF2S2-conv16-bn-res-gap-fc", input_shape=(32, 48, 3)).summary()
    rows = {line.split()[0]: line for line in table.splitlines()}
    assert "32 x 48 x 8" in rows["conv8F5S1P2"]
    assert "608" in rows["conv8F5S1P2"]
    assert f"{32 * 48 * 8 * 75:,}" in rows["conv8F5S1P2"]
    assert [rows[name].split()[-1] for name in ("conv8F5S1P2", "poolF2S2", "conv16", "res")] == ["5", "6", "10", "18"]
    assert rows["bn"].split()[-3] == "32"  # gamma and beta; its running moments are not learned
    assert rows["all"].split()[1] == f"{608 + 1168 + 32 + 2 * (9 * 16 * 16 + 16) + 170:,}"


def test_the_table_is_as_wide_as_its_columns():
    lines = ConvNet("conv12-relu-pool-fc").summary().splitlines()
    assert lines[0] == "conv12-relu-pool-fc"
    rules = [i for i, line in enumerate(lines) if set(line) == {"-"}]
    assert rules == [1, 3, len(lines) - 2]
    assert {len(lines[i]) for i in (*rules, 2, 4, 5)} == {len(lines[1])}
    assert lines[5].split() == ["conv12", "32", "x", "32", "x", "12", "336", "331,776", "3"]


def test_a_notebook_shows_the_table_as_it_is():
    table = ConvNet("fc").summary()
    assert repr(table) == str(table)
