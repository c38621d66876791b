"""The page in Chromium: it computes what Python computes, and mouse, keys and fingers work it."""

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from cs_utils import layers
from cs_utils.datasets import channel_statistics, standardize
from cs_utils.figures.net_page.page import LIMIT, examples, page
from cs_utils.grading.exercises.lesson06_cifar10_convnet.convnet_scores import convnet_scores
from tests.figures.net_page.nets import dataset, parameters

TO_BASE = 1e-4


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "my_net.html"
    path.write_text(page(parameters(), dataset(), "Anna's net"), encoding="utf-8")
    return path


def opened(browser, file, width=1200, **options):
    """A page on which nothing may go wrong, and which may ask for nothing but itself."""
    tab = browser.new_page(viewport={"width": width, "height": 800}, **options)
    tab.troubles = []
    tab.on("pageerror", lambda error: tab.troubles.append(str(error)))
    tab.on("console", lambda message: tab.troubles.append(message.text))
    tab.on("request", lambda r: r.url.startswith(("blob:", "file:")) or tab.troubles.append(r.url))
    tab.goto(file.as_uri())
    until(tab, "window.shown")
    return tab


def until(tab, condition):
    """Wait until a condition holds. `wait_for_function` makes code of a text, which the page's own policy forbids."""
    for _ in range(400):
        if tab.evaluate(f"Boolean({condition})"):
            return
        tab.wait_for_timeout(50)
    raise AssertionError(f"never: {condition}")


@pytest.fixture
def tab(browser, file):
    tab = opened(browser, file)
    yield tab
    assert tab.troubles == []
    tab.close()


def settled(tab):
    """Wait for what has changed to be computed and shown."""
    tab.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def shown(tab, what):
    settled(tab)
    return np.array(tab.evaluate(f"() => Array.from(window.shown.{what})"))


def painted(tab):
    """The parameters as they are on the page."""
    settled(tab)
    found = tab.evaluate("() => Object.fromEntries(Object.entries(shown.params).map(([n, v]) => [n, Array.from(v)]))")
    return {name: np.array(found[name], np.float32).reshape(value.shape) for name, value in parameters().items()}


def standardized(images):
    return standardize(images.astype(np.uint8), *channel_statistics(dataset().train_images))


def in_python(tab):
    """The image on the page, and what Python computes for it."""
    x = standardized(shown(tab, "pixels").reshape(1, 32, 32, 3))
    return x, convnet_scores(painted(tab), x)


# ---- the same numbers


@pytest.mark.parametrize(("filters", "extent"), [(12, 3), (5, 1)])
def test_maps_pooled_maps_and_scores_are_those_of_python(browser, tmp_path, filters, extent):
    file = tmp_path / "net.html"
    net = parameters(1, filters, extent)
    file.write_text(page(net, dataset()), encoding="utf-8")
    tab = opened(browser, file)
    images = np.concatenate([dataset().test_images[:6], np.zeros((1, 32, 32, 3), np.uint8)])
    found = tab.evaluate(
        """(images) => images.map((pixels) => {
            const { shape } = JSON.parse(document.getElementById("net").textContent);
            const { maps, pooled, scores } = forward(shape, shown.params, pixels);
            return [maps, pooled, scores].map((values) => Array.from(values));
        })""",
        images.reshape(len(images), -1).tolist(),
    )
    x = standardized(images)
    maps = layers.conv2d(x, net["w_conv"], net["b_conv"], pad=extent // 2)
    pooled = layers.max_pool2d(layers.relu(maps))
    scores = layers.linear(pooled.reshape(len(x), -1), net["w_fc"], net["b_fc"])
    if extent == 3:
        assert np.array_equal(scores, convnet_scores(net, x))
    for i, expected in enumerate((maps, pooled, scores)):
        got = np.array([of_image[i] for of_image in found]).reshape(expected.shape)
        assert np.abs(got - expected).max() <= TO_BASE
    assert tab.troubles == []
    tab.close()


def test_the_gradient_by_the_image_is_that_of_python(tab):
    pixels = dataset().test_images[7]
    dscores = np.random.default_rng(3).normal(size=(1, 10))
    found = tab.evaluate(
        """([pixels, dscores]) => {
            const { shape } = JSON.parse(document.getElementById("net").textContent);
            return Array.from(gradientByImage(shape, shown.params, forward(shape, shown.params, pixels), dscores));
        }""",
        [pixels.ravel().tolist(), dscores[0].tolist()],
    )
    net, x = parameters(), standardized(pixels[None]).astype(float)
    maps = layers.conv2d(x, net["w_conv"], net["b_conv"], pad=1)
    active = layers.relu(maps)
    dpooled = (dscores @ net["w_fc"].T).reshape(1, 16, 16, 12)
    dmaps = layers.relu_backward(layers.max_pool2d_backward(dpooled, active), maps)
    dx = layers.conv2d_backward(dmaps, x, net["w_conv"], pad=1)[0]
    expected = dx / (255 * channel_statistics(dataset().train_images)[1])
    assert np.abs(np.array(found).reshape(expected.shape) - expected).max() <= TO_BASE * np.abs(expected).max()


# ---- the image


def test_examples_are_looked_at_by_key_and_their_count_of_right_ones_is_pythons(tab):
    chosen = examples(dataset().test_labels, 10)
    images, labels = dataset().test_images[chosen], dataset().test_labels[chosen]
    right = int((convnet_scores(parameters(), standardized(images)).argmax(axis=1) == labels).sum())
    expect(tab.locator("#accuracy")).to_have_text(f"{right} of 50 right")
    assert tab.locator(".thumb.wrong").count() == 50 - right
    tab.locator(".thumb").first.focus()
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        tab.keyboard.press(key)
    assert np.array_equal(shown(tab, "pixels"), images[2].ravel())
    _, scores = in_python(tab)
    best = dataset().class_names[int(scores.argmax())]
    expect(tab.locator("#verdict")).to_contain_text(f"The net says: {best}")
    expect(tab.locator("#status")).to_contain_text(f"The net says {best}")


def test_the_mouse_draws_and_undo_brings_back(tab):
    before = shown(tab, "pixels")
    box = tab.locator("#image").bounding_box()
    tab.get_by_role("button", name="black", exact=True).click()
    tab.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
    tab.mouse.down()
    tab.mouse.move(box["x"] + box["width"] * 3 / 4, box["y"] + box["height"] / 2)
    tab.mouse.up()
    drawn = shown(tab, "pixels").reshape(32, 32, 3)
    assert (drawn[16, 8:24] == 0).all()
    assert np.array_equal(drawn[:13], before.reshape(32, 32, 3)[:13])
    assert np.abs(shown(tab, "scores") - in_python(tab)[1][0]).max() <= TO_BASE
    tab.get_by_role("button", name="Undo").click()
    assert np.array_equal(shown(tab, "pixels"), before)


def test_the_keyboard_draws_and_says_where(tab):
    tab.get_by_role("button", name="white", exact=True).click()
    tab.get_by_role("button", name="Fill all").click()
    tab.get_by_role("button", name="red", exact=True).press("Enter")
    tab.locator("#brush").select_option("1")
    tab.locator("#image").focus()
    for key in ("ArrowUp", "ArrowLeft", "ArrowLeft", "Space"):
        tab.keyboard.press(key)
    expect(tab.locator("#status")).to_contain_text("Row 15, column 14, painted.")
    drawn = shown(tab, "pixels").reshape(32, 32, 3)
    assert np.argwhere((drawn != 255).any(axis=2)).tolist() == [[15, 14]]


def test_a_file_is_cut_to_its_middle_square_and_shrunk(tab, tmp_path):
    wide = np.zeros((320, 640, 3), np.uint8)
    wide[:, 160:320] = (200, 40, 10)
    wide[:, 320:480] = (10, 90, 230)
    Image.fromarray(wide).save(tmp_path / "wide.png")
    tab.locator("#file").set_input_files(tmp_path / "wide.png")
    until(tab, "shown.pixels[0] === 200")
    got = shown(tab, "pixels").reshape(32, 32, 3)
    assert (got[:, :15] == (200, 40, 10)).all()
    assert (got[:, 17:] == (10, 90, 230)).all()


def test_a_file_that_is_no_image_is_told(tab, tmp_path):
    (tmp_path / "notes.png").write_text("no image")
    tab.locator("#file").set_input_files(tmp_path / "notes.png")
    expect(tab.locator("#verdict")).to_have_text("notes.png could not be read as an image.")


# ---- filters


def test_painting_a_filter_by_key_changes_scores_and_examples_as_in_python(tab):
    tab.get_by_role("radio").first.focus()
    tab.keyboard.press("ArrowRight")
    expect(tab.get_by_role("radio").nth(1)).to_have_attribute("aria-checked", "true")
    tab.locator("#channel").select_option("green")
    tab.locator(".weight").first.focus()
    for key in ("ArrowRight", "ArrowDown", "Space", "ArrowDown", "-", "ArrowLeft", "0"):
        tab.keyboard.press(key)
    net, old = painted(tab), parameters()
    most = np.abs(old["w_conv"]).max()
    expected = old["w_conv"].copy()
    expected[1, 1, 1, 1] = most
    expected[2, 1, 1, 1] -= 0.1 * most
    expected[2, 0, 1, 1] = 0
    assert np.allclose(net["w_conv"], expected, atol=0.05 * most / 20)  # the slider has steps
    assert np.abs(shown(tab, "scores") - in_python(tab)[1][0]).max() <= TO_BASE
    chosen = examples(dataset().test_labels, 10)
    found = convnet_scores(net, standardized(dataset().test_images[chosen])).argmax(axis=1)
    right = int((found == dataset().test_labels[chosen]).sum())
    expect(tab.locator("#accuracy")).to_contain_text(f"{right} of 50 right")
    expect(tab.locator("#effect")).to_contain_text(f"Of the examples, {right} of 50 right")
    tab.get_by_role("button", name="As trained", exact=True).click()
    assert np.array_equal(painted(tab)["w_conv"], old["w_conv"])


def test_a_filter_is_painted_by_mouse_switched_off_and_flipped(tab):
    tab.locator(".weight").nth(4).click()
    net = painted(tab)["w_conv"]
    assert (net[1, 1, :, 0] == net.max()).all()
    tab.get_by_role("button", name="All as trained").click()
    tab.get_by_role("button", name="Flip left to right").click()
    expected = parameters()["w_conv"]
    expected[..., 0] = expected[:, ::-1, :, 0]
    assert np.array_equal(painted(tab)["w_conv"], expected)
    tab.get_by_role("button", name="Switch it off").click()
    net = painted(tab)
    assert not net["w_conv"][..., 0].any()
    assert net["b_conv"][0] == 0


# ---- fooling it


@pytest.mark.parametrize("target", [None, 3])
def test_a_small_change_fools_it_and_python_agrees(tab, target):
    before = shown(tab, "pixels")
    was = int(in_python(tab)[1].argmax())
    if target is not None:
        tab.locator("#target").select_option(str(target))
    tab.get_by_role("button", name="Fool it").click()
    expect(tab.locator("#fooled")).to_contain_text("Fooled", timeout=20_000)
    now = int(in_python(tab)[1].argmax())
    assert now != was
    assert target in (None, now)
    most = int(np.abs(shown(tab, "pixels") - before).max())
    assert 1 <= most <= LIMIT
    expect(tab.locator("#fooled")).to_contain_text(f"none by more than {most} of 255")
    expect(tab.locator("#comparison")).to_be_visible()


def test_it_says_so_when_nothing_fools_it(browser, tmp_path):
    net = parameters()
    net["b_fc"][2] = 1e4  # always says class 2
    (tmp_path / "net.html").write_text(page(net, dataset()), encoding="utf-8")
    tab = opened(browser, tmp_path / "net.html")
    tab.get_by_role("button", name="Fool it").click()
    expect(tab.locator("#fooled")).to_contain_text("No luck", timeout=30_000)
    assert tab.troubles == []
    tab.close()


# ---- phones and themes


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_and_a_finger_draws(browser, file, scheme):
    tab = opened(browser, file, 400, color_scheme=scheme, has_touch=True, is_mobile=True)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 400
    tab.get_by_role("button", name="blue", exact=True).tap()
    tab.locator("#image").tap()
    assert (shown(tab, "pixels").reshape(32, 32, 3)[16, 16] == (0x25, 0x63, 0xC9)).all()
    small = tab.evaluate(
        """() => [...document.querySelectorAll("button, select, .file")]
            .filter((e) => e.getClientRects().length && e.getBoundingClientRect().height < 40)
            .map((e) => e.outerHTML)"""
    )
    assert small == []
    ink, paper = tab.evaluate(
        "() => [getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
    )
    assert (brightness(ink) > brightness(paper)) == (scheme == "dark")
    assert tab.troubles == []
    tab.close()


def brightness(colour):
    return sum(int(n) for n in colour.removeprefix("rgb(").removesuffix(")").split(","))


# ---- where it is looked at


def in_a_sandbox(browser, file, allowed):
    """The page as JupyterLab shows a file: without scripts until it is trusted."""
    tab = browser.new_page()
    srcdoc = file.read_text(encoding="utf-8").replace("&", "&amp;").replace('"', "&quot;")
    tab.set_content(f'<iframe sandbox="{allowed}" width="900" height="900" srcdoc="{srcdoc}"></iframe>')
    return tab.frames[1]


def test_a_file_that_is_not_trusted_says_what_to_do(browser, file):
    inside = in_a_sandbox(browser, file, "")
    expect(inside.locator("noscript p")).to_be_visible()
    assert "Trust HTML" in inside.locator("noscript p").text_content()
    inside.page.close()


def test_a_trusted_file_works(browser, file):
    inside = in_a_sandbox(browser, file, "allow-scripts")
    until(inside, "window.shown")
    inside.get_by_role("button", name="Fill all").click()
    until(inside, "shown.pixels.every((value) => value === 255)")
    inside.page.close()
