"""Lesson 06, sgd_momentum_step: wrong and right answers."""

import numpy as np

from cs_utils.grading.exercises.lesson06_cifar10_convnet.sgd_momentum_step import SGD_MOMENTUM_STEP, sgd_momentum_step


def _step(params, velocity_of, move=lambda param, velocity: param + velocity):
    """Return the step with ``velocity_of(name)`` as the new velocity of each parameter."""
    velocity = {name: velocity_of(name) for name in params}
    return {name: move(params[name], velocity[name]) for name in params}, velocity


@SGD_MOMENTUM_STEP.wrong("the step goes uphill: the gradient should be subtracted, not added")
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


@SGD_MOMENTUM_STEP.wrong("the velocity is subtracted from the parameters, though it has the minus sign already")
def takes_the_step_away(params, grads, velocity, lr, momentum):
    return _step(params, lambda name: momentum * velocity[name] - lr * grads[name], lambda param, v: param - v)


@SGD_MOMENTUM_STEP.wrong("the velocity is kept with the opposite sign: here it is momentum * velocity - lr * grad")
def keeps_the_velocity_with_the_other_sign(params, grads, velocity, lr, momentum):
    return _step(params, lambda name: momentum * velocity[name] + lr * grads[name], lambda param, v: param - v)


@SGD_MOMENTUM_STEP.wrong("the velocity is right, but the parameters move without it: add it to them")
def moves_without_the_velocity(params, grads, velocity, lr, momentum):
    _, new_velocity = sgd_momentum_step(params, grads, velocity, lr, momentum)
    return {name: params[name] - lr * grads[name] for name in params}, new_velocity


@SGD_MOMENTUM_STEP.wrong("the parameters look one step ahead (Nesterov's momentum): here they move by the new velocity")
def looks_one_step_ahead(params, grads, velocity, lr, momentum):
    _, ahead = sgd_momentum_step(params, grads, velocity, lr, momentum)
    return {name: params[name] + momentum * ahead[name] - lr * grads[name] for name in params}, ahead


@SGD_MOMENTUM_STEP.wrong("the parameters move with the old velocity: move with the new one")
def moves_with_the_old_velocity(params, grads, velocity, lr, momentum):
    _, new_velocity = sgd_momentum_step(params, grads, velocity, lr, momentum)
    return {name: params[name] + velocity[name] for name in params}, new_velocity


@SGD_MOMENTUM_STEP.wrong("the old velocity is returned: the next step needs the new one")
def returns_the_old_velocity(params, grads, velocity, lr, momentum):
    return sgd_momentum_step(params, grads, velocity, lr, momentum)[0], {k: v.copy() for k, v in velocity.items()}


@SGD_MOMENTUM_STEP.wrong("velocity and parameters are returned the other way round")
def returns_them_the_other_way_round(params, grads, velocity, lr, momentum):
    return sgd_momentum_step(params, grads, velocity, lr, momentum)[::-1]


@SGD_MOMENTUM_STEP.wrong("only the first parameter moves: `return` is inside the loop")
def returns_inside_the_loop(params, grads, velocity, lr, momentum):
    first = next(iter(params))
    return sgd_momentum_step({first: params[first]}, grads, velocity, lr, momentum)


@SGD_MOMENTUM_STEP.wrong("`+=` and `*=` write into the caller's own arrays: compute new ones", partial=True)
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


@SGD_MOMENTUM_STEP.wrong("the names of the net's four arrays are hard-coded: loop over those in params", partial=True)
def knows_the_nets_four_names_only(params, grads, velocity, lr, momentum):
    names = ("w_conv", "b_conv", "w_fc", "b_fc")
    return sgd_momentum_step({name: params[name] for name in names}, grads, velocity, lr, momentum)


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
