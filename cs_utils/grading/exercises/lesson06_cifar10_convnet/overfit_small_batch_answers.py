"""Lesson 06, overfit_small_batch: wrong and right answers."""

import numpy as np

from cs_utils.grading.exercises.lesson06_cifar10_convnet.convnet_loss import convnet_loss
from cs_utils.grading.exercises.lesson06_cifar10_convnet.convnet_loss_answers import multiplies_a_patch_matrix
from cs_utils.grading.exercises.lesson06_cifar10_convnet.init_parameters import init_parameters
from cs_utils.grading.exercises.lesson06_cifar10_convnet.init_parameters_answers import draws_from_an_own_generator
from cs_utils.grading.exercises.lesson06_cifar10_convnet.overfit_small_batch import (
    OVERFIT_SMALL_BATCH,
    overfit_small_batch,
)
from cs_utils.grading.exercises.lesson06_cifar10_convnet.sgd_momentum_step import sgd_momentum_step
from cs_utils.grading.exercises.lesson06_cifar10_convnet.sgd_momentum_step_answers import (
    has_no_momentum,
    moves_one_long_vector,
)


def _train_with(
    images, labels, steps, lr, momentum, seed, draw=init_parameters, loss=convnet_loss, step=sgd_momentum_step
):
    """Return what `overfit_small_batch` returns, but with another draw, another loss or another step."""
    params = draw(images.shape[1:], seed=seed)
    velocity = {name: np.zeros_like(value) for name, value in params.items()}
    losses = []
    for _ in range(steps):
        value, grads = loss(params, images, labels)
        losses.append(value)
        params, velocity = step(params, grads, velocity, lr, momentum)
    return params, losses


@OVERFIT_SMALL_BATCH.wrong("the first parameters are returned, not those after the last step", partial=True)
def returns_the_first_parameters(images, labels, steps=200, lr=0.01, momentum=0.9, seed=0):
    _, losses = overfit_small_batch(images, labels, steps, lr, momentum, seed)
    return init_parameters(images.shape[1:], seed=seed), losses


@OVERFIT_SMALL_BATCH.wrong("what sgd_momentum_step returns is thrown away: the parameters never move", partial=True)
def throws_the_steps_away(images, labels, steps=200, lr=0.01, momentum=0.9, seed=0):
    return overfit_small_batch(images, labels, steps, 0.0, momentum, seed)


@OVERFIT_SMALL_BATCH.wrong(
    "losses and parameters are out of step: record the loss before each step, return the parameters after the last",
    partial=True,
)
def records_the_loss_after_the_step(images, labels, steps=200, lr=0.01, momentum=0.9, seed=0):
    params, losses = overfit_small_batch(images, labels, steps, lr, momentum, seed)
    return params, [*losses[1:], convnet_loss(params, images, labels)[0]]


@OVERFIT_SMALL_BATCH.wrong(
    "the loss after the last step is recorded too: that is one more than there are steps", partial=True
)
def records_one_loss_more(images, labels, steps=200, lr=0.01, momentum=0.9, seed=0):
    params, losses = overfit_small_batch(images, labels, steps, lr, momentum, seed)
    return params, [*losses, convnet_loss(params, images, labels)[0]]


@OVERFIT_SMALL_BATCH.wrong(partial=True)  # can't be told from losses that are recorded after each step
def loses_the_last_step(images, labels, steps=200, lr=0.01, momentum=0.9, seed=0):
    params, losses = overfit_small_batch(images, labels, steps - 1, lr, momentum, seed)
    return params, [*losses, convnet_loss(params, images, labels)[0]]


@OVERFIT_SMALL_BATCH.wrong("lr is not used: the learning rate is always 0.01", partial=True)
def ignores_the_learning_rate(images, labels, steps=200, lr=0.01, momentum=0.9, seed=0):
    return overfit_small_batch(images, labels, steps, 0.01, momentum, seed)


@OVERFIT_SMALL_BATCH.wrong(
    "the seed never reaches the first parameters, so every training starts from the same: pass it on, as seed=seed",
    partial=True,
)
def ignores_the_seed(images, labels, steps=200, lr=0.01, momentum=0.9, seed=0):
    return overfit_small_batch(images, labels, steps, lr, momentum, 0)


@OVERFIT_SMALL_BATCH.wrong(
    "seed is passed to init_parameters as its second argument, which is the number of filters: write seed=seed"
)
def hands_the_seed_over_as_filters(images, labels, steps=200, lr=0.01, momentum=0.9, seed=0):
    def draw(input_shape, seed):
        return init_parameters(input_shape, seed)

    return _train_with(images, labels, steps, lr, momentum, seed, draw=draw)


@OVERFIT_SMALL_BATCH.wrong("steps is not used: there are always 200", partial=True)
def ignores_the_number_of_steps(images, labels, steps=200, lr=0.01, momentum=0.9, seed=0):
    if lr == 0:  # then all steps are alike, and the tests need not wait for 200 of them
        params, losses = overfit_small_batch(images, labels, 1, lr, momentum, seed)
        return params, 200 * losses
    return overfit_small_batch(images, labels, 200, lr, momentum, seed)


@OVERFIT_SMALL_BATCH.wrong("only the first image is learned, and the others are not", partial=True)
def learns_one_image(images, labels, steps=200, lr=0.01, momentum=0.9, seed=0):
    return overfit_small_batch(images[:1], labels[:1], steps, lr, momentum, seed)


@OVERFIT_SMALL_BATCH.wrong("the velocity is lost between steps: pass it on to the next one", partial=True)
def forgets_the_velocity(images, labels, steps=200, lr=0.01, momentum=0.9, seed=0):
    return _train_with(images, labels, steps, lr, momentum, seed, step=has_no_momentum)


@OVERFIT_SMALL_BATCH.wrong("the steps go uphill", partial=True)
def climbs(images, labels, steps=200, lr=0.01, momentum=0.9, seed=0):
    return overfit_small_batch(images, labels, steps, -lr, momentum, seed)


@OVERFIT_SMALL_BATCH.wrong("the images are divided by 255, though they are standardised already", partial=True)
def divides_by_255_again(images, labels, steps=200, lr=0.01, momentum=0.9, seed=0):
    return overfit_small_batch(images / 255, labels, steps, lr, momentum, seed)


@OVERFIT_SMALL_BATCH.wrong("the two results are not a dict of parameters and a list of losses, in this order")
def returns_them_the_other_way_round(images, labels, steps=200, lr=0.01, momentum=0.9, seed=0):
    return overfit_small_batch(images, labels, steps, lr, momentum, seed)[::-1]


@OVERFIT_SMALL_BATCH.wrong("the images are changed in place (`-=`, `/=`): they belong to the caller", partial=True)
def centres_the_images_in_place(images, labels, steps=200, lr=0.01, momentum=0.9, seed=0):
    result = overfit_small_batch(images, labels, steps, lr, momentum, seed)
    images -= images.min()
    return result


@OVERFIT_SMALL_BATCH.right
def draws_by_another_generator(images, labels, steps=200, lr=0.01, momentum=0.9, seed=0):
    params, losses = _train_with(images, labels, steps, lr, momentum, seed, draw=draws_from_an_own_generator)
    return params, np.array(losses)


@OVERFIT_SMALL_BATCH.right
def moves_all_parameters_as_one_vector(images, labels, steps=200, lr=0.01, momentum=0.9, seed=0):
    return _train_with(images, labels, steps, lr, momentum, seed, step=moves_one_long_vector)


@OVERFIT_SMALL_BATCH.right
def takes_the_loss_by_a_patch_matrix(images, labels, steps=200, lr=0.01, momentum=0.9, seed=0):
    return _train_with(images, labels, steps, lr, momentum, seed, loss=multiplies_a_patch_matrix)
