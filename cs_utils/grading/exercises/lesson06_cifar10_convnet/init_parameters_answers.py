"""Lesson 06, init_parameters: wrong and right answers."""

import itertools

import numpy as np

from cs_utils.grading.exercises.lesson06_cifar10_convnet.init_parameters import INIT_PARAMETERS, init_parameters


def _drawn(input_shape, filters, classes, draw_conv, draw_fc):
    """Return parameters with zero biases and with weights from the two ``draw(fan_in, shape)``."""
    height, width, depth = input_shape
    flat = height // 2 * (width // 2) * filters
    return {
        "w_conv": draw_conv(9 * depth, (3, 3, depth, filters)),
        "b_conv": np.zeros(filters),
        "w_fc": draw_fc(flat, (flat, classes)),
        "b_fc": np.zeros(classes),
    }


def _normal(rng, spread):
    """Return ``draw(fan_in, shape)`` for normal numbers whose standard deviation is ``spread(fan_in)``."""
    return lambda fan_in, shape: rng.normal(0, spread(fan_in), shape)


def _he(fan_in):
    return np.sqrt(2 / fan_in)


def _small(fan_in):
    return 0.01


def _drawn_by(rng, input_shape, filters, classes, conv=_he, fc=_small):
    return _drawn(input_shape, filters, classes, _normal(rng, conv), _normal(rng, fc))


@INIT_PARAMETERS.wrong("all weights start at zero: then all filters get the same gradient and stay equal forever")
def starts_with_all_zeros(input_shape=(32, 32, 3), filters=12, classes=10, seed=0):
    return {name: np.zeros_like(value) for name, value in init_parameters(input_shape, filters, classes).items()}


@INIT_PARAMETERS.wrong("the random numbers are not scaled: their standard deviation is 1", partial=True)
def forgets_to_scale(input_shape=(32, 32, 3), filters=12, classes=10, seed=0):
    one = _normal(np.random.default_rng(seed), lambda fan_in: 1.0)
    return _drawn(input_shape, filters, classes, one, one)


@INIT_PARAMETERS.wrong(
    "the filters' standard deviation is sqrt(1 / fan_in): ReLU sets half to zero, so it should be sqrt(2 / fan_in)",
    partial=True,
)
def forgets_the_two(input_shape=(32, 32, 3), filters=12, classes=10, seed=0):
    return _drawn_by(np.random.default_rng(seed), input_shape, filters, classes, conv=lambda n: np.sqrt(1 / n))


@INIT_PARAMETERS.wrong(
    "2 / fan_in is used as the standard deviation: it is the variance, so take its square root", partial=True
)
def takes_the_variance_for_the_deviation(input_shape=(32, 32, 3), filters=12, classes=10, seed=0):
    return _drawn_by(np.random.default_rng(seed), input_shape, filters, classes, conv=lambda n: 2 / n)


@INIT_PARAMETERS.wrong("fan_in leaves out the depth: a filter reads 3 * 3 numbers from every channel", partial=True)
def counts_one_channel(input_shape=(32, 32, 3), filters=12, classes=10, seed=0):
    rng, depth = np.random.default_rng(seed), input_shape[2]
    return _drawn_by(rng, input_shape, filters, classes, conv=lambda n: np.sqrt(2 * depth / n))


@INIT_PARAMETERS.wrong("fan_in counts the filters, not the image's channels: that is fan_out", partial=True)
def takes_fan_out(input_shape=(32, 32, 3), filters=12, classes=10, seed=0):
    rng = np.random.default_rng(seed)
    return _drawn_by(rng, input_shape, filters, classes, conv=lambda n: np.sqrt(2 / (9 * filters)))


@INIT_PARAMETERS.wrong(
    "fan_in is fixed at 27, the 3 * 3 * 3 of colour images: a filter reads 3 * 3 * C numbers", partial=True
)
def fixes_fan_in(input_shape=(32, 32, 3), filters=12, classes=10, seed=0):
    rng = np.random.default_rng(seed)
    return _drawn_by(rng, input_shape, filters, classes, conv=lambda n: _he(27))


@INIT_PARAMETERS.wrong(
    "both arrays are drawn with sqrt(2 / 27): w_conv takes sqrt(2 / (3 * 3 * C)), w_fc 0.01", partial=True
)
def draws_both_with_a_fixed_fan_in(input_shape=(32, 32, 3), filters=12, classes=10, seed=0):
    rng = np.random.default_rng(seed)
    return _drawn_by(rng, input_shape, filters, classes, conv=lambda n: _he(27), fc=lambda n: _he(27))


@INIT_PARAMETERS.wrong("w_fc gets the standard deviation of the filters: its own is 0.01", partial=True)
def draws_both_with_the_filters_spread(input_shape=(32, 32, 3), filters=12, classes=10, seed=0):
    rng, spread = np.random.default_rng(seed), _he(9 * input_shape[2])
    return _drawn_by(rng, input_shape, filters, classes, fc=lambda n: spread)


@INIT_PARAMETERS.wrong("w_fc is drawn by the rule for the filters: here its standard deviation is 0.01", partial=True)
def draws_both_by_one_rule(input_shape=(32, 32, 3), filters=12, classes=10, seed=0):
    return _drawn_by(np.random.default_rng(seed), input_shape, filters, classes, fc=_he)


@INIT_PARAMETERS.wrong("w_conv is drawn by the rule for w_fc: its standard deviation is sqrt(2 / fan_in)", partial=True)
def draws_both_with_a_hundredth(input_shape=(32, 32, 3), filters=12, classes=10, seed=0):
    return _drawn_by(np.random.default_rng(seed), input_shape, filters, classes, conv=_small)


@INIT_PARAMETERS.wrong("the numbers are drawn from a uniform distribution: draw them from a normal one", partial=True)
def draws_evenly(input_shape=(32, 32, 3), filters=12, classes=10, seed=0):
    rng = np.random.default_rng(seed)

    def even(spread):
        return lambda fan_in, shape: rng.uniform(-1, 1, shape) * np.sqrt(3) * spread(fan_in)

    return _drawn(input_shape, filters, classes, even(_he), even(_small))


@INIT_PARAMETERS.wrong("the numbers come from rng.random, which returns no negative ones", partial=True)
def draws_only_positive_numbers(input_shape=(32, 32, 3), filters=12, classes=10, seed=0):
    rng = np.random.default_rng(seed)

    def positive(spread):
        return lambda fan_in, shape: rng.random(shape) * spread(fan_in)

    return _drawn(input_shape, filters, classes, positive(_he), positive(_small))


@INIT_PARAMETERS.wrong("the biases are drawn too: they start at zero")
def draws_the_biases(input_shape=(32, 32, 3), filters=12, classes=10, seed=0):
    rng = np.random.default_rng(seed)
    params = _drawn_by(rng, input_shape, filters, classes)
    return params | {"b_conv": rng.normal(0, 0.01, filters), "b_fc": rng.normal(0, 0.01, classes)}


@INIT_PARAMETERS.wrong("the pooling is forgotten in the size of w_fc: it halves the height and the width")
def forgets_that_pooling_halves(input_shape=(32, 32, 3), filters=12, classes=10, seed=0):
    height, width, depth = input_shape
    return _drawn_by(np.random.default_rng(seed), (2 * height, 2 * width, depth), filters, classes)


@INIT_PARAMETERS.wrong("the numbers are the same for every seed: pass it on, as default_rng(seed)", partial=True)
def ignores_the_seed(input_shape=(32, 32, 3), filters=12, classes=10, seed=0):
    return _drawn_by(np.random.default_rng(0), input_shape, filters, classes)


_calls = itertools.count()


def _unsteady(params, *names):
    """Return other numbers at each call, as from a generator without a seed, but reproducibly for the build."""
    sign = (-1) ** next(_calls)
    return params | {name: sign * params[name] for name in names}


@INIT_PARAMETERS.wrong(
    "the seed is not used: default_rng() without it, like np.random.normal, draws other numbers each time", partial=True
)
def draws_without_a_seed(input_shape=(32, 32, 3), filters=12, classes=10, seed=0):
    return _unsteady(_drawn_by(np.random.default_rng(seed), input_shape, filters, classes), "w_conv", "w_fc")


@INIT_PARAMETERS.wrong(partial=True)  # to the check the same as a generator without a seed
def draws_from_the_global_generator(input_shape=(32, 32, 3), filters=12, classes=10, seed=0):
    return _drawn_by(np.random, input_shape, filters, classes)


_one_for_all = np.random.default_rng(0)


@INIT_PARAMETERS.wrong(partial=True)  # to the check the same as a generator without a seed
def goes_on_with_a_generator_of_the_notebook(input_shape=(32, 32, 3), filters=12, classes=10, seed=0):
    return _drawn_by(_one_for_all, input_shape, filters, classes)


@INIT_PARAMETERS.wrong("only w_conv depends on the seed: w_fc comes from a generator with a fixed seed", partial=True)
def seeds_only_the_filters(input_shape=(32, 32, 3), filters=12, classes=10, seed=0):
    seeded, fixed = np.random.default_rng(seed), np.random.default_rng(7)
    return _drawn(input_shape, filters, classes, _normal(seeded, _he), _normal(fixed, _small))


@INIT_PARAMETERS.wrong("only w_conv depends on the seed: w_fc comes from a generator without one", partial=True)
def leaves_w_fc_without_a_seed(input_shape=(32, 32, 3), filters=12, classes=10, seed=0):
    return _unsteady(_drawn_by(np.random.default_rng(seed), input_shape, filters, classes), "w_fc")


@INIT_PARAMETERS.wrong(partial=True)
def knows_two_seeds_only(input_shape=(32, 32, 3), filters=12, classes=10, seed=0):
    return _drawn_by(np.random.default_rng(bool(seed)), input_shape, filters, classes)


@INIT_PARAMETERS.wrong("the sizes of the lecture's net are hard-coded: use input_shape, filters and classes")
def knows_one_size_only(input_shape=(32, 32, 3), filters=12, classes=10, seed=0):
    return _drawn_by(np.random.default_rng(seed), (32, 32, 3), 12, 10)


@INIT_PARAMETERS.wrong("height and width are assumed to be equal")
def knows_square_images_only(input_shape=(32, 32, 3), filters=12, classes=10, seed=0):
    height, _, depth = input_shape
    return _drawn_by(np.random.default_rng(seed), (height, height, depth), filters, classes)


@INIT_PARAMETERS.right
def scales_standard_normals(input_shape=(32, 32, 3), filters=12, classes=10, seed=0):
    rng = np.random.default_rng(seed)
    return _drawn(
        input_shape,
        filters,
        classes,
        lambda n, shape: rng.standard_normal(shape, np.float32) * np.float32(_he(n)),
        lambda n, shape: rng.standard_normal(shape, np.float32) * np.float32(0.01),
    )


@INIT_PARAMETERS.right
def draws_from_an_own_generator(input_shape=(32, 32, 3), filters=12, classes=10, seed=0):
    return _drawn_by(np.random.RandomState(seed), input_shape, filters, classes)


@INIT_PARAMETERS.right
def seeds_the_global_generator(input_shape=(32, 32, 3), filters=12, classes=10, seed=0):
    np.random.seed(seed)  # noqa: NPY002 -- students do, and it works
    return _drawn_by(np.random, input_shape, filters, classes)


@INIT_PARAMETERS.right
def draws_all_at_once_and_cuts(input_shape=(32, 32, 3), filters=12, classes=10, seed=0):
    height, width, depth = input_shape
    conv, flat = 9 * depth * filters, (height // 2) * (width // 2) * filters
    numbers = np.random.default_rng(seed).standard_normal(conv + flat * classes)
    return {
        "w_conv": (numbers[:conv] * _he(9 * depth)).reshape(3, 3, depth, filters),
        "b_conv": np.zeros(filters),
        "w_fc": (numbers[conv:] * 0.01).reshape(flat, classes),
        "b_fc": np.zeros(classes),
    }


@INIT_PARAMETERS.right
def makes_normals_from_even_numbers(input_shape=(32, 32, 3), filters=12, classes=10, seed=0):
    rng = np.random.default_rng(seed)

    def box_muller(spread):
        def draw(fan_in, shape):
            radius = np.sqrt(-2 * np.log(1 - rng.random(shape)))
            return spread(fan_in) * radius * np.cos(2 * np.pi * rng.random(shape))

        return draw

    return _drawn(input_shape, filters, classes, box_muller(_he), box_muller(_small))
