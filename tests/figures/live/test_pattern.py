"""A pattern that is typed: the table is that of ConvNet.summary, and what it refuses this refuses."""

import math
import re

import pytest

from cs_utils import figures
from cs_utils.figures.live.pattern import KNOWN
from cs_utils.model import ConvNet
from cs_utils.model.modules import KINDS
from tests.figures.live.reading import said
from tests.figures.live.showing import empty, shown

PATTERNS = [
    *KNOWN.values(),
    "((conv4F5-relu)*2-poolF3S1)*2-avgpool-fc7-relu-fc",
    "conv8F4S2P1:1-relu-resF5-bn-gap-fc10",
    "conv6F1-relu-fc",
]
REFUSED = [
    "conv12",
    "conv-fc",
    "fc12-relu",
    "lstm3-fc",
    "poolP1-fc",
    "conv4S0-fc",
    "conv4F3S2-fc",
    "resF2-fc",
    "relu3-fc",
]
MALFORMED = ["", "conv4-", "(conv4-fc", "conv4)-fc", "(conv4)*0-fc", "conv4--fc", "conv4-fc*2"]


@pytest.fixture(scope="module")
def loaded(tab):
    empty(tab)
    return shown(tab, figures.live_pattern(ConvNet("conv12-relu-pool-fc")))


@pytest.fixture
def frame(page, loaded):
    loaded.get_by_role("button", name="as it was").click()
    return loaded


def in_table(frame):
    """The rows of the table as text, without the head: layer, output, parameters, multiply-adds, memory, field."""
    rows = frame.locator("tbody tr").evaluate_all(
        "(rows) => rows.map((row) => [...row.children].map((c) => c.textContent))"
    )
    return [[text.replace(" kB", "") for text in row] for row in rows]


def in_summary(net):
    lines = str(net.summary()).splitlines()[1:]
    return [re.split(r"\s{2,}", line.strip()) for line in lines if not set(line) <= {"-", " "}][1:]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_table_is_that_of_the_summary(frame, pattern):
    net = ConvNet(pattern)
    frame.get_by_label("pattern").fill(pattern)
    found, (first, *layers, last) = in_table(frame), in_summary(net)
    assert found[0][:2] == first[:2] == ["input", "32 x 32 x 3"]
    assert [[*row[:4], row[5]] for row in found[1:-1]] == layers
    assert [text for text in found[-1][:4] if text] == [text for text in last if text]
    numbers = [32 * 32 * 3, *(math.prod(layer.output_shape()) for layer in net.layers)]
    for row, count in zip(found[:-1], numbers, strict=True):
        assert float(row[4]) == pytest.approx(4 * count / 1000, abs=0.5 if 4 * count >= 10_000 else 0.05)
    assert float(found[-1][4]) == pytest.approx(4 * sum(numbers) / 1000, abs=0.5)


@pytest.mark.parametrize("pattern", REFUSED)
def test_what_convnet_refuses_is_refused_and_the_last_net_stays(frame, pattern):
    before = in_table(frame)
    with pytest.raises(ValueError):
        ConvNet(pattern)
    frame.get_by_label("pattern").fill(pattern)
    assert "still the last pattern" in frame.get_by_role("alert").inner_text()
    assert in_table(frame) == before


@pytest.mark.parametrize("pattern", MALFORMED)
def test_a_malformed_pattern_is_told_as_python_tells_it(frame, pattern):
    with pytest.raises(ValueError) as error:
        ConvNet(pattern)
    frame.get_by_label("pattern").fill(pattern)
    assert frame.get_by_role("alert").inner_text().startswith(str(error.value))


def test_a_pattern_that_would_fill_the_memory_is_refused(frame):
    frame.get_by_label("pattern").fill("((((relu)*99)*99)*99)*99-fc")
    assert "more than 120 layers" in frame.get_by_role("alert").inner_text()


def test_it_knows_the_kinds_of_layers_that_the_model_has(frame):
    found = frame.evaluate("KINDS")
    assert found == {kind: dict(layer.letters) for kind, layer in KINDS.items()}


def test_arrow_keys_choose_a_layer_and_say_what_it_sees(page, frame):
    frame.get_by_label("volumes").focus()
    for key in ("Home", "ArrowRight"):
        page.keyboard.press(key)
    assert "A number after conv12 (layer 1) sees 3 x 3 pixels. Its volume: 32 x 32 x 12, 12,288 numbers." in said(
        frame, "conv12 (layer 1)"
    )
    frame.locator("g[data-layer='3']").click()
    assert "A number after pool (layer 3) sees 4 x 4 pixels." in said(frame, "pool (layer 3)")
    page.keyboard.press("End")
    assert "the whole image" in said(frame, "fc (layer 4)")


def test_buttons_write_the_known_patterns(frame):
    for name, pattern in KNOWN.items():
        frame.get_by_role("button", name=name).click()
        assert frame.get_by_label("pattern").input_value() == pattern
        assert frame.get_by_role("alert").inner_text() == ""
