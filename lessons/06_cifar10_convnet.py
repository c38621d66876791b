# %% [markdown]
# # 06 · A ConvNet for CIFAR-10
# *Five lessons of parts, one net: you put it together, train it, and look inside.*
#
# When you are through, you will be able to
#
# - set up a ConvNet's parameters and compute its scores, its loss and all gradients with functions of your own;
# - train it by gradient descent with momentum, after two checks that save hours;
# - judge it on images that it has never seen;
# - find out what its filters answer to, and where it goes wrong.
#
# **Time:** about 130 minutes, in eleven sections, and two minutes in which your computer works. **Points:** 20.
# **Builds on:** lessons 01 to 05; their layers now come from `cs_utils.layers`.

# %% [markdown]
# All symbols, the lecture's and ours:
#
# | lecture | in the code | meaning |
# |---|---|---|
# | $N$ | `N`, `len(x)` | images in a batch |
# | $n_h \times n_w \times n_c$ | `(H, W, C)` | height, width, channels: here 32x32x3 |
# | $F$, $S$, $P$ | | extent, stride, padding: here 3, 1, 1 |
# | $K$ | `filters` | number of filters: here 12 |
# | | `classes` | number of classes: here 10 |
# | $\lambda$ | `weight_decay` | how much large weights cost |
# | $\eta$, $\mu$ | `lr`, `momentum` | learning rate, momentum |
#
# Images are `(N, H, W, C)`, channels last. PyTorch puts the channels second: `(N, C, H, W)`.

# %% given setup
import os
from pathlib import Path

import numpy as np

from cs_utils import figures, layers
from cs_utils.checks import check, passed
from cs_utils.datasets import channel_statistics, load_course_dataset, standardize
from cs_utils.files import load_arrays, save_arrays
from cs_utils.model import ConvNet
from cs_utils.training import fit, on_all_cores, one_cycle, scores_of_images

# %% [markdown]
# ## 1. The task, and the net on one page
# *8 minutes*
#
# CIFAR-10 has 60,000 photos of 32x32 pixels in ten classes. If there is no copy on this computer, the course draws a
# stand-in with the same shapes; everything in this lesson works with either. The first line below says which one you
# have.

# %%
dataset = load_course_dataset()
names = dataset.class_names
figures.contact_sheet(dataset.train_images[:20], [names[label] for label in dataset.train_labels[:20]])

# %% [markdown]
# A net likes numbers around 0, not bytes from 0 to 255. So each channel is **standardised**: divide by 255, subtract
# the channel's mean, divide by its standard deviation. Both come from the *training* images alone, because the test
# images stand for a future that we don't know yet.

# %%
mean, std = channel_statistics(dataset.train_images)
few = standardize(dataset.train_images[:50], mean, std)
few_labels = dataset.train_labels[:50]
few.shape, few.dtype

# %% [markdown]
# This is the lecture's net, in its notation `[INPUT - CONV - RELU - POOL - FC]`: a convolution with twelve 3x3 filters
# (padding 1 keeps 32x32), ReLU, 2x2 max pooling, and one fully connected layer to ten scores.

# %%
figures.volume_boxes(
    [(32, 32, 3), (32, 32, 12), (16, 16, 12), (1, 1, 10)],
    ["conv 3x3, 12\nand ReLU", "max pool 2x2", "fully\nconnected"],
)

# %% [markdown]
# How many numbers will it learn? Each filter has 3·3·3 weights and a bias. Each score has one weight for each of the
# 16·16·12 numbers below it, and a bias.

# %%
in_filters = (3 * 3 * 3 + 1) * 12
in_scores = (16 * 16 * 12 + 1) * 10
in_filters, in_scores, in_filters + in_scores

# %% [markdown]
# ## 2. How large should the first weights be?
# *15 minutes*
#
# All zeros won't do: all filters would get the same gradient and stay equal forever. So the weights start at random.
# But how large? A number in a map is a sum of products, one for each weight of the filter. How many there are is called
# the **fan-in**: $F \cdot F \cdot C$, here 27. Let us draw weights with three standard deviations, and look at that of
# the numbers in the maps.

# %%
rng = np.random.default_rng(0)
for spread in (0.01, np.sqrt(2 / 27), 1.0):
    w = rng.normal(0, spread, (3, 3, 3, 12))
    maps = layers.conv2d(few, w, np.zeros(12), pad=1)
    print(f"standard deviation of the weights {spread:.2f}, of the maps {maps.std():.2f}")

# %% [markdown]
# With 0.01 hardly anything of the image is left, and a second layer would shrink it again. With 1.0 the numbers grow
# from layer to layer. In between lies the rule of He (2015):
#
# $$\text{standard deviation of the filters' weights} = \sqrt{2 / \text{fan-in}}$$
#
# A sum of fan-in products has fan-in times the variance of one. A variance of 1/fan-in would make up for that; the 2
# makes up for ReLU, which sets half of the numbers to zero.
#
# By hand: for a 3x3 filter on 8 channels, the fan-in is 72, so the standard deviation is $\sqrt{2/72} = 1/6$.
#
# The *last* layer starts smaller, with 0.01: a net that knows nothing should hardly prefer any class.

# %% [markdown]
# **Exercise `init_parameters`** · 2 points · difficulty 2/5 · about 12 minutes
#
# Draw the four arrays of the net, normally distributed: `w_conv` by He's rule, `w_fc` with 0.01, both biases zero. What
# counts: shapes for any input, and zero biases (½); the spread of the weights (1); the same seed gives the same numbers
# (½). float32 makes training fast.
#
# <details><summary>Hint</summary>
#
# `rng = np.random.default_rng(seed)` and `rng.normal(0, spread, shape).astype(np.float32)`. Pooling halves height and
# width, so the last layer reads (H/2)·(W/2)·K numbers.
# </details>
#
# <details><summary>Common errors</summary>
#
# `fan_in = 3 * 3` forgets the depth. `2 / fan_in` is the variance, not the standard deviation. `rng.random` draws no
# negative numbers. `np.random.normal` does not know your `seed`.
# </details>


# %% answer init_parameters
def init_parameters(input_shape=(32, 32, 3), filters=12, classes=10, seed=0):
    """Draw the first parameters of the net.

    Parameters
    ----------
    input_shape : (int, int, int)
        Height, width and channels (H, W, C) of the images; H and W are even.
    filters, classes : int
        How many filters (K) and how many classes.
    seed : int
        All random numbers follow from it.

    Returns
    -------
    dict of str to ndarray
        w_conv (3, 3, C, K), b_conv (K,), w_fc (H/2 * W/2 * K, classes), b_fc (classes,); floats.
    """
    ### BEGIN SOLUTION
    height, width, depth = input_shape
    fan_in = 3 * 3 * depth
    flat = (height // 2) * (width // 2) * filters
    rng = np.random.default_rng(seed)
    return {
        "w_conv": rng.normal(0, np.sqrt(2 / fan_in), (3, 3, depth, filters)).astype(np.float32),
        "b_conv": np.zeros(filters, np.float32),
        "w_fc": rng.normal(0, 0.01, (flat, classes)).astype(np.float32),
        "b_fc": np.zeros(classes, np.float32),
    }
    ### END SOLUTION


# %%
params = init_parameters()
print({name: value.shape for name, value in params.items()})  # (3, 3, 3, 12), (12,), (3072, 10), (10,)?
print(sum(value.size for value in params.values()))  # the 31,066 from above?

# %%
again, other = init_parameters(seed=0), init_parameters(seed=1)
print(np.array_equal(params["w_conv"], again["w_conv"]))  # the same seed: the same numbers?
print(np.array_equal(params["w_conv"], other["w_conv"]))  # another seed: others?

# %% check init_parameters

# %% exam init_parameters

# %% [markdown]
# ## 3. Five steps forward
# *12 minutes*
#
# | step | function in `layers` | shape after it |
# |---|---|---|
# | the image | | `(N, H, W, C)` |
# | convolution, $F=3$, $P=1$ | `conv2d(x, w, b, stride=1, pad=0)` | `(N, H, W, K)` |
# | ReLU | `relu(x)` | `(N, H, W, K)` |
# | max pooling | `max_pool2d(x, size=2, stride=2)` | `(N, H/2, W/2, K)` |
# | stretch to rows | `x.reshape(N, -1)` | `(N, H/2·W/2·K)` |
# | fully connected | `linear(x, w, b)` | `(N, classes)` |
#
# By hand, for the 2x2 image with rows 1 2 and 3 4: a filter that is 1 in the middle and 0 elsewhere, with bias -2,
# makes the map -1 0 and 1 2. ReLU: 0 0 and 1 2. Pooling: 2. With weights 3 and -1, no bias, the scores are 6 and -2.

# %% [markdown]
# **Exercise `convnet_scores`** · 3 points · difficulty 2/5 · about 10 minutes
#
# Take the five steps. Everything that you need is in `layers`. What counts: square images (1); any size, depth and
# number of filters, and a batch of one (1); float32, and inputs left as they were (1).
#
# <details><summary>Hint</summary>
#
# Five lines, one per step. Give each result a name of its own (`maps`, `active`, `pooled`, `flat`): section 4 needs
# them.
# </details>
#
# <details><summary>Common errors</summary>
#
# Without `pad=1` the maps shrink to 30x30, and `linear` refuses the rows. Scores are not probabilities: no softmax
# here. A fixed `reshape(N, 3072)` fits one size of image only.
# </details>


# %% answer convnet_scores
def convnet_scores(params, x):
    """Compute the scores of a batch: convolution, ReLU, max pooling, fully connected.

    Parameters
    ----------
    params : dict of str to ndarray
        As `init_parameters` returns them.
    x : ndarray (N, H, W, C), float
        Standardised images.

    Returns
    -------
    ndarray (N, classes), float
        One row of scores per image; the place of the largest is the class.
    """
    ### BEGIN SOLUTION
    maps = layers.conv2d(x, params["w_conv"], params["b_conv"], stride=1, pad=1)
    active = layers.relu(maps)
    pooled = layers.max_pool2d(active, size=2, stride=2)
    flat = pooled.reshape(len(x), -1)
    return layers.linear(flat, params["w_fc"], params["b_fc"])
    ### END SOLUTION


# %%
scores = convnet_scores(params, few)
scores.shape  # a row of ten for each of 50 images?

# %% check convnet_scores

# %% exam convnet_scores

# %% [markdown]
# **The first check that saves hours.** Look at the loss before any training. Take a guess first (for fun: nothing waits
# for it, and it is worth no points):

# %%
figures.guess(
    "first loss",
    "The net has ten classes and has learned nothing. What is its mean cross-entropy?",
    {"a": "about 0.1", "b": "about 2.5", "c": "about 10, one per class"},
    mine=None,
)

# %%
loss, _ = layers.softmax_cross_entropy(scores, few_labels)
print(f"first loss {loss:.2f}, log 10 is {np.log(10):.2f}")

# %%
figures.answer("first loss", "b")

# %% [markdown]
# A net that gives each of ten classes the probability 1/10 has the loss $-\log(1/10) = \log 10$. Ours is a little above
# that: its scores are small but not equal, so it already bets on some class, and often on the wrong one. How far above
# depends on the seed, and on how large the last layer starts. Ten seeds each:

# %% varies
for factor, name in ((0.1, "0.001"), (1.0, "0.01"), (2.55, "He: 0.0255")):
    drawn = [init_parameters(seed=seed) for seed in range(10)]
    rows = [convnet_scores(first | {"w_fc": factor * first["w_fc"]}, few) for first in drawn]
    losses = [layers.softmax_cross_entropy(row, few_labels)[0] for row in rows]
    spread = np.mean([row.std() for row in rows])
    print(f"w_fc {name:10} scores spread by {spread:.2f}, first loss {min(losses):.2f} to {max(losses):.2f}")

# %% [markdown]
# So our first loss should lie between 2.3 and 2.9. A first loss of 20 would say that something is scaled wrongly.

# %% [markdown]
# ## 4. The way back
# *25 minutes*
#
# The loss is the mean cross-entropy of the batch, plus a price for large weights, called **weight decay**:
#
# $$L = \frac{1}{N}\sum_{n} -\log p_n(\text{label}_n) +
# \frac{\lambda}{2}\Big(\sum w_\text{conv}^2 + \sum w_\text{fc}^2\Big)$$
#
# Why a price? Small weights make a smooth function, which is right more often on new images. Biases are free: they
# only shift. The gradient of $\frac{\lambda}{2}w^2$ is $\lambda w$; that is what the ½ is for.
#
# `layers.softmax_cross_entropy(scores, labels)` returns the mean *and* its gradient for the scores, with $1/N$ in it.

# %% [markdown]
# From there the chain rule goes back through the five steps. Each backward function takes the gradient of what its
# layer gave, then what the layer was *given* on the way forward:
#
# | back through | function in `layers` | gives |
# |---|---|---|
# | fully connected | `linear_backward(dscores, flat, w)` | `dflat`, `dw`, `db` |
# | stretching | `dflat.reshape(pooled.shape)` | `dpooled` |
# | max pooling | `max_pool2d_backward(dpooled, active)` | `dactive` |
# | ReLU | `relu_backward(dactive, maps)` | `dmaps` |
# | convolution | `conv2d_backward(dmaps, x, w, pad=1)` | `dx`, `dw`, `db` |
#
# By hand: one image, two equal scores, label 0. The probabilities are ½ and ½, the loss is $\log 2$, and `dscores` is
# $(½ - 1,\; ½) = (-½,\; ½)$. That is also the gradient of `b_fc`.

# %% [markdown]
# **Exercise `convnet_loss`** · 5 points · difficulty 4/5 · about 20 minutes
#
# Forward once more, keeping what is needed; then back. What counts: the loss (¾); gradients of the fully connected
# layer (1), of the convolution (1½); weight decay in the gradients of the weights (1); scores of 1000 and -1000 (¼);
# float32, and inputs left as they were (½).
#
# <details><summary>Hint</summary>
#
# Nobody asks for the gradient of the images. `conv2d_filter_gradient(dmaps, x, w, pad=1)` returns `dw, db` alone, in
# half of the time.
# </details>
#
# <details><summary>Common errors</summary>
#
# ReLU's gradient taken at `pooled` or at `dactive`. A second division by N: it is in `dscores` already.
# `grads[name] += ...` is fine on a fresh array, `params[name] *= ...` changes the caller's. Biases don't decay.
# </details>


# %% answer convnet_loss
def convnet_loss(params, x, labels, weight_decay=0.0):
    """Compute the loss of a batch and its gradient by every parameter.

    Parameters
    ----------
    params : dict of str to ndarray
        As `init_parameters` returns them.
    x : ndarray (N, H, W, C), float
        Standardised images.
    labels : ndarray (N,), integer
        Their classes.
    weight_decay : float
        The price of large weights, lambda in the formula.

    Returns
    -------
    loss : float
        Mean cross-entropy + 0.5 * weight_decay * (sum of squares of w_conv and w_fc).
    grads : dict of str to ndarray
        The same names and shapes as in params.
    """
    ### BEGIN SOLUTION
    maps = layers.conv2d(x, params["w_conv"], params["b_conv"], stride=1, pad=1)
    active = layers.relu(maps)
    pooled = layers.max_pool2d(active, size=2, stride=2)
    flat = pooled.reshape(len(x), -1)
    scores = layers.linear(flat, params["w_fc"], params["b_fc"])
    loss, dscores = layers.softmax_cross_entropy(scores, labels)

    grads = {}
    dflat, grads["w_fc"], grads["b_fc"] = layers.linear_backward(dscores, flat, params["w_fc"])
    dactive = layers.max_pool2d_backward(dflat.reshape(pooled.shape), active)
    dmaps = layers.relu_backward(dactive, maps)
    grads["w_conv"], grads["b_conv"] = layers.conv2d_filter_gradient(dmaps, x, params["w_conv"], pad=1)

    for name in ("w_conv", "w_fc"):
        loss += 0.5 * weight_decay * float(np.sum(params[name] ** 2))
        grads[name] = grads[name] + weight_decay * params[name]
    return loss, grads
    ### END SOLUTION


# %%
loss, grads = convnet_loss(params, few, few_labels)
print(f"loss {loss:.2f}", {name: grad.shape for name, grad in grads.items()})

# %% check convnet_loss

# %% exam convnet_loss

# %% [markdown]
# Trust, but measure, as in lesson 05: push one weight of one filter a little up and a little down, and see how the loss
# changes. In float64, because the differences are small.

# %%
exact, x64 = {name: value.astype(np.float64) for name, value in params.items()}, few.astype(np.float64)
push = np.zeros_like(exact["w_conv"])
push[1, 1, 0, 3] = 1e-5
up, _ = convnet_loss(exact | {"w_conv": exact["w_conv"] + push}, x64, few_labels)
down, _ = convnet_loss(exact | {"w_conv": exact["w_conv"] - push}, x64, few_labels)
_, grads64 = convnet_loss(exact, x64, few_labels)
print(f"measured {(up - down) / 2e-5:.6f}, computed {grads64['w_conv'][1, 1, 0, 3]:.6f}")

# %% [markdown]
# One more look at ReLU. Its backward pass asks where the numbers that went in, `maps`, are above 0. Would `active`, the
# numbers that came out, do as well?

# %%
maps = layers.conv2d(few, params["w_conv"], params["b_conv"], pad=1)
active = layers.relu(maps)
np.array_equal(maps > 0, active > 0)

# %% [markdown]
# They are above 0 at the same places, so the gradient is the same, and a program may forget `maps` and save the memory.
# With most other activation functions this would not work.

# %% [markdown]
# ## 5. A ball that rolls downhill
# *12 minutes*
#
# Plain gradient descent takes $\eta$ times the gradient off each parameter. In a long narrow valley it bounces from
# wall to wall and hardly moves along. **Momentum** gives the parameters a velocity, like that of a heavy ball:
#
# $$v \leftarrow \mu\, v - \eta\, \frac{\partial L}{\partial w} \qquad\qquad w \leftarrow w + v$$
#
# Steps that agree add up; steps that go to and fro cancel. $\mu = 0$ is plain gradient descent.
#
# By hand, with $w = 1$, gradient 2, $v = 0.5$, $\eta = 0.125$, $\mu = 0.75$: the new velocity is
# $0.75 \cdot 0.5 - 0.125 \cdot 2 = 0.125$, and the new weight $1 + 0.125 = 1.125$.

# %% [markdown]
# **Exercise `sgd_momentum_step`** · 2 points · difficulty 2/5 · about 8 minutes
#
# One step for all parameters in the dictionary, whatever their names. Return two *new* dictionaries: the caller may
# still need the old ones. What counts: steps of the net (1); any names and shapes, nothing changed in place (1).
#
# <details><summary>Hint</summary>
#
# A loop over `params`, two lines in it; or two dictionary comprehensions.
# </details>
#
# <details><summary>Common errors</summary>
#
# `velocity[name] *= momentum` works on the caller's array. Plus instead of minus climbs uphill. The learning rate
# belongs in the velocity; PyTorch keeps it outside, so its velocity is another number.
# </details>


# %% answer sgd_momentum_step
def sgd_momentum_step(params, grads, velocity, lr, momentum):
    """Take one step of gradient descent with momentum.

    Parameters
    ----------
    params, grads, velocity : dict of str to ndarray
        Same names, same shapes.
    lr, momentum : float
        Learning rate, and the share of the old velocity that is kept.

    Returns
    -------
    params, velocity : dict of str to ndarray
        The new ones: velocity = momentum * velocity - lr * grad, then param = param + velocity.
    """
    ### BEGIN SOLUTION
    new_params, new_velocity = {}, {}
    for name in params:
        new_velocity[name] = momentum * velocity[name] - lr * grads[name]
        new_params[name] = params[name] + new_velocity[name]
    return new_params, new_velocity
    ### END SOLUTION


# %%
weight, gradient = {"w": np.array([1.0])}, {"w": np.array([2.0])}
velocity = {"w": np.array([0.5])}
sgd_momentum_step(weight, gradient, velocity, lr=0.125, momentum=0.75)  # 1.125 and 0.125?

# %% check sgd_momentum_step

# %% exam sgd_momentum_step

# %% [markdown]
# A valley to try it in: $\frac12(a^2 + 50\,b^2)$ is 50 times as steep across ($b$) as along ($a$). The steep walls
# allow no larger learning rate: above $2/50 = 0.04$ each bounce would be higher than the last. Forty steps with 0.035,
# seen from above:


# %%
def descend(momentum, steps=40):
    place, velocity, steepness = {"ab": np.array([8.0, 1.0])}, {"ab": np.zeros(2)}, np.array([1.0, 50.0])
    path = [place["ab"]]
    for _ in range(steps):
        place, velocity = sgd_momentum_step(place, {"ab": steepness * place["ab"]}, velocity, 0.035, momentum)
        path.append(place["ab"])
    return np.array(path)


paths = {"momentum 0": descend(0.0), "momentum 0.8": descend(0.8)}
figures.valley_paths(paths, steepness=(1.0, 50.0))

# %%
for name, path in paths.items():
    print(f"{name:12} ends at a = {path[-1, 0]:.2f}, b = {path[-1, 1]:.2f}")

# %% [markdown]
# Without momentum the steps along the valley get smaller and smaller, and a quarter of the way is still ahead. With it
# they add up: the ball even rolls past the lowest point, and comes back.

# %% [markdown]
# ## 6. How often is it right?
# *5 minutes*
#
# The class with the largest score is the answer. **Accuracy** is the share of images with the right answer, a number
# between 0 and 1.
#
# By hand: three images, scores (2, 1), (0, 3), (1, 5), labels 0, 0, 1. The answers are 0, 1, 1; two are right: 2/3.
#
# **Exercise `accuracy`** · 1 point · difficulty 1/5 · about 4 minutes
#
# What counts: the share of images with the right class, as a number from 0 to 1, inputs unchanged (1).
#
# <details><summary>Hint</summary>
#
# `scores.argmax(axis=1)` is the place of the largest score in each row.
# </details>
#
# <details><summary>Common errors</summary>
#
# `axis=0` compares the images with each other. A percentage is 100 times too large.
# </details>


# %% answer accuracy
def accuracy(scores, labels):
    """Return the share of images whose largest score is that of their label.

    Parameters
    ----------
    scores : ndarray (N, classes), float
    labels : ndarray (N,), integer

    Returns
    -------
    float
        From 0 to 1.
    """
    ### BEGIN SOLUTION
    return float(np.mean(scores.argmax(axis=1) == labels))
    ### END SOLUTION


# %%
three_rows = np.array([[2.0, 1.0], [0.0, 3.0], [1.0, 5.0]])
their_labels = np.array([0, 0, 1])
accuracy(three_rows, their_labels)  # 2/3?

# %% check accuracy

# %% exam accuracy

# %% [markdown]
# And the net, before it has learned anything? With ten classes, blind guessing is right one time in
# ten.

# %%
accuracy(convnet_scores(params, few), few_labels)

# %% [markdown]
# ## 7. Fifty images by heart
# *10 minutes*
#
# **The second check that saves hours.** Before you train on tens of thousands of images, train on fifty. A net with
# 31,066 parameters must be able to learn them by heart: the loss falls to almost nothing. If it can't, something is
# wrong, most likely a gradient, and no amount of data would help.
#
# The loop is the one that trains every net, large or small:
#
# 1. compute loss and gradients of the batch, by `convnet_loss`;
# 2. write the loss down;
# 3. take a step, by `sgd_momentum_step`, with a velocity that begins at zero.

# %% [markdown]
# **Exercise `overfit_small_batch`** · 2 points · difficulty 2/5 · about 10 minutes
#
# Start from `init_parameters(seed=seed)` and take `steps` steps, each on all images. Return the last parameters, and
# the losses, one from *before* each step. What counts: it learns a few images (1); losses and parameters from the right
# moment (¾); the seed decides where it begins (¼). It uses your functions from above.
#
# <details><summary>Hint</summary>
#
# `velocity = {name: np.zeros_like(value) for name, value in params.items()}`, once, before the loop.
# </details>
#
# <details><summary>Common errors</summary>
#
# A velocity that is zeroed *inside* the loop is no momentum. A step whose result is not kept moves nothing. The images
# are standardised already: no second division by 255. Without `seed=seed`, all trainings begin with the same numbers.
# </details>


# %% answer overfit_small_batch
def overfit_small_batch(images, labels, steps=200, lr=0.01, momentum=0.9, seed=0):
    """Train on a few images until the net knows them by heart.

    Parameters
    ----------
    images : ndarray (N, 32, 32, 3), float
        Standardised images, all of which make up every batch.
    labels : ndarray (N,), integer
    steps : int
    lr, momentum : float
    seed : int
        Of the first parameters.

    Returns
    -------
    params : dict of str to ndarray
        The parameters after the last step.
    losses : list of float
        The loss before each step; `steps` numbers.
    """
    ### BEGIN SOLUTION
    params = init_parameters(images.shape[1:], seed=seed)
    velocity = {name: np.zeros_like(value) for name, value in params.items()}
    losses = []
    for _ in range(steps):
        loss, grads = convnet_loss(params, images, labels)
        losses.append(loss)
        params, velocity = sgd_momentum_step(params, grads, velocity, lr, momentum)
    return params, losses
    ### END SOLUTION


# %% varies long
by_heart, losses = overfit_small_batch(few, few_labels)
right = accuracy(convnet_scores(by_heart, few), few_labels)
print(f"loss from {losses[0]:.2f} to {losses[-1]:.3f}, accuracy {right:.2f}")

# %% check overfit_small_batch

# %% exam overfit_small_batch

# %% [markdown]
# One run could be luck. So here are three seeds each, with and without momentum, at a tenth of the learning rate; the
# grey band reaches from the lowest to the highest of the three:


# %% varies long
def three_runs(momentum):
    return [overfit_small_batch(few, few_labels, 60, 0.001, momentum, seed)[1] for seed in range(3)]


figures.loss_curves({"momentum 0.9": three_runs(0.9), "momentum 0": three_runs(0.0)}, guess=np.log(10))

# %% [markdown]
# With momentum the loss falls much further in the same 60 steps. Now back to the net that took 200 steps: all fifty are
# right. And on images that it has never seen?

# %%
figures.guess(
    "by heart",
    "The net knows fifty images by heart. Of 1,000 others, how many does it name correctly?",
    {"a": "nearly all", "b": "about half", "c": "fewer than 300"},
    mine=None,
)

# %% varies long
unseen = standardize(dataset.train_images[2000:3000], mean, std)
right = accuracy(convnet_scores(by_heart, unseen), dataset.train_labels[2000:3000])
print(f"accuracy on 1,000 other images: {right:.2f}")

# %%
figures.answer("by heart", "c")

# %% [markdown]
# By heart is not understood. The fifty were a check of the program, not yet learning. For that it takes many images.

# %% [markdown]
# ## 8. All the images
# *18 minutes, and up to two for the computer*
#
# With tens of thousands of images, a step on all of them would take too long. So each step takes a **batch**, here 64
# images, and once all images have had their turn, in a random order, an **epoch** is over.
#
# **Your training loop** · worth no points, but it is the heart of the lesson. Fill in three lines: standardise the
# images of the batch (`standardize(images, mean, std)`), get loss and gradients, take a step.


# %% task one_epoch
def one_epoch(params, velocity, images, labels, lr, momentum=0.9, batch=64, seed=0):
    """Go once through all images in a random order, with a step for each batch.

    Images are (N, 32, 32, 3), uint8. Returns the parameters and the velocity after the last step.
    """
    order = np.random.default_rng(seed).permutation(len(images))
    for start in range(0, len(images), batch):
        chosen = order[start : start + batch]
        ### BEGIN SOLUTION
        x = standardize(images[chosen], mean, std)
        _, grads = convnet_loss(params, x, labels[chosen])
        params, velocity = sgd_momentum_step(params, grads, velocity, lr, momentum)
        ### END SOLUTION
    return params, velocity


# %% varies long
taught = init_parameters()
rolling = {name: np.zeros_like(value) for name, value in taught.items()}
for epoch in range(3):
    taught, rolling = one_epoch(
        taught, rolling, dataset.train_images[:2000], dataset.train_labels[:2000], 0.005, seed=epoch
    )
    right = accuracy(convnet_scores(taught, unseen), dataset.train_labels[2000:3000])
    print(f"epoch {epoch + 1} over 2,000 images: {right:.2f} of 1,000 others are right")

# %% [markdown]
# ### A hunt
#
# For fun, and worth no points. The next function draws a random batch and mirrors half of its images. It passes both
# checks that save hours: the first loss is near log 10, and the net learns its batch by heart. And yet the net gets no
# better on other images. What is wrong? A figure that you know from section 1 shows it.


# %% given hunted
def hunted_batch(images, labels, size, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.permutation(images)[:size]
    mirrored = rng.random(size) < 0.5
    x[mirrored] = x[mirrored, :, ::-1]
    return x, rng.permutation(labels)[:size]


# %% varies long
hunted = hunted_batch(dataset.train_images[:200], dataset.train_labels[:200], 200)
for name, (x, y) in {
    "the 200 images": (dataset.train_images[:200], dataset.train_labels[:200]),
    "hunted": hunted,
}.items():
    trained, losses = overfit_small_batch(standardize(x, mean, std), y, steps=60)
    right = accuracy(convnet_scores(trained, unseen), dataset.train_labels[2000:3000])
    print(f"{name:15} loss from {losses[0]:.2f} to {losses[-1]:.2f}, accuracy on 1,000 others {right:.2f}")

# %% [markdown]
# <details><summary>Found it? The answer</summary>
#
# `x, y = hunted`, then `figures.contact_sheet(x[:20], [names[label] for label in y[:20]])`: the names don't fit the
# images. Each of the two calls of `permutation` draws an order of its own. Draw one with
# `order = rng.permutation(len(images))`, and take `images[order]` and `labels[order]`.
#
# A net learns wrong labels by heart just as well as right ones. Only images that it has not seen tell the difference,
# and before that, looking at a batch with your own eyes.
# </details>

# %% [markdown]
# ### All of them
#
# `fit` from `cs_utils.training` has the loop of your `one_epoch`, with some comfort around it: it mirrors images,
# changes the learning rate on the way, holds some images out to tell how it goes, and keeps to a time limit. It trains
# anything that has `parameters`, `scores` and `loss`, so here are your functions in that form. (`on_all_cores` cuts a
# batch into pieces, gives each core of your computer some, and averages what your `convnet_loss` returns.)


# %% given student_net
class YourNet:
    """Your functions as a model for `fit`."""

    def __init__(self, parameters):
        self.parameters = {name: value.astype(np.float32) for name, value in parameters.items()}

    def scores(self, x):
        return convnet_scores(self.parameters, x)

    def loss(self, x, labels, weight_decay=0.0):
        return on_all_cores(convnet_loss, self.parameters, x, labels, weight_decay)


# %% given student_sgd
class YourSGD:
    """`sgd_momentum_step` as an optimizer for `fit`: it keeps the velocity between steps."""

    def __init__(self, momentum=0.9):
        self.momentum, self.state = momentum, {}

    def step(self, parameters, grads, lr):
        velocity = self.state or {name: np.zeros_like(value) for name, value in parameters.items()}
        parameters, self.state = sgd_momentum_step(parameters, grads, velocity, lr, self.momentum)
        return parameters


# %% [markdown]
# The recipe: eight epochs, in batches of 64. Half of the images are mirrored left to right, because a mirrored cat is
# still a cat, and costs nothing. The learning rate first rises, then falls to zero (`one_cycle`). These numbers were
# chosen on images held out from the *training* set; the test images play no part in any choice.

# %% given recipe
recipe = {"epochs": 8, "batch_size": 64, "schedule": one_cycle, "lr": 0.01, "weight_decay": 0.001, "flip": True}

# %% [markdown]
# **The trained net** · 3 points · handed in as a file
#
# The next cell trains your net and saves it as `convnet.npz` beside this notebook. Hand in both. If the file is there,
# the cell loads it; to train anew, delete the file and run the cell again. While a notebook is graded, nothing is
# trained.

# %% varies
net, net_file = YourNet(init_parameters()), Path("convnet.npz")
history = {"loss": [], "train_accuracy": [], "validation_accuracy": []}
being_graded = "NBGRADER_EXECUTION" in os.environ
if net_file.exists():
    loaded, info = load_arrays(net_file)
    if loaded.keys() != net.parameters.keys() or not {"dataset", "history"} <= info.keys():
        raise ValueError(f"{net_file} was not saved by this cell: delete it, then run the cell again to train your net")
    net.parameters, history = loaded, info["history"]
    print(f"Loaded {net_file}, trained on {info['dataset']}. To train anew, delete it and run this cell again.")
elif being_graded:
    print("There is no convnet.npz, and nothing is trained while a notebook is graded: this net is untrained.")
else:
    history = fit(net, dataset, optimizer=YourSGD(), seconds=105, **recipe).lists()
    save_arrays(net_file, net.parameters, {"dataset": dataset.name, "history": history})
    print(f"Saved as {net_file}: hand it in with this notebook.")

# %% [markdown]
# ## 9. Did it learn?
# *5 minutes*
#
# Now, for the first time, the test images, which were kept aside until here. They are standardised with the *training*
# images' mean and standard deviation.

# %% varies
scores = scores_of_images(net, dataset.test_images, mean, std)
print(f"test accuracy on {dataset.name}: {accuracy(scores, dataset.test_labels):.1%}")

# %% [markdown]
# The points follow this accuracy. On CIFAR-10 each of 45 %, 52 % and 58 % is worth one point; on shapes10, which is
# another task, each of 45 %, 60 % and 75 %.

# %% exam trained_net

# %% given no_file_for_everyone
if Path.cwd().parent.name == "solutions":  # the instructor's folder: nbgrader would hand this file out to everyone
    net_file.unlink(missing_ok=True)

# %% [markdown]
# Was it the convolution that did it, or just the number of parameters? A fully connected net of nearly the same size,
# with ten neurons in between, gets the same recipe.

# %%
figures.guess(
    "structure",
    "Same images, nearly the same number of parameters, same recipe. How does the fully connected net do?",
    {
        "a": "better: it looks at the whole image",
        "b": "about as well",
        "c": "worse, by more than ten points of a hundred",
    },
    mine=None,
)

# %% varies
fc_net = ConvNet("fc10-relu-fc")
histories = {"your ConvNet": history}
if not being_graded:
    histories["fully connected"] = fit(fc_net, dataset, seconds=25, **recipe).lists()
fc_scores = scores_of_images(fc_net, dataset.test_images, mean, std)
for name, model, found in [("your ConvNet", net, scores), ("fully connected", fc_net, fc_scores)]:
    size = sum(value.size for value in model.parameters.values())
    print(f"{name:15} {size:,} parameters, test accuracy {accuracy(found, dataset.test_labels):.1%}")

# %% varies
figures.training_curves(histories)

# %% [markdown]
# Same images, nearly the same number of parameters, same training. The difference is the *structure*: windows, shared
# weights, and maps that keep the image's rows and columns.

# %%
figures.answer("structure", "c")

# %% [markdown]
# ## 10. What the filters answer to
# *8 minutes*
#
# The twelve filters as small images, before and after training. Middle grey is zero.

# %% varies shown
before, after = init_parameters()["w_conv"], net.parameters["w_conv"]
figures.filters({"before": before, "after": after})

# %% [markdown]
# Not easy to tell apart. How far did they turn? The **cosine** of two filters is 1 if they point in the same direction,
# and 0 if they have nothing in common:

# %% varies
old, new = before.reshape(27, 12), after.reshape(27, 12)
cosines = (old * new).sum(axis=0) / np.linalg.norm(old, axis=0) / np.linalg.norm(new, axis=0)
print(f"cosine of a filter before and after training: {cosines.min():.2f} to {cosines.max():.2f}")

# %% [markdown]
# They have turned, but none has become another filter: two filters drawn at random have a cosine near 0. Twelve random
# filters already see edges and colours of some kind; training adjusts them, and teaches the last layer what to make of
# them.
#
# So don't read the colours of nine pixels. Ask the images: to which places does a filter give its largest answers?
# Beside each filter are six of them, from 300 test images, each with some pixels around. What do the six have in
# common?

# %% varies shown
some = dataset.test_images[:300]
answers = layers.conv2d(standardize(some, mean, std), after, net.parameters["b_conv"], pad=1)
figures.strongest_windows(some, answers, after)

# %% [markdown]
# And what the filters make of one image: the maps after ReLU. White is a strong answer, black is none.

# %% varies shown
image = dataset.test_images[3]
maps = layers.conv2d(standardize(image[None], mean, std), after, net.parameters["b_conv"], pad=1)
figures.maps_of_image(image, layers.relu(maps)[0])

# %% [markdown]
# That was one image. Your net can look at any, and it fits into one file: the next cell writes `my_net.html` beside
# this notebook, with all filters, all weights, and code that computes your `convnet_scores` in a browser, without
# Python and without a network. Open it and draw something, paint over a filter, try to fool it. Then send it to a
# friend: it works on a phone, too.

# %% varies
figures.play(net, dataset)

# %% [markdown]
# ## 11. What it gets wrong
# *12 minutes*
#
# Each image is counted in the row of what it shows and the column of what the net takes it for. On the diagonal, which
# is outlined, the net is right. Everywhere else: the darker, the more often it made this mistake. Which squares are
# darkest?

# %% varies shown
predicted = scores.argmax(axis=1)
figures.confusion_matrix(dataset.test_labels, predicted, names)

# %% [markdown]
# Ten of its mistakes, with what the net says and what it should have said:

# %% varies shown
wrong = np.flatnonzero(predicted != dataset.test_labels)[:10]
figures.contact_sheet(
    dataset.test_images[wrong],
    [f"{names[predicted[i]]}?\nno, {names[dataset.test_labels[i]]}" for i in wrong],
    columns=5,
)

# %% [markdown]
# **Exercise `what_it_learned`** · 2 points · difficulty 2/5 · about 10 minutes · read by a person
#
# Look at your figures in sections 10 and 11. In six to eight sentences:
#
# 1. Pick two filters. What does each answer to? Say what in its strongest places *and* in its map tells you so.
# 2. Which two classes does your net confuse most, and what could be the reason? Refer to one of the mistakes.
# 3. Propose one change to net or training that should help with just that, and say why.

# %% written what_it_learned [markdown]
# *An example, from a net that was trained on shapes10. Any answer counts that fits the student's own figures.*
#
# **Filters.** The places to which filter 8 answers most strongly are light above and dark below: it answers to edges
# with the light side at the top. In its map only those sides of the light frame are white below which the dark ground
# begins; all other sides are black. The places of filter 10 are dark and even, without an edge. Its map is grey
# wherever the ground is dark, and black on the light frame.
#
# **Mistakes.** The net takes crescents for discs most often. Both have a long round outline, and a window of 3x3 pixels
# sees no difference between them: only the hollow side tells them apart, and it can point anywhere. One of the
# crescents among the mistakes has a wide round back, as a disc has.
#
# **A change.** A second convolution on top of the first: its neurons see a larger window and can combine two edges into
# a point or a hollow, which is just what distinguishes the two.
#
# === BEGIN MARK SCHEME ===
#
# - ½ point: a filter, what it answers to, with evidence in its strongest places *and* in its map.
# - ½ point: a second one of another kind (edge, colour, direction), with evidence.
# - ½ point: the pair of classes that the table shows, and a reason that refers to the images.
# - ½ point: a change that follows from the reason (more layers, more filters, shifted images, ...), and why. "Train
#   longer" alone: 0.
#
# === END MARK SCHEME ===

# %% [markdown]
# ## What you have built
#
# - a ConvNet's parameters, scores, loss and gradients: `init_parameters`, `convnet_scores`, `convnet_loss`;
# - the optimiser and the loop that train it: `sgd_momentum_step`, `one_epoch`;
# - two checks that save hours: the first loss near log 10, fifty images by heart with `overfit_small_batch`;
# - `accuracy`, and a net that knows ten classes, trained by your own functions with NumPy alone.

# %%
figures.count_guesses()

# %% [markdown]
# And the lecture's net as it stands: what you have built in this copy of the course is *yours*, the rest is grey.

# %%
figures.growing_net(passed())

# %% [markdown]
# ## Ask yourself
#
# <details><summary>The first loss of a net with 100 classes: what should it be near?</summary>
#
# log 100, about 4.6: each class has a probability of about 1/100.
# </details>
#
# <details><summary>On fifty images the loss goes no lower than 0.7. Where do you look?</summary>
#
# At the gradients, one array of parameters after the other, by numerical gradients; then at the learning rate.
# </details>
#
# <details><summary>Why may the test images not choose the learning rate?</summary>
#
# Then they would have had a part in training, and their accuracy would promise too much for new images.
# </details>

# %% [markdown]
# <details><summary>The loss falls to almost 0, the accuracy on other images stays at 1/10. Where do you look?</summary>
#
# At a batch, with its labels beside the images.
# </details>
#
# <details><summary>99 of 100 parameters belong to one layer. Which, and what follows?</summary>
#
# The fully connected one: 30,730 of 31,066. Deeper ConvNets pool more often before it, or do without it.
# </details>

# %% [markdown]
# ## Where next
#
# One convolution sees windows of 3x3 pixels. Eyes and wheels are larger. **Lesson 07** stacks convolutions, makes deep
# stacks trainable with batch norm and residual blocks, and reads the pattern behind the famous nets.
