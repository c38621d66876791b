# %% [markdown]
# # 07 · Deeper networks
# *From one convolution to forty: what depth costs, what it breaks, and the two ideas that mend it.*
#
# When you are through, you will be able to
#
# - replace large filters by stacks of small ones, and fully connected layers by filters or by means;
# - make a deep net trainable by batch norm and by residual blocks, forward and backward;
# - say what depth breaks, and what it doesn't, because you have measured it;
# - build and train a small ResNet of your own.
#
# **Time:** about 125 minutes in thirteen sections, and 22 for an extra. **Points:** 16.
# **Builds on:** all lessons before, lesson 05 above all: the way back.

# %% [markdown]
# All symbols, the lecture's and ours:
#
# | lecture | in the code | meaning |
# |---|---|---|
# | $N$, $M$, $K$ of the pattern | the number after `*` | how often a group of layers comes |
# | $F$, $S$, $P$ | `size`; 1; 1 | extent, stride, padding of filters |
# | $K$ filters | `channels` | maps that a layer makes |
# | $N$ images | `N`, `len(x)` | images in a batch |
# | $n_h \times n_w \times n_c$ | `(H, W, C)` | height, width, channels |
# | $\gamma$, $\beta$, $\varepsilon$ | `gamma`, `beta`, `eps` | batch norm's scale, offset, a small constant |
# | $dX$, $dY$ | `dx`, `dy` | gradients by input and output |
#
# Mind the letter N: the lecture uses it for images *and* for a repetition. Images are `(N, H, W, C)`, channels last.

# %% given setup
import os
import re
from dataclasses import replace

import numpy as np

from cs_utils import datasets, figures, gradient_check, layers
from cs_utils.checks import check, passed
from cs_utils.layers import conv2d, conv2d_backward, relu, relu_backward
from cs_utils.model import ConvNet
from cs_utils.training import accuracy, fit, one_cycle, scores_of_images

# %% [markdown]
# ## 1. One pattern, many nets
# *6 minutes*
#
# For years nearly all ConvNets were built alike. The lecture writes their pattern like this:
#
# $$[(\text{CONV-RELU}) \cdot N \text{ - POOL?}] \cdot M \text{ - } (\text{FC-RELU}) \cdot K \text{ - SOFTMAX}$$
#
# Some convolutions with ReLU, then *perhaps* a pooling (that is what the question mark says), all of this several
# times; then some fully connected layers; then softmax.
#
# - $N$ is up to about 5, $M$ is large, and $0 \le K \le 2$;
# - the pattern leaves one thing out: a last FC, without ReLU, from the numbers to the classes.
#
# Lesson 06's net has N = M = 1 and K = 0:

# %%
figures.layer_chain(["conv12", "relu", "pool", "fc"])

# %% [markdown]
# The course's `ConvNet` reads such a pattern as text: layers joined by `-`, groups in round brackets, and `*2` to
# repeat a group. Its filters are 3x3 with padding 1, its pools 2x2, if you don't ask for others:

# %%
ConvNet("((conv8-relu)*2-pool)*2-fc").summary()

# %% [markdown]
# Type a pattern of your own, and all numbers follow. Which layer holds most of the parameters? Put in one more pool,
# and see what becomes of that.

# %%
figures.live_pattern(ConvNet("((conv8-relu)*2-pool)*2-fc"))

# %% [markdown]
# Now a famous net: VGG-16, by Simonyan and Zisserman (2014), for photographs of 224x224 pixels and 1,000 classes. It
# follows the pattern, with one liberty: its $N$ is not one number but 2, 2, 3, 3, 3, one per group. $M$ is 5, $K$ is 2,
# and each POOL? is a pool.


# %%
def group(filters, times):
    return [f"conv{filters}", "relu"] * times + ["pool"]


vgg = group(64, 2) + group(128, 2) + group(256, 3) + group(512, 3) + group(512, 3)
vgg += ["fc4096", "relu"] * 2 + ["fc1000"]
figures.layer_chain(vgg)

# %% [markdown]
# What does it cost? A walk along the list tells:


# %%
def count_parameters(items, height, width, depth):
    found = {"conv": 0, "fc": 0}
    for item in items:
        if item.startswith("conv"):
            filters = int(item[4:])
            found["conv"] += (3 * 3 * depth + 1) * filters
            depth = filters
        elif item == "pool":
            height, width = height // 2, width // 2
        elif item.startswith("fc"):
            neurons = int(item[2:])
            found["fc"] += (height * width * depth + 1) * neurons
            height, width, depth = 1, 1, neurons
    return found


vgg_cost = count_parameters(vgg, 224, 224, 3)
print({kind: f"{count:,}" for kind, count in vgg_cost.items()}, f"{sum(vgg_cost.values()):,} in all")
print(f"{vgg_cost['fc'] / sum(vgg_cost.values()):.0%} of them in the three fully connected layers")

# %% [markdown]
# Thirteen convolutions take about a tenth; three fully connected layers take the rest. That number explains both
# **trends** of the years that followed: *smaller filters and deeper nets*, and *getting rid of POOL and FC*. Sections 2
# to 5 make nets lean. From section 6 on they get deep, and that turns out to be the harder part.

# %% [markdown]
# ## 2. Smaller filters, deeper
# *10 minutes*
#
# How large should a filter be? From lesson 03 you know what a value after *three* layers of 3x3 filters sees: 7x7
# pixels.

# %%
figures.receptive_fields([(3, 1)] * 3)

# %% [markdown]
# As much as a single 7x7 filter sees. Which of the two is cheaper?

# %%
figures.guess(
    "three_small",
    "64 channels in and out of each layer. Three layers of 3x3 filters, or one layer of 7x7: which has more weights?",
    {"a": "three small ones: they are three", "b": "both have the same", "c": "the large one, nearly twice as many"},
    mine=None,
)

# %% [markdown]
# Take C channels in and out of each layer, filters F x F, stride 1, L layers, and leave the biases out:
#
# $$\text{parameters} = L \cdot F^2 \cdot C^2 \qquad\qquad \text{receptive field} = 1 + L\,(F - 1)$$
#
# A layer has C filters, each of depth C. The first pixel is seen for nothing; each layer adds F - 1.
#
# By hand, with C = 2: one 5x5 layer has 25 · 4 = 100 weights and sees 5 pixels. Two 3x3 layers have 2 · 9 · 4 = 72 and
# see 5 pixels, too.

# %% [markdown]
# **Exercise `stack_cost`** · 1 point · difficulty 1/5 · about 4 minutes
#
# What counts: both numbers, for any channels, size and depth (1).
#
# <details><summary>Hint</summary>
#
# Two formulas, one line each.
# </details>
#
# <details><summary>Common errors</summary>
#
# C once instead of twice. A receptive field of L · F: neighbouring windows overlap.
# </details>


# %% answer stack_cost
def stack_cost(channels, size, depth):
    """Return what a stack of equal convolution layers costs, and what it sees.

    Parameters
    ----------
    channels : int
        Maps in and out of each layer, C.
    size : int
        Extent F of the filters, in pixels; the stride is 1.
    depth : int
        Number of layers, L.

    Returns
    -------
    parameters : int
        Weights in all, without biases.
    receptive_field : int
        Side of what one value after the stack sees, in pixels.
    """
    ### BEGIN SOLUTION
    return depth * size**2 * channels**2, 1 + depth * (size - 1)
    ### END SOLUTION


# %%
stack_cost(2, 5, 1), stack_cost(2, 3, 2)  # (100, 5) and (72, 5)?

# %% check stack_cost

# %% exam stack_cost

# %% [markdown]
# The lecture's comparison, with 64 channels:

# %%
for size, depth in ((7, 1), (3, 3)):
    parameters, field = stack_cost(64, size, depth)
    print(f"{depth} x {size}x{size}: {parameters:,} weights, sees {field}x{field}, {depth} ReLU")
figures.answer("three_small", right="c")

# %% [markdown]
# The same view for little more than half of the weights, and three ReLUs instead of one: three chances to bend the
# function. The course's `ConvNet` counts along. (In its language `F7` after the number of filters is their extent.
# `gap` comes in section 4.)

# %%
for pattern in ("conv16-relu-conv16F7-relu-gap-fc", "conv16-relu-(conv16-relu)*3-gap-fc"):
    print(ConvNet(pattern).summary())
    print()

# %% [markdown]
# Before `gap` both see 9x9 pixels; parameters and multiply-adds fall alike. Why not go on, to filters of 1x1? They see
# nothing new, however many there are:

# %%
stack_cost(64, 1, 10)

# %% [markdown]
# ## 3. Do we need fully connected layers?
# *13 minutes*
#
# A fully connected neuron multiplies *each* number of a volume by a weight and adds up. A filter as large as the whole
# volume does the same: there is one place to put it, and its answer is one number. So a fully connected layer with M
# neurons *is* a convolution layer with M filters of H x W x C:
#
# $$f_m = \sum_{i,j,c} X_{ijc}\, W_{(iW + j)C + c,\; m}$$
#
# The row number $(iW + j)C + c$ is just the place of pixel (i, j), channel c, in the stretched volume: channels run
# fastest, then columns, then rows.

# %% [markdown]
# By hand: H = 2, W = 2, C = 1 and two neurons. The four rows of weights, 1 5, 2 6, 3 7, 4 8, become two filters:

# %%
w_small = np.array([[1.0, 5], [2, 6], [3, 7], [4, 8]])
neuron_0, neuron_1 = np.array([[1.0, 2], [3, 4]]), np.array([[5.0, 6], [7, 8]])
figures.number_grids({"w": w_small, "filter 0": neuron_0, "filter 1": neuron_1})

# %% [markdown]
# **Exercise `fc_as_conv`** · 2 points · difficulty 2/5 · about 6 minutes
#
# What counts: square volumes (1); any height, width and depth (½); inputs unchanged (½).
#
# <details><summary>Hint</summary>
#
# NumPy stretches arrays in the same order: the last axis runs fastest. One `reshape` goes the way back.
# </details>
#
# <details><summary>Common errors</summary>
#
# A transposed `w`. A -1 in `reshape` lets NumPy guess the number of filters, even where the volume doesn't fit.
# `w.shape = ...` changes the caller's array.
# </details>


# %% answer fc_as_conv
def fc_as_conv(w, shape):
    """Return the filters that do what a fully connected layer does.

    Parameters
    ----------
    w : ndarray (H * W * C, M), float
        Weights of M neurons, a column each.
    shape : (int, int, int)
        (H, W, C): the volume that the layer is given.

    Returns
    -------
    ndarray (H, W, C, M), float
        M filters, each as large as the volume.
    """
    ### BEGIN SOLUTION
    height, width, depth = shape
    return w.reshape(height, width, depth, w.shape[1])
    ### END SOLUTION


# %%
filters = fc_as_conv(w_small, (2, 2, 1))
print(filters.shape)  # two filters of 2x2x1?
filters[:, :, 0, 1]  # filter 1 from above?

# %% check fc_as_conv

# %% exam fc_as_conv

# %% [markdown]
# Does it give the same scores? The last layer of lesson 06, on a random volume:

# %%
rng = np.random.default_rng(0)
volume, w, b = rng.normal(size=(1, 16, 16, 12)), rng.normal(size=(3072, 10)), rng.normal(size=10)
as_fc = layers.linear(volume.reshape(1, -1), w, b)
as_conv = conv2d(volume, fc_as_conv(w, (16, 16, 12)), b)
as_fc.shape, as_conv.shape, bool(np.allclose(as_fc, as_conv[:, 0, 0]))

# %% [markdown]
# What is it good for? `linear` takes 16x16 and nothing else. A filter slides over *any* larger volume and gives ten
# scores for each place, as if we had cut out each window and asked the net about it, only much faster:

# %%
larger = rng.normal(size=(1, 24, 20, 12))
score_maps = conv2d(larger, fc_as_conv(w, (16, 16, 12)), b)
window = larger[:, 3:19, 2:18].reshape(1, -1)
score_maps.shape, bool(np.allclose(score_maps[:, 3, 2], layers.linear(window, w, b)))

# %% [markdown]
# So "fully connected" is a convolution that looks at everything at once. It costs as many weights as before, though.

# %% [markdown]
# ## 4. One number per map
# *10 minutes*
#
# To get rid of the weights, too, ask less: not *where* a map answers, only *how much*. **Global average pooling** (Lin
# and others, 2013) keeps the mean of each map:
#
# $$Y_{nc} = \frac{1}{HW} \sum_{i=0}^{H-1} \sum_{j=0}^{W-1} X_{nijc}$$
#
# From (N, H, W, C) to (N, C), whatever H and W. It is lesson 04's average pooling, with one window as large as the map.
#
# By hand: a map with rows 1 2 and 3 6 becomes 12/4 = 3. Push any pixel by 1, and the mean grows by ¼. So the way back
# shares dY equally:
#
# $$dX_{nijc} = \frac{1}{HW}\, dY_{nc}$$

# %% [markdown]
# **Exercise `global_average_pool`** · 1 point · difficulty 1/5 · about 3 minutes
#
# What counts: any number of images, any size and depth, input unchanged (1).
#
# <details><summary>Hint</summary>
#
# A mean over two axes at once.
# </details>
#
# <details><summary>Common errors</summary>
#
# The wrong axes: pixels lie in axes 1 and 2. `keepdims` leaves two axes of length 1.
# </details>


# %% answer global_average_pool
def global_average_pool(x):
    """Keep the mean of each map.

    Parameters
    ----------
    x : ndarray (N, H, W, C), float

    Returns
    -------
    ndarray (N, C), float
    """
    ### BEGIN SOLUTION
    return x.mean(axis=(1, 2))
    ### END SOLUTION


# %%
x = np.array([[1.0, 2], [3, 6]])
x = x[None, :, :, None]  # one image, one channel
global_average_pool(x)  # 3, in an array of shape (1, 1)?

# %% check global_average_pool

# %% exam global_average_pool

# %% [markdown]
# **Exercise `global_average_pool_backward`** · 1 point · difficulty 1/5 · about 4 minutes
#
# What counts: any number of images, any size and depth, inputs unchanged (1). The pixels of x don't matter, so its
# shape is all that you get.
#
# <details><summary>Hint</summary>
#
# `dy[:, None, None]` has the shape (N, 1, 1, C). Adding it to zeros of the shape of x repeats it over all pixels.
# </details>
#
# <details><summary>Common errors</summary>
#
# All of dY for each pixel. Divided by H instead of H · W. `dy /= ...` changes the caller's gradient.
# </details>


# %% answer global_average_pool_backward
def global_average_pool_backward(dy, x_shape):
    """Share the gradient of each mean among the pixels of its map.

    Parameters
    ----------
    dy : ndarray (N, C), float
        The upstream gradient.
    x_shape : (int, int, int, int)
        (N, H, W, C): shape of what went into `global_average_pool`.

    Returns
    -------
    ndarray (N, H, W, C), float
        dx
    """
    ### BEGIN SOLUTION
    _, height, width, _ = x_shape
    return np.zeros(x_shape) + dy[:, None, None] / (height * width)
    ### END SOLUTION


# %%
dy = np.array([[8.0]])
dx = global_average_pool_backward(dy, (1, 2, 2, 1))
dx[0, :, :, 0]  # 2 everywhere?

# %% check global_average_pool_backward

# %% exam global_average_pool_backward

# %% [markdown]
# Both are linear, so lesson 05's adjoint test does it in two calls: the error should be about $10^{-16}$.

# %%
error = gradient_check.adjoint_error(
    global_average_pool, lambda dy: global_average_pool_backward(dy, (2, 5, 4, 3)), (2, 5, 4, 3), (2, 3)
)
bool(error < 1e-14)

# %% [markdown]
# What would it save in VGG-16? After the last pool there are 512 maps. Their means, and one fully connected layer to
# 1,000 classes:

# %%
leaner = vgg_cost["conv"] + (512 + 1) * 1000
print(f"{sum(vgg_cost.values()):,} -> {leaner:,} parameters, {1 - leaner / sum(vgg_cost.values()):.0%} saved")

# %% [markdown]
# Nearly nine of ten are gone. And the net takes images of any size now.

# %% [markdown]
# ## 5. What do parameters buy?
# *9 minutes, and about one for the computer*
#
# Time to measure. Eight nets, all trained by one recipe on the same 10,000 images: four fully connected ones, and four
# with convolutions.

# %%
figures.guess(
    "parameters",
    "`fc160-relu-fc` has 493,290 parameters, `(conv8-relu-pool)*3-fc` has 2,682. Which is right more often?",
    {"a": "the one with 493,290", "b": "the one with 2,682", "c": "about the same: within 3 of 100 images"},
    mine=None,
)

# %% given data
dataset = datasets.load_course_dataset()
if "NBGRADER_EXECUTION" in os.environ:  # nobody looks at these nets while a notebook is graded
    dataset = datasets.load_shapes10(train=100, test=100)
dataset = replace(dataset, train_images=dataset.train_images[:10_000], train_labels=dataset.train_labels[:10_000])
recipe = {"epochs": 3, "batch_size": 64, "flip": True, "lr": 0.01, "schedule": one_cycle, "weight_decay": 0.001}


# %%
def trained(pattern, seed=0, **changes):
    net = ConvNet(pattern, classes=len(dataset.class_names), seed=seed)
    history = fit(net, dataset, seed=seed, progress=False, **(recipe | changes))
    scores = scores_of_images(net, dataset.test_images, history.mean, history.std)
    return net, accuracy(scores, dataset.test_labels)


def train(pattern):
    net, right = trained(pattern)
    size = sum(array.size for array in net.parameters.values())
    print(f"{pattern:24} {size:>7,} parameters, test accuracy {right:.0%}")
    return size, right


# %% varies long
patterns = "fc", "fc10-relu-fc", "fc40-relu-fc", "fc160-relu-fc"
connected = {pattern: train(pattern) for pattern in patterns}

# %% varies long
flat = {pattern: train(pattern) for pattern in ("conv2-relu-pool-fc", "conv12-relu-pool-fc")}

# %% varies long
deep = {pattern: train(pattern) for pattern in ("(conv8-relu-pool)*2-fc", "(conv8-relu-pool)*3-fc")}

# %% varies long
figures.accuracy_against_parameters(
    {"fully connected": connected, "one convolution": flat, "two or three convolutions": deep}
)

# %% long
gain = deep["(conv8-relu-pool)*3-fc"][1] - connected["fc160-relu-fc"][1]
figures.answer("parameters", right="b" if gain > 0.03 else "a" if gain < -0.03 else "c")

# %% [markdown]
# Read the figure from right to left. A fully connected net with four times as many hidden neurons has four times the
# parameters, and gains less than ten points of a hundred. A single convolution with twelve filters beats them all, with
# a sixteenth of the largest one's parameters. And two or three convolutions, with next to no parameters, keep up with
# the largest fully connected net or leave it far behind: each pool leaves fewer numbers for the last layer. **Structure
# beats size**: that is this course in three words.

# %% [markdown]
# FC can go. Can **POOL** go, too? Something must shrink the maps, but a convolution with stride 2 does that by itself
# (`S2`; `P0:1` is one row and one column of zeros at the far side, lesson 03's way out for even sizes). Three ways to
# halve the maps twice, from 32x32 to 8x8:
#
# - a pool after each convolution;
# - no pool, and stride 2 in the convolutions themselves: as many parameters, and a quarter of the places to compute;
# - no pool, and one more convolution, with stride 2, in its place: a pool that is *learned*.

# %% long
ways = {
    "pools": "(conv8-relu-pool)*2-fc",
    "strides": "(conv8S2P0:1-relu)*2-fc",
    "learned": "(conv8-relu-conv8S2P0:1-relu)*2-fc",
}
for way, pattern in ways.items():
    last_line = str(ConvNet(pattern).summary()).splitlines()[-1]
    print(f"{way:8} {last_line.strip()}")

# %% varies long
without_pool = {}
for way, pattern in ways.items():
    without_pool[way] = [trained(pattern, seed)[1] for seed in range(2)]
    print(f"{way:8} {min(without_pool[way]):.0%} to {max(without_pool[way]):.0%} of the test images, with two seeds")

# %% [markdown]
# On shapes10 the pools win, clearly. The learned pool beats bare strides, but it does more work than the pools and
# still loses. So getting rid of POOL has a price: in a small net and a short training, the maximum is hard to replace.
# In larger nets, trained for long, strides did as well (Springenberg and others, 2014), and many nets since use them.

# %% [markdown]
# ## 6. Deeper, then?
# *5 minutes, and a quarter of a minute for the computer*
#
# Small filters, and no large FC at the end: now depth is cheap. So why not forty convolutions instead of four?
#
# A fair trial needs nets that differ in nothing but depth. Ours all begin alike: three pools and two convolutions turn
# the image into 4x4x16. Then comes a stack of equal convolutions, 16 maps in and 16 out; then the mean of each map, and
# one fully connected layer. (`bn` is batch norm, the subject of section 7.)

# %%
beginning = "pool-conv16-pool-bn-relu-conv16-pool-bn-relu"
stacks = {
    "plain": "(conv16-relu)*{}",
    "batch norm": "(conv16-bn-relu)*{}",  # section 7
    "residual": "(resbn)*{}",  # section 9: a block of two convolutions
}


def pattern_of(kind, convolutions):
    times = convolutions // 2 if kind == "residual" else convolutions
    return f"{beginning}-{stacks[kind].format(times)}-gap-fc"


print(ConvNet(pattern_of("plain", 4)).summary())

# %% [markdown]
# A deeper net can do all that a shallow one can: its additional layers only have to hand on what they are given. So
# look at the loss on the *training* images, where nothing counts but the search for good weights. A short training is
# enough: 900 images, five epochs, two seeds.

# %%
figures.guess(
    "forty",
    "The loss on the training images, with 40 plain convolutions in the stack instead of 4:",
    {"a": "lower: more layers can do more", "b": "about the same", "c": "higher"},
    mine=None,
)


# %%
def losses_at_depths(kind):
    few = replace(dataset, train_images=dataset.train_images[:900], train_labels=dataset.train_labels[:900])
    settings = {"epochs": 5, "batch_size": 32, "lr": 0.05, "schedule": one_cycle, "flip": True, "validation": 0}
    found = {}
    for convolutions in (4, 20, 40):
        found[convolutions] = []
        for seed in range(2):
            net = ConvNet(pattern_of(kind, convolutions), classes=len(dataset.class_names), seed=seed)
            history = fit(net, few, seed=seed, progress=False, **settings)
            found[convolutions].append(history.loss[-1])  # the mean over the last epoch
        low, high = min(found[convolutions]), max(found[convolutions])
        print(f"{kind}, {convolutions:2} convolutions: {low:.2f} to {high:.2f}")
    return found


# %% varies long
final_losses = {"plain": losses_at_depths("plain")}

# %% long
worse = min(final_losses["plain"][40]) > max(final_losses["plain"][4])
figures.answer("forty", right="c" if worse else "b")

# %% [markdown]
# Guessing among ten classes costs $\log 10 = 2.30$. Four convolutions have begun to learn; forty know *nothing*, and
# this on images that they have seen five times. So it is not overfitting. Something in a deep stack stops the search.
# What is it? Let us follow the numbers on their way through the layers.

# %% [markdown]
# ## 7. Keep the numbers in range
# *15 minutes*
#
# Twelve layers of 3x3 filters, with the weights' spread half of He's (lesson 06), as it is, and doubled. How large are
# the numbers after each layer?


# %%
def spreads(factor, norm=None, depth=12):
    rng, found = np.random.default_rng(0), []
    x = rng.normal(size=(16, 16, 16, 8))
    for _ in range(depth):
        x = conv2d(x, factor * rng.normal(0, np.sqrt(2 / 72), (3, 3, 8, 8)), np.zeros(8), pad=1)
        x = relu(x if norm is None else norm(x, np.ones(8), np.zeros(8)))
        found.append(float(x.std()))
    return found


plain = {f"{factor} x He": spreads(factor) for factor in (0.5, 1, 2)}
figures.through_depth(plain, "standard deviation")

# %% [markdown]
# Each layer halves or doubles what the one before has halved or doubled. He's rule keeps the balance, more or less,
# but only at the *start*: training moves the weights, and in a deep net small shifts multiply.
#
# And a second thing happens, which no scale of the weights can mend. Send sixteen *different* images through. How alike
# are they afterwards? The cosine of two images is 1 if one is a multiple of the other:


# %%
def likeness(depth, norm=None):
    rng, x = np.random.default_rng(0), dataset.train_images[:16, ::4, ::4] / 255.0 - 0.5
    for _ in range(depth):
        channels = x.shape[3]
        x = conv2d(x, rng.normal(0, np.sqrt(2 / (9 * channels)), (3, 3, channels, 16)), np.zeros(16), pad=1)
        x = relu(x if norm is None else norm(x, np.ones(16), np.zeros(16)))
    rows = x.reshape(len(x), -1)
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows @ rows.T)[np.triu_indices(len(x), 1)].mean()  # over all pairs


print({depth: round(float(likeness(depth)), 2) for depth in (4, 20, 40)})

# %% [markdown]
# The deeper, the more alike. A ReLU leaves nothing negative, so all images point into one corner, layer after layer
# more so. The last layer has less and less to tell the classes by.

# %% [markdown]
# **Batch norm** (Ioffe and Szegedy, 2015) doesn't hope for the best. It *measures* the numbers of each channel, over
# all images and pixels of the batch, and brings them to mean 0 and variance 1. (What all images have in common is in
# the mean, so it goes.) Then two learned numbers per channel give back the freedom to have another scale $\gamma$ and
# another offset $\beta$.

# %% [markdown]
# For each channel, with $n = N \cdot H \cdot W$ numbers in it:
#
# $$\mu = \frac1n \sum x \qquad \sigma^2 = \frac1n \sum (x - \mu)^2 \qquad
# z = \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} \qquad y = \gamma\, z + \beta$$
#
# The sums run over images, rows and columns. $\varepsilon$ is small; it saves a constant channel, with variance 0, from
# a division by 0.
#
# By hand: a channel with the four numbers 1, 1, 5, 5 has $\mu = 3$ and $\sigma^2 = 4$ (divided by n, not by n - 1). So
# z is -1, -1, 1, 1, and with $\gamma = 3$, $\beta = 2$ it becomes -1, -1, 5, 5.

# %% [markdown]
# **Exercise `batch_norm`** · 2 points · difficulty 2/5 · about 8 minutes
#
# What counts: gamma 1, square maps of several images (1); any gamma, eps and shape, constant channels (½); float32, and
# inputs unchanged (½).
#
# <details><summary>Hint</summary>
#
# `x.mean(axis=(0, 1, 2))` has the shape (C,), and x minus that takes each channel's mean off. `x.var` divides by n.
# </details>
#
# <details><summary>Common errors</summary>
#
# Statistics for each image, or over all channels. $\varepsilon$ outside the root instead of under it. `x -= mean`
# changes the caller's maps.
# </details>


# %% answer batch_norm
def batch_norm(x, gamma, beta, eps=1e-5):
    """Bring each channel to mean 0 and variance 1, then to scale gamma and offset beta.

    Parameters
    ----------
    x : ndarray (N, H, W, C), float
    gamma, beta : ndarray (C,), float
        Scale and offset of each channel.
    eps : float
        Added to the variance, under the root.

    Returns
    -------
    ndarray (N, H, W, C), float
        With statistics of each channel over N, H and W; the variance is divided by n.
    """
    ### BEGIN SOLUTION
    mean, variance = x.mean(axis=(0, 1, 2)), x.var(axis=(0, 1, 2))
    return gamma * (x - mean) / np.sqrt(variance + eps) + beta
    ### END SOLUTION


# %%
four = np.array([1.0, 1, 5, 5]).reshape(1, 2, 2, 1)
y = batch_norm(four, gamma=np.array([3.0]), beta=np.array([2.0]))
y.ravel().round(3)  # -1, -1, 5, 5?

# %% check batch_norm

# %% exam batch_norm

# %% [markdown]
# Two of the stacks again, now with your function between convolution and ReLU:

# %%
normed = {f"{factor} x He, batch norm": spreads(factor, batch_norm) for factor in (0.5, 2)}
figures.through_depth({"0.5 x He": plain["0.5 x He"]} | normed, "standard deviation")

# %% [markdown]
# Flat lines, one on the other: whatever scale the weights have, batch norm takes it out again. That is why nets with it
# forgive a bad start. And the sixteen images?

# %%
print({depth: round(float(likeness(depth, batch_norm)), 2) for depth in (4, 20, 40)})

# %% [markdown]
# They stay different, forty layers deep.
#
# One thing to know: *at test time* there may be a single image and no batch. Then a net takes the means and variances
# that it has kept from training, as running averages. `ConvNet` does so for each `bn` in its pattern.

# %% [markdown]
# ## 8. Back through the statistics
# *13 minutes*
#
# On the way back, the parameters are easy. $y = \gamma z + \beta$ at each of a channel's n places, so their gradients
# add up:
#
# $$d\gamma = \sum dY \cdot z \qquad\qquad d\beta = \sum dY$$
#
# For x it is harder, because one number reaches *all* y of its channel. There are three ways: directly, through $\mu$,
# and through $\sigma^2$. Push one number up, and the mean follows a little, so all z go down; the spread changes, so
# all z shrink or grow. Let $s = \sqrt{\sigma^2 + \varepsilon}$, so that $z = (x - \mu) / s$. Three steps lead to dX.
# Try each on paper before you unfold it.

# %% [markdown]
# <details><summary>Step 1: from y back to z</summary>
#
# $y_j = \gamma z_j + \beta$, so $dz_j = \gamma\, dY_j$. That deals with $\gamma$ and $\beta$.
# </details>
#
# <details><summary>Step 2: push one x, and see all z move</summary>
#
# Let $x_i$ grow by a small $h$. Then $\mu$ grows by $h/n$. $\sigma^2$ grows by
# $\frac2n (x_i - \mu) h = \frac2n s z_i h$ (that $\mu$ moves has no part in it, because the $x - \mu$ add up to 0). The
# root of a number that grows by $d$ grows by $\frac{d}{2s}$, so $s$ grows by $\frac1n z_i h$. With all three in
# $z_j = (x_j - \mu)/s$:
#
# $$\frac{\partial z_j}{\partial x_i} = \frac1s \left( \mathbf{1}(i = j) - \frac1n - \frac{z_i z_j}{n} \right)$$
# </details>

# %% [markdown]
# <details><summary>Step 3: add up over all z</summary>
#
# The chain rule of lesson 05, over all ways: $dx_i = \sum_j dz_j\, \partial z_j / \partial x_i$. The first term keeps
# only $j = i$. In the second, $\sum_j dY_j$ is $d\beta$. In the third, $z_i$ stays in front, and $\sum_j dY_j z_j$ is
# $d\gamma$.
# </details>
#
# The three together:
#
# $$dX = \frac{\gamma}{\sqrt{\sigma^2 + \varepsilon}} \left( dY - \frac{d\beta}{n} - z\, \frac{d\gamma}{n} \right)$$

# %% [markdown]
# Step 2 with numbers: the channel 1, 1, 5, 5 has z = -1, -1, 1, 1, s = 2 and n = 4. So each z follows its own x by ½ ·
# (1 - ¼ - ¼) = ¼. It moves by ½ · (-¼ - ¼) = -¼ if the other x has the same z, and by ½ · (-¼ + ¼) = 0 if it has the
# opposite one. Measured with your function, by pushing one x after the other:

# %%
h, one, zero = 1e-5, np.ones(1), np.zeros(1)
pushes = h * np.eye(4).reshape(4, 1, 2, 2, 1)
moved = [(batch_norm(four + push, one, zero) - batch_norm(four - push, one, zero)) / (2 * h) for push in pushes]
figures.number_grids({"dz / dx": np.reshape(moved, (4, 4)).round(2) + 0}, fontsize=7)  # a row per x, a column per z

# %% [markdown]
# Read it: the mean of dY is taken off, and so is the part of it that goes along with z. It has to be so. If all of x
# grows by the same amount, y stays as it was, so dX must not say "grow together". If x is stretched, y stays as it was,
# too.
#
# By hand: z = -1, -1, 1, 1 as above, the root is 2, $\gamma = 2$, dY = 1, 0, 0, 0. Then $d\beta = 1$, $d\gamma = -1$,
# and dY minus ¼ plus z · ¼ is ½, -½, 0, 0. The factor is 2/2 = 1.

# %% [markdown]
# **Exercise `batch_norm_backward`** · 2 points · difficulty 3/5 · about 9 minutes
#
# What counts: gamma 1, square maps of several images (1); any gamma, eps and shape, constant channels (½); float32, and
# inputs unchanged (½).
#
# <details><summary>Hint</summary>
#
# Compute z once more, then `dgamma` and `dbeta`, then the formula for `dx`. `n = x.size // x.shape[3]`.
# </details>
#
# <details><summary>Common errors</summary>
#
# $\mu$ and $\sigma^2$ taken for constants: only the first of the three terms is left. `dgamma` from x instead of z.
# Sums taken off instead of means.
# </details>


# %% answer batch_norm_backward
def batch_norm_backward(dy, x, gamma, eps=1e-5):
    """Return the gradients of batch norm.

    Parameters
    ----------
    dy : ndarray (N, H, W, C), float
        The upstream gradient.
    x : ndarray (N, H, W, C), float
        What went into `batch_norm`.
    gamma : ndarray (C,), float
    eps : float

    Returns
    -------
    dx : ndarray (N, H, W, C), float
    dgamma, dbeta : ndarray (C,), float
    """
    ### BEGIN SOLUTION
    mean, deviation = x.mean(axis=(0, 1, 2)), np.sqrt(x.var(axis=(0, 1, 2)) + eps)
    z = (x - mean) / deviation
    dgamma, dbeta = (dy * z).sum(axis=(0, 1, 2)), dy.sum(axis=(0, 1, 2))
    n = x.size // x.shape[3]
    dx = gamma / deviation * (dy - dbeta / n - z * dgamma / n)
    return dx, dgamma, dbeta
    ### END SOLUTION


# %%
dy4 = np.array([1.0, 0, 0, 0]).reshape(1, 2, 2, 1)
dx, dgamma, dbeta = batch_norm_backward(dy4, four, gamma=np.array([2.0]))
print(dgamma.round(3), dbeta)  # -1 and 1?
dx.ravel().round(3) + 0  # 1/2, -1/2, 0, 0? (+ 0 makes 0 of -0)

# %% check batch_norm_backward

# %% exam batch_norm_backward

# %% [markdown]
# Trust, but measure, with lesson 05's tool:

# %%
rng = np.random.default_rng(2)
x, dy = rng.normal(3, 2, (2, 3, 4, 2)), rng.normal(size=(2, 3, 4, 2))
gamma, beta = np.array([2.0, 0.5]), np.zeros(2)
dx, dgamma, dbeta = batch_norm_backward(dy, x, gamma)
gradient_check.compare(dx, lambda x: batch_norm(x, gamma, beta), x, dy).agrees

# %% [markdown]
# And the two things that dX must not say: grow together, and stretch.

# %%
together = dx.sum(axis=(0, 1, 2))
stretched = (dx * (x - x.mean(axis=(0, 1, 2)))).sum(axis=(0, 1, 2))
print(np.abs(together).max() < 1e-12, np.abs(stretched).max() < 1e-4)  # the second up to eps

# %% [markdown]
# ## 9. A way past the layers
# *10 minutes*
#
# Batch norm made nets of twenty or thirty layers trainable. Then a riddle came up. He and others (2015) trained plain
# nets with batch norm on CIFAR-10: 56 layers did *worse* than 20, on the training images too. So it is not overfitting.
# It is the search that fails: the deeper net could copy the shallow one and let its other layers hand on their input.
# But to hand on its input is hard to learn for a stack of convolutions.
#
# So they made it the default. A **residual block** computes what should be *added* to x:
#
# $$y = \text{relu}\big(\text{conv}(\text{relu}(\text{conv}(x, w_1, b_1)), w_2, b_2) + x\big)$$

# %%
figures.residual_graph()

# %% [markdown]
# Filters are 3x3, stride 1, padding 1, C in and C out: so the sum fits. By hand, one pixel, one channel: only a
# filter's middle weight meets it. x = 2, middle weights -1 and 3, biases 3 and -4: the first convolution gives -2 + 3 =
# 1, ReLU 1, the second 3 - 4 = -1, and y = relu(-1 + 2) = 1.

# %% [markdown]
# **Exercise `residual_block`** · 2 points · difficulty 2/5 · about 6 minutes
#
# What counts: square maps of several images (1); any height and width, one image, one channel (½); float32, and inputs
# unchanged (½). Use `conv2d` and `relu`.
#
# <details><summary>Hint</summary>
#
# Three lines, one for each ReLU and one for the sum.
# </details>
#
# <details><summary>Common errors</summary>
#
# x added after the last ReLU. `pad=1` forgotten. `x += ...` changes the caller's maps.
# </details>


# %% answer residual_block
def residual_block(x, w1, b1, w2, b2):
    """Compute relu(conv(relu(conv(x, w1, b1)), w2, b2) + x).

    Parameters
    ----------
    x : ndarray (N, H, W, C), float
    w1, w2 : ndarray (3, 3, C, C), float
        Filters; stride 1, padding 1.
    b1, b2 : ndarray (C,), float

    Returns
    -------
    ndarray (N, H, W, C), float
    """
    ### BEGIN SOLUTION
    inner = relu(conv2d(x, w1, b1, stride=1, pad=1))
    total = conv2d(inner, w2, b2, stride=1, pad=1) + x
    return relu(total)
    ### END SOLUTION


# %%
w1, w2 = np.zeros((3, 3, 1, 1)), np.zeros((3, 3, 1, 1))
w1[1, 1], w2[1, 1] = -1, 3
b1, b2 = np.array([3.0]), np.array([-4.0])
residual_block(np.full((1, 1, 1, 1), 2.0), w1, b1, w2, b2)  # 1?

# %% check residual_block

# %% exam residual_block

# %% [markdown]
# With all weights zero, a plain stack forgets everything. A block hands on what is positive, so after a ReLU all of
# it:

# %%
x = relu(np.random.default_rng(3).normal(size=(2, 5, 4, 3)))
nothing, none = np.zeros((3, 3, 3, 3)), np.zeros(3)
bool((residual_block(x, nothing, none, nothing, none) == x).all())

# %% [markdown]
# Doing nothing has become the easiest thing to learn. Each block only has to find a small improvement.

# %% [markdown]
# ## 10. And back
# *13 minutes*
#
# x reaches the sum along two paths, through the convolutions and over the skip. Push x, and the sum moves by both. So
# **the gradients of both paths add up**:
#
# $$dT = \mathbf{1}(T > 0)\, dY \qquad\qquad dX = \text{(what comes back through the convolutions)} + dT$$
#
# with T the sum, before the last ReLU. On the skip no weight is multiplied: dT arrives at x as it is.

# %% [markdown]
# The other path is the chain of lesson 05: back through the second convolution, the inner ReLU, the first convolution.
# By hand, in the example above, with dY = 1: T = 1 > 0, so dT = 1. Through the convolutions comes 1 · 3 · (-1) = -3. So
# dX = -3 + 1 = -2.

# %% [markdown]
# **Exercise `residual_block_backward`** · 2 points · difficulty 4/5 · about 9 minutes
#
# What counts: square maps of several images (1); any height and width, one image, one channel, sums of 0 (½); float32,
# and inputs unchanged (½).
#
# <details><summary>Hint</summary>
#
# Forward once more, and keep what goes into *both* ReLUs. `conv2d_backward(dy, x, w, stride=1, pad=1)` gives dx,
# dw and db; `relu_backward(dy, x)` needs what went *into* the ReLU.
# </details>
#
# <details><summary>Common errors</summary>
#
# dY instead of dT on the skip. dT forgotten. `dw2` computed with x: the second convolution was given the inner maps.
# </details>


# %% answer residual_block_backward
def residual_block_backward(dy, x, w1, b1, w2, b2):
    """Return the gradients of a residual block.

    Parameters
    ----------
    dy : ndarray (N, H, W, C), float
        The upstream gradient.
    x, w1, b1, w2, b2 : ndarray
        As in `residual_block`.

    Returns
    -------
    dx, dw1, db1, dw2, db2 : ndarray
        Of the shapes of x, w1, b1, w2, b2. ReLU's gradient at 0 is 0.
    """
    ### BEGIN SOLUTION
    before = conv2d(x, w1, b1, stride=1, pad=1)
    inner = relu(before)
    total = conv2d(inner, w2, b2, stride=1, pad=1) + x

    dtotal = relu_backward(dy, total)
    dinner, dw2, db2 = conv2d_backward(dtotal, inner, w2, stride=1, pad=1)
    dx, dw1, db1 = conv2d_backward(relu_backward(dinner, before), x, w1, stride=1, pad=1)
    return dx + dtotal, dw1, db1, dw2, db2
    ### END SOLUTION


# %%
x, dy = np.full((1, 1, 1, 1), 2.0), np.ones((1, 1, 1, 1))
gradients = residual_block_backward(dy, x, w1, b1, w2, b2)
gradients[0]  # dx: -2?

# %% check residual_block_backward

# %% exam residual_block_backward

# %% [markdown]
# Measured, for x and for the first filters:

# %%
rng = np.random.default_rng(5)
x, dy = rng.normal(size=(2, 4, 3, 2)), rng.normal(size=(2, 4, 3, 2))
w1, w2 = rng.normal(size=(2, 3, 3, 2, 2))
b1, b2 = rng.normal(size=(2, 2))
dx, dw1, db1, dw2, db2 = residual_block_backward(dy, x, w1, b1, w2, b2)
print(gradient_check.compare(dx, lambda x: residual_block(x, w1, b1, w2, b2), x, dy).agrees)
print(gradient_check.compare(dw1, lambda w1: residual_block(x, w1, b1, w2, b2), w1, dy).agrees)

# %% [markdown]
# ## 11. What comes back to the first layers?
# *8 minutes*
#
# Depth has a bad name for the gradient, too: it is said to *vanish*. Measure it. A stack of 20 blocks, 40 convolutions,
# has fresh weights. A random gradient of size 1 starts at the end. How large is it when it reaches each block? With and
# without skips, with and without batch norm.

# %%
figures.guess(
    "vanishing",
    "40 plain convolutions with He's weights and batch norm. The gradient that reaches the first block is",
    {"a": "vanishingly small", "b": "about as large as at the end", "c": "more than a hundred times as large"},
    mine=None,
)

# %% [markdown]
# Half a block is a convolution, with batch norm if asked for. The stack keeps what each block needs for its way back:


# %%
def half(x, w, norm):
    maps = conv2d(x, w, np.zeros(8), pad=1)
    return maps, (batch_norm(maps, np.ones(8), np.zeros(8)) if norm else maps)


def half_backward(dy, x, w, maps, norm):
    if norm:
        dy = batch_norm_backward(dy, maps, np.ones(8))[0]
    return conv2d_backward(dy, x, w, pad=1)[0]


# %%
def gradients_of_stack(skip, norm=False, factor=1.0, blocks=20):
    rng = np.random.default_rng(1)
    x, saved, found = relu(rng.normal(size=(4, 12, 12, 8))), [], []
    for w1, w2 in factor * rng.normal(0, np.sqrt(2 / 72), (blocks, 2, 3, 3, 8, 8)):
        maps1, before = half(x, w1, norm)
        inner = relu(before)
        maps2, after = half(inner, w2, norm)
        total = after + skip * x
        saved.append((x, w1, maps1, before, inner, w2, maps2, total))
        x = relu(total)
    dy = rng.normal(size=x.shape)
    for x, w1, maps1, before, inner, w2, maps2, total in reversed(saved):
        dtotal = relu_backward(dy, total)
        dinner = half_backward(dtotal, inner, w2, maps2, norm)
        dy = half_backward(relu_backward(dinner, before), x, w1, maps1, norm) + skip * dtotal
        found.append(float(np.sqrt(np.mean(dy**2))))
    return found[::-1]


# %%
sizes = {
    "plain, half of He": gradients_of_stack(skip=False, factor=0.5),
    "plain, He": gradients_of_stack(skip=False),
    "plain, batch norm": gradients_of_stack(skip=False, norm=True),
    "skips, He": gradients_of_stack(skip=True),
    "skips, batch norm": gradients_of_stack(skip=True, norm=True),
}
print({name: f"{found[0]:.0e}" for name, found in sizes.items()})  # at the first block
figures.through_depth(sizes, "size of the gradient", step="block")

# %%
figures.answer("vanishing", right="c" if sizes["plain, batch norm"][0] > 100 else "b")

# %% [markdown]
# The lowest line is what "vanishing gradients" means: at the first block nothing is left. But depth alone is not the
# cause. Weights of half the size are: the gradient passes 40 convolutions, each of which halves it.

# %%
print(f"0.5 to the power of 40 is {0.5**40:.0e}")
print(f"with He's weights {sizes['plain, He'][0]:.0e} comes back; times that: {0.5**40 * sizes['plain, He'][0]:.0e}")

# %% [markdown]
# With He's weights this plain stack keeps about a thirtieth, and with batch norm nothing vanishes at all: the gradient
# *grows* a thousandfold on its way. So it is no vanishing gradient that spoils deep plain nets with batch norm. He and
# others (2015) say so themselves: they had looked.
#
# With skips *and* batch norm it grows, too, but about thirtyfold, not a thousandfold: first and last layers can better
# live with one learning rate. Whether that is the reason is still argued about. *That* skips help you can measure, and
# you will, in the next section.

# %% [markdown]
# Try it: more blocks, larger weights. How large must they be for a plain stack that neither fades nor grows? (Each line
# is the mean of five draws of the weights, so its numbers differ a little from those above.)

# %%
figures.live_depth()

# %% [markdown]
# One more look at the skip. No weight multiplies on it, but each block ends with a ReLU, which multiplies by 0 or 1.
# At how many places is a skip open through all 20 blocks? In your blocks, with He's weights:

# %%
rng = np.random.default_rng(1)
x, none, open_so_far = relu(rng.normal(size=(4, 12, 12, 8))), np.zeros(8), True
for w1, w2 in rng.normal(0, np.sqrt(2 / 72), (20, 2, 3, 3, 8, 8)):
    x = residual_block(x, w1, none, w2, none)
    open_so_far = open_so_far & (x > 0)
print(f"{open_so_far.sum()} of {x.size:,} places are open in every block, {(x > 0).sum():,} in the last one")

# %% [markdown]
# So "over the skips the gradient passes unchanged" is too simple: at almost every place one of the twenty ReLUs sets it
# to 0. What arrives at the first block has passed a convolution here, a skip there. A year later the same authors moved
# this ReLU into the block, before the convolutions. Then the skips are the identity, nothing at all is multiplied on
# them, and they trained 1,001 layers.

# %% [markdown]
# ## 12. Plain, batch norm, residual
# *5 minutes, and half a minute for the computer*
#
# Now you have it all: back to section 6, with the same trial. The same stacks, with batch norm after each convolution;
# then as residual blocks with batch norm, `resbn` in the course's language, as He and others built them.

# %% varies long
final_losses["batch norm"] = losses_at_depths("batch norm")

# %% varies long
final_losses["residual"] = losses_at_depths("residual")

# %% varies long
figures.losses_at_depths(final_losses, guessing=np.log(10))

# %% [markdown]
# Each point is the mean of two seeds, and its bar goes from one to the other. What holds for *both*?

# %% long
for kind, found in final_losses.items():
    print(f"{kind}: 20 always end lower than 4: {max(found[20]) < min(found[4])}, ", end="")
    print(f"40 always end higher than 4: {min(found[40]) > max(found[4])}")
lower = max(final_losses["residual"][40]) < min(final_losses["batch norm"][40])
print(f"40 residual always end lower than 40 with batch norm: {lower}")

# %% [markdown]
# On shapes10 it comes out like this:
#
# - **Plain:** with four convolutions something is learned, with 20 or 40 nothing.
# - **Batch norm:** all learn, but 20 less than four, and 40 least of all. This is the **degradation** that He and
#   others met at 56 layers: on the training images, with gradients that arrive.
# - **Residual:** all end lower than any net without skips, and depth does no harm: the bars overlap. It brings no gain
#   either.

# %% [markdown]
# To be honest about it: these are two seeds, a short training, tiny nets and one learning rate. On CIFAR-10 it comes
# out alike: with batch norm 1.9 for four convolutions and 2.2 for 40, with skips 1.7 and 1.8. He and others trained for
# 64,000 steps instead of 140; there more residual layers paid, and more plain ones did harm.

# %% [markdown]
# ## 13. Where the pattern was left
# *10 minutes, and half a minute for the computer*
#
# Two nets left the pattern behind, and nearly all later ones followed.
#
# - **GoogLeNet** (2014) puts filters of several sizes side by side instead of one after the other, and lets 1x1
#   filters make volumes thinner in between. It ends with global average pooling.
# - **ResNet** (2015) carries x past its layers, with batch norm after each convolution. It shrinks maps by strides and
#   ends with global average pooling, too. Its largest, of 152 layers, has a cheaper block: 1x1 filters make the volume
#   thinner, 3x3 filters work on that, 1x1 filters make it thick again (a *bottleneck*).

# %% [markdown]
# Neither is a chain any more: their graphs branch and join. You know each of their parts now.

# %% [markdown]
# So end with a **ResNet of your own**. Here is a small one. Change it as you like: more blocks, wider ones, another
# halving by `conv32-pool-bn-relu` or, without a pool, by `conv32S2P0:1-bn-relu`. A block keeps the number of maps; the
# convolution before it sets that.

# %%
my_resnet = "conv16-pool-bn-relu-conv16-pool-bn-relu-(resbn)*2-fc"
ConvNet(my_resnet).summary()

# %% [markdown]
# Is it the blocks that make it good? Train it beside nets that lack something:

# %% varies long
nets = {
    "neither blocks nor batch norm": trained("conv16-pool-relu-conv16-pool-relu-fc"),
    "batch norm, but no blocks": trained("conv16-pool-bn-relu-conv16-pool-bn-relu-fc", lr=0.05),
    "plain convolutions for blocks": trained("conv16-pool-bn-relu-conv16-pool-bn-relu-(conv16-bn-relu)*4-fc", lr=0.05),
    "your ResNet": trained(my_resnet, lr=0.05),
}
for name, (_, right) in nets.items():
    print(f"{name:30} {right:6.1%} of the test images")

# %% [markdown]
# On shapes10 batch norm brings most, with the larger learning rate that goes with it; four more convolutions bring the
# rest, and whether these have skips makes no difference: six convolutions are not deep, and here they have time to
# learn. In the much shorter training of section 12 skips helped at every depth, and most with forty convolutions. And
# all that with fewer parameters than the lecture's net (31,066), on the same images, in the same three epochs as in
# section 5.
#
# Twelve test images, and what your ResNet says:

# %% varies long
my_net, my_images = nets["your ResNet"][0], dataset.test_images[:12]
mean, std = datasets.channel_statistics(dataset.train_images)
said = scores_of_images(my_net, my_images, mean, std).argmax(axis=1)
names = dataset.class_names
pairs = zip(dataset.test_labels[:12], said, strict=True)
figures.contact_sheet(my_images, [names[a] if a == b else f"{names[a]}, not {names[b]}" for a, b in pairs], columns=6)

# %% [markdown]
# `my_net.save("my_resnet.npz")` keeps it, and `ConvNet.from_file` brings it back. Photographs take longer: on CIFAR-10,
# ask for ten epochs or more, `trained(my_resnet, epochs=10, lr=0.05)`.

# %%
figures.count_guesses()

# %% [markdown]
# And the lecture's net as it stands: what you have built in this copy of the course is *yours*, the rest is grey.

# %%
figures.growing_net(passed())

# %% [markdown]
# ## 14. Extra: a language for nets
# *22 minutes*
#
# `ConvNet` reads patterns as text. How? Three of this lesson's points are for finding out.

# %% [markdown]
# Let us fix the language, from small to large:
#
# - an **item** is one or more letters and digits: `conv12`, `relu`, `fc`;
# - an item may be followed by `?`, as in the lecture's POOL?: here it is then left out;
# - a **chain** is one or more parts, with a `-` between them: `conv12-relu-pool`;
# - a part is an item, or a **group**: a chain in round brackets, which may be followed by `*` and a number, 1 or more.
#   The group then comes so many times. So groups may stand in groups.
#
# All else is **malformed**.

# %% [markdown]
# By hand, `((conv8-relu)*2-pool?)*2-fc`: the inner group gives conv8, relu, conv8, relu. The pool is left out. The
# outer group doubles the four to eight, and fc follows:

# %%
figures.layer_chain(["conv8", "relu"] * 4 + ["fc"])

# %% [markdown]
# How can a program read brackets within brackets? With a **stack**: a list of lists. It starts with one empty list.
#
# - An item goes to the end of the *last* list.
# - A `(` starts a new list, after the others.
# - A `)` takes the last list away, repeats it, and adds it to the list that is now the last.
#
# For `(a-b)*2-c`:
#
# | read | stack |
# |---|---|
# | | `[[]]` |
# | `(` | `[[], []]` |
# | `a-b` | `[[], [a, b]]` |
# | `)*2` | `[[a, b, a, b]]` |
# | `-c` | `[[a, b, a, b, c]]` |

# %% [markdown]
# **Exercise `parse_pattern`** · 3 points · difficulty 4/5 · about 16 minutes
#
# What counts: chains and repeated groups (1); groups within groups (1); items marked `?` (½); malformed texts refused
# with a `ValueError` (¼), whose message names the position of the first character that does not fit, counted from 0
# (¼). The words are yours.
#
# <details><summary>Hint</summary>
#
# Walk with a `position`. `re.compile(...).match(text, position)` reads one piece. Remember whether a part is complete:
# an item or `(` may stand only where none is, `-` and `)` only after one.
# </details>
#
# <details><summary>Common errors</summary>
#
# `text.split("-")` cuts groups apart. A number may have two digits. An open bracket keeps `while "(" in text` busy.
# Nothing between two dashes.
# </details>


# %% answer parse_pattern
def parse_pattern(text):
    """Write out a pattern: its layers one by one.

    Parameters
    ----------
    text : str
        Such as "(conv12-relu)*2-pool-fc".

    Returns
    -------
    list of str
        The items in order, groups repeated, items marked ? left out:
        ["conv12", "relu", "conv12", "relu", "pool", "fc"].

    Raises
    ------
    ValueError
        If the text is malformed. The message names the position, counted from 0, of the first
        character that does not fit; len(text) where the text ends too early.
    """
    ### BEGIN SOLUTION
    item, group_end = r"(?P<item>[A-Za-z0-9]+)(?P<optional>\?)?", r"(?P<end>\))(\*(?P<times>[0-9]*))?"
    piece = re.compile(rf"{item}|(?P<open>\()|{group_end}|-")
    stack, position, complete = [[]], 0, False
    while position < len(text):
        match = piece.match(text, position)
        if not match or bool(match["item"] or match["open"]) == complete or (match["end"] and len(stack) == 1):
            raise ValueError(f"position {position} of {text!r}: {text[position]!r} does not fit here")
        if match["times"] is not None and not match["times"].strip("0"):
            raise ValueError(f"position {match.start('times')} of {text!r}: a number, 1 or more, is missing here")
        if match["open"]:
            stack.append([])
        elif match["item"]:
            stack[-1] += [] if match["optional"] else [match["item"]]
        elif match["end"]:
            group = stack.pop()
            stack[-1] += group * int(match["times"] or 1)
        complete = bool(match["item"] or match["end"])
        position = match.end()
    if len(stack) > 1 or not complete:
        raise ValueError(f"position {position} of {text!r}: the pattern ends too early")
    return stack[0]
    ### END SOLUTION


# %%
parse_pattern("((conv8-relu)*2-pool?)*2-fc")  # four times conv8 and relu, then fc?

# %%
for malformed in ("(conv8-relu", "conv8-relu)-fc", "conv8--relu", "(relu)*0"):
    try:
        parse_pattern(malformed)
    except ValueError as error:
        print(error)

# %% check parse_pattern

# %% exam parse_pattern

# %% [markdown]
# Now VGG-16 fits in one line. Does your parser make the list of section 1 of it?

# %%
line = (
    "(conv64-relu)*2-pool-(conv128-relu)*2-pool-(conv256-relu)*3-pool-((conv512-relu)*3-pool)*2-(fc4096-relu)*2-fc1000"
)
print(parse_pattern(line) == vgg)

# %% [markdown]
# ## What you have built
#
# In this lesson: the price of a stack (`stack_cost`), fully connected layers as filters (`fc_as_conv`),
# `global_average_pool`, `batch_norm` and `residual_block`, the last three with their way back, a ResNet of your own,
# and a language for nets (`parse_pattern`).
#
# In seven lessons, with NumPy alone:
#
# 1. scores, softmax and loss of a fully connected net;
# 2. the convolution layer, from one window to a batch;
# 3. stride, padding, sizes and receptive fields;
# 4. pooling, forward and backward;
# 5. the gradients of every layer, and the tools that check them;
# 6. a ConvNet that learned ten classes by your own functions;
# 7. what makes nets lean, and deep ones trainable.

# %% [markdown]
# ## Ask yourself
#
# <details><summary>In one line: twice (two convolutions of 16 filters, then a pool), then ten classes?</summary>
#
# `((conv16-relu)*2-pool)*2-fc10`
# </details>
#
# <details><summary>A batch holds one image of 1x1 pixels. What does batch norm give?</summary>
#
# Each channel has one number, its own mean. So z is 0 and y is β, whatever x was. Small batches make poor statistics.
# </details>

# %% [markdown]
# <details><summary>Why does dX of batch norm add up to 0 in each channel?</summary>
#
# Adding the same amount to all of x changes nothing in y, so the loss can't ask for it.
# </details>
#
# <details><summary>What arrives at x if both convolutions of a block send back 0?</summary>
#
# dT, over the skip: the gradient before the last ReLU.
# </details>
#
# <details><summary>Forty plain layers don't learn. Did their gradients vanish?</summary>
#
# Not with He's weights: a part of them arrives, and with batch norm far more than enough. Without batch norm, all
# images have become alike. With it, the reason is still argued about, and skips help all the same.
# </details>

# %% [markdown]
# ## Where next
#
# The course ends here; the road doesn't.
#
# - Read `cs_utils`: `model/` builds any pattern from the layers that you know, `engine/` makes
#   them fast. `python -m cs_utils.benchmark` shows how fast.
# - Train your ResNet on CIFAR-10 with `fit`: more epochs, `shift=4`, and see how far
#   you get. `python -m cs_utils.training --help` lists three recipes.
# - Write one of your nets in PyTorch. Mind its order of axes, (N, C, H, W); all else you will recognise.
# - Read the papers: VGG (Simonyan and Zisserman, 2014), batch norm (Ioffe and Szegedy, 2015), ResNet (He and others,
#   2015). You have built what they describe.
#
# Well done.
