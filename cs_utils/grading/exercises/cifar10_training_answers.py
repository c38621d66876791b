"""Answers to `sgd_momentum_step` and `accuracy`, right and wrong, each named by what it does."""

import numpy as np

from cs_utils.grading.exercises.cifar10_training import (
    ACCURACY,
    SGD_MOMENTUM_STEP,
    share_of_right_answers,
    step_with_momentum,
)

# sgd_momentum_step


def _step(params, velocity_of, move=lambda param, velocity: param + velocity):
    """Return the step with ``velocity_of(name)`` as the new velocity of each parameter."""
    velocity = {name: velocity_of(name) for name in params}
    return {name: move(params[name], velocity[name]) for name in params}, velocity


@SGD_MOMENTUM_STEP.wrong("the step goes uphill: the gradient is taken away, not added")
def climbs(params, grads, velocity, lr, momentum):
    return _step(params, lambda name: momentum * velocity[name] + lr * grads[name])


@SGD_MOMENTUM_STEP.wrong("there is no momentum: the old velocity is lost")
def has_no_momentum(params, grads, velocity, lr, momentum):
    return _step(params, lambda name: -lr * grads[name])


@SGD_MOMENTUM_STEP.wrong("the gradient is weighted with (1 - momentum), as in a moving average")
def takes_a_moving_average(params, grads, velocity, lr, momentum):
    return _step(params, lambda name: momentum * velocity[name] - (1 - momentum) * lr * grads[name])


@SGD_MOMENTUM_STEP.wrong("the old velocity is weighted with (1 - momentum) instead of momentum")
def swaps_the_weights(params, grads, velocity, lr, momentum):
    return _step(params, lambda name: (1 - momentum) * velocity[name] - lr * grads[name])


@SGD_MOMENTUM_STEP.wrong("the velocity is kept without the learning rate, as PyTorch keeps it: here lr is part of it")
def keeps_the_velocity_without_lr(params, grads, velocity, lr, momentum):
    return _step(params, lambda name: momentum * velocity[name] + grads[name], lambda param, v: param - lr * v)


@SGD_MOMENTUM_STEP.wrong("the learning rate is applied twice, in the velocity and in the step")
def applies_lr_twice(params, grads, velocity, lr, momentum):
    return _step(params, lambda name: momentum * velocity[name] - lr * grads[name], lambda param, v: param + lr * v)


@SGD_MOMENTUM_STEP.wrong("the step is taken away, though the velocity has the minus sign already")
def takes_the_step_away(params, grads, velocity, lr, momentum):
    return _step(params, lambda name: momentum * velocity[name] - lr * grads[name], lambda param, v: param - v)


@SGD_MOMENTUM_STEP.wrong("the velocity is kept with the other sign: here it is momentum * velocity - lr * grad")
def keeps_the_velocity_with_the_other_sign(params, grads, velocity, lr, momentum):
    return _step(params, lambda name: momentum * velocity[name] + lr * grads[name], lambda param, v: param - v)


@SGD_MOMENTUM_STEP.wrong("the velocity is right, but the parameters move without it: add it to them")
def moves_without_the_velocity(params, grads, velocity, lr, momentum):
    _, new_velocity = step_with_momentum(params, grads, velocity, lr, momentum)
    return {name: params[name] - lr * grads[name] for name in params}, new_velocity


@SGD_MOMENTUM_STEP.wrong("the parameters look one step ahead (Nesterov's momentum): here they move by the new velocity")
def looks_one_step_ahead(params, grads, velocity, lr, momentum):
    _, ahead = step_with_momentum(params, grads, velocity, lr, momentum)
    return {name: params[name] + momentum * ahead[name] - lr * grads[name] for name in params}, ahead


@SGD_MOMENTUM_STEP.wrong("the parameters move with the old velocity: move with the new one")
def moves_with_the_old_velocity(params, grads, velocity, lr, momentum):
    _, new_velocity = step_with_momentum(params, grads, velocity, lr, momentum)
    return {name: params[name] + velocity[name] for name in params}, new_velocity


@SGD_MOMENTUM_STEP.wrong("the old velocity is returned: the next step needs the new one")
def returns_the_old_velocity(params, grads, velocity, lr, momentum):
    return step_with_momentum(params, grads, velocity, lr, momentum)[0], {k: v.copy() for k, v in velocity.items()}


@SGD_MOMENTUM_STEP.wrong("velocity and parameters are returned the other way round")
def returns_them_the_other_way_round(params, grads, velocity, lr, momentum):
    return step_with_momentum(params, grads, velocity, lr, momentum)[::-1]


@SGD_MOMENTUM_STEP.wrong("only the first parameter moves: `return` stands inside the loop")
def returns_inside_the_loop(params, grads, velocity, lr, momentum):
    first = next(iter(params))
    return step_with_momentum({first: params[first]}, grads, velocity, lr, momentum)


@SGD_MOMENTUM_STEP.wrong("params and velocity of the caller are changed: fill two new dictionaries", partial=True)
def works_in_place(params, grads, velocity, lr, momentum):
    for name in params:
        velocity[name] *= momentum
        velocity[name] -= lr * grads[name]
        params[name] += velocity[name]
    return params, velocity


@SGD_MOMENTUM_STEP.wrong("`params[name] = ...` replaces the caller's entries: fill a new dictionary", partial=True)
def replaces_the_entries_of_params(params, grads, velocity, lr, momentum):
    new_velocity = {name: momentum * velocity[name] - lr * grads[name] for name in params}
    for name in params:
        params[name] = params[name] + new_velocity[name]
    return params, new_velocity


@SGD_MOMENTUM_STEP.wrong(
    "`grads[name] *= lr` scales the caller's gradients: lr * grads[name] is a new array", partial=True
)
def scales_the_gradients_in_place(params, grads, velocity, lr, momentum):
    for name in grads:
        grads[name] *= lr
    return _step(params, lambda name: momentum * velocity[name] - grads[name])


@SGD_MOMENTUM_STEP.wrong("the names of the net's four arrays are fixed: go through those in params", partial=True)
def knows_the_nets_four_names_only(params, grads, velocity, lr, momentum):
    names = ("w_conv", "b_conv", "w_fc", "b_fc")
    return step_with_momentum({name: params[name] for name in names}, grads, velocity, lr, momentum)


@SGD_MOMENTUM_STEP.right
def writes_two_dictionaries(params, grads, velocity, lr, momentum):
    velocity = {name: momentum * v - lr * grads[name] for name, v in velocity.items()}
    return {name: param + velocity[name] for name, param in params.items()}, velocity


@SGD_MOMENTUM_STEP.right
def moves_one_long_vector(params, grads, velocity, lr, momentum):
    p, g, v = (np.concatenate([d[name].ravel() for name in params]) for d in (params, grads, velocity))
    v = momentum * v - lr * g
    ends = np.cumsum([value.size for value in params.values()])[:-1]

    def cut(long):
        return {name: part.reshape(params[name].shape) for name, part in zip(params, np.split(long, ends), strict=True)}

    return cut(p + v), cut(v)


@SGD_MOMENTUM_STEP.right
def works_in_place_on_copies(params, grads, velocity, lr, momentum):
    params = {name: value.copy() for name, value in params.items()}
    velocity = {name: value.copy() for name, value in velocity.items()}
    for name, grad in grads.items():
        np.multiply(velocity[name], momentum, out=velocity[name])
        np.subtract(velocity[name], lr * grad, out=velocity[name])
        np.add(params[name], velocity[name], out=params[name])
    return [params, velocity]


@SGD_MOMENTUM_STEP.right
def keeps_pytorchs_velocity_and_converts(params, grads, velocity, lr, momentum):
    buffers = {name: momentum * (-velocity[name] / lr) + grads[name] for name in params}
    return _step(params, lambda name: -lr * buffers[name])


# accuracy


@ACCURACY.wrong("the share is given in percent: an accuracy is a fraction from 0 to 1")
def counts_in_percent(scores, labels):
    return 100.0 * share_of_right_answers(scores, labels)


@ACCURACY.wrong("the largest score is sought in each column: the classes lie in the rows, axis=1")
def compares_images_instead_of_classes(scores, labels):
    best = scores.argmax(axis=0)
    n = min(len(best), len(labels))
    return float(np.mean(best[:n] == labels[:n]))


@ACCURACY.wrong("the lowest score wins")
def takes_the_lowest_score(scores, labels):
    return share_of_right_answers(-scores, labels)


@ACCURACY.wrong("the wrong answers are counted, not the right ones")
def returns_the_error(scores, labels):
    return 1.0 - share_of_right_answers(scores, labels)


@ACCURACY.wrong("the right answers are counted, but not divided by the number of images")
def counts_the_right_ones(scores, labels):
    return int(np.sum(scores.argmax(axis=1) == labels))


@ACCURACY.wrong("the right answers are divided by the number of classes, not of images")
def divides_by_the_classes(scores, labels):
    return float(np.sum(scores.argmax(axis=1) == labels) / scores.shape[1])


@ACCURACY.wrong("`argmax()` finds one place in the whole table: axis=1 finds one in each row")
def finds_one_place_in_all(scores, labels):
    return float(np.mean(scores.argmax() == labels))


@ACCURACY.wrong("the largest scores are compared with the labels: compare their places (argmax, not max)")
def compares_scores_with_labels(scores, labels):
    return float(np.mean(scores.max(axis=1) == labels))


@ACCURACY.wrong("all answers must be right at once: their share is asked for")
def wants_all_right(scores, labels):
    return float(np.all(scores.argmax(axis=1) == labels))


@ACCURACY.wrong("every image whose own class has a positive score counts as right: that score must be the largest")
def calls_positive_scores_right(scores, labels):
    return float(np.mean(scores[np.arange(len(labels)), labels] > 0))


@ACCURACY.wrong("1 is added to the best class, or taken off the label: both count from 0")
def counts_classes_from_one(scores, labels):
    return float(np.mean(scores.argmax(axis=1) + 1 == labels))


@ACCURACY.wrong("1 is taken off the best class, or added to the label: both count from 0")
def takes_one_off_the_class(scores, labels):
    return float(np.mean(scores.argmax(axis=1) == labels + 1))


@ACCURACY.wrong("the scores themselves are changed (`-=`, `/=`): they belong to the caller")
def shifts_the_scores_in_place(scores, labels):
    scores -= scores.max(axis=1, keepdims=True)
    return float(np.mean(scores[np.arange(len(labels)), labels] == 0))


@ACCURACY.right
def averages_comparisons(scores, labels):
    return np.mean(scores.argmax(axis=1) == labels)


@ACCURACY.right
def sorts_each_row(scores, labels):
    return float((np.argsort(scores, axis=1)[:, -1] == labels).sum() / len(labels))


@ACCURACY.right
def asks_whether_the_labels_score_is_the_largest(scores, labels):
    return np.count_nonzero(scores[np.arange(len(labels)), labels] >= scores.max(axis=1)) / len(labels)


@ACCURACY.right
def sums_a_confusion_matrix(scores, labels):
    counts = np.zeros((scores.shape[1], scores.shape[1]))
    np.add.at(counts, (labels, scores.argmax(axis=1)), 1)
    return float(np.trace(counts) / counts.sum())
