# %% [markdown]
# # 05 · Backpropagation
# *Who is to blame, and by how much?*
#
# When you are through, you will be able to
#
# - measure any gradient by pushing numbers a little, and know when to trust the result;
# - send a gradient back through ReLU, a fully connected layer, softmax with cross-entropy, a convolution;
# - lay out a convolution as one matrix product, and say what that costs and gains;
# - get the gradient of a whole net in one sweep.
#
# **Time:** about 125 minutes, in ten sections; take a break before section 6. **Points:** 20.
# **Builds on:** lessons 01 to 04, above all the formulas of 01 and 03. A little calculus: what a derivative is.

# %% [markdown]
# One table for all symbols, the lecture's and ours:
#
# | lecture | in the code | meaning |
# |---|---|---|
# | $L$ | `loss` | one number: how wrong the net is |
# | $X$, $Y$ | `x`, `y` | what goes into a layer, what comes out |
# | $dX$, $dY$ | `dx`, `dy` | the loss's slopes for them, always of their shapes |
# | $W$, $b$ | `w`, `b` | weights and biases; `dw`, `db` their gradients |
# | | `N` | images in a batch |
# | $F$, $S$, $P$, $K$ | `size`, `stride`, `pad`, last axis of `w` | extent, stride, padding, number of filters |
#
# Images are (N, H, W, C), filters (F, F, C, K), as everywhere in this course.

# %% given setup
import time

import numpy as np

from cs_utils import figures, layers
from cs_utils.checks import check, passed
from cs_utils.datasets import channel_statistics, load_shapes10, standardize
from cs_utils.gradient_check import adjoint_error, compare
from cs_utils.layers import conv2d, output_size

# %% [markdown]
# ## 1. Push and see
# *15 minutes*
#
# Training adjusts the parameters of a net, thousands of them, so that the loss falls. For each one it must know: if I
# change this number a little, by how much does the loss change? The answer is a slope, the **derivative**; all of them
# together are the **gradient**.
#
# The plainest way to find a slope is to push the number and see. Take $L(x) = x^3$ at $x = 2$, where calculus says
# $3x^2 = 12$:


# %%
def cube(x):
    return x * x * x


round((cube(2.1) - cube(2.0)) / 0.1, 4)

# %% [markdown]
# Not 12, because the curve bends upwards. Push down as well, and most of the bend cancels. This is the **central
# difference**:

# %%
round((cube(2.1) - cube(1.9)) / 0.2, 4)

# %% [markdown]
# A layer takes in many numbers, $X$, and gives many, $Y = f(X)$. The layers after it have told us the **upstream
# gradient** $dY_q = \partial L / \partial Y_q$: the slope of the loss for each output. For small pushes that is all we
# need to know about those layers, so in their place we may take
#
# $$L = \sum_q f(X)_q \, dY_q$$
#
# which has exactly these slopes. The slope for one input number, $X_p$, is then
#
# $$dX_p \approx \frac{L(X \text{ with } X_p + h) - L(X \text{ with } X_p - h)}{2h}$$
#
# By hand: $f$ squares each number, $X = (1, 2)$, $dY = (3, -1)$. The slopes of the squares are 2 and 4, so $dX = (2
# \cdot 3,\; 4 \cdot (-1)) = (6, -4)$.

# %% [markdown]
# **Exercise `numerical_gradient`** · 2 points · difficulty 2/5 · about 8 minutes
#
# Write the formula for any function, and arrays of any shape. What counts: one number after the other, with the step
# `h` that is given (1); `x` and `y` of any shape (½); the usual step, and `x` left as it was (½).
#
# <details><summary>Hint</summary>
#
# `for place in np.ndindex(x.shape)` visits every number of an array of any shape; `x[place]` is that number. Push a
# copy: `x.copy()`.
# </details>
#
# <details><summary>Common errors</summary>
#
# `f(x + h)` pushes all numbers at once. `up = x` makes no copy. The distance from `x - h` to `x + h` is `2 * h`. `y`
# may have another shape than `x`, and `dy` has the shape of `y`.
# </details>


# %% answer numerical_gradient
def numerical_gradient(f, x, dy, h=1e-5):
    """Measure the gradient of sum(f(x) * dy) by central differences.

    Parameters
    ----------
    f : function
        Takes an array like x, returns an array like dy.
    x : ndarray of any shape, float64
        Where the gradient is measured; it is left as it was.
    dy : ndarray of the shape of f(x), float64
        The upstream gradient.
    h : float
        By how much each number is pushed, up and down.

    Returns
    -------
    ndarray of the shape of x, float64
        The slope for each number of x.
    """
    ### BEGIN SOLUTION
    dx = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[place] += h
        down[place] -= h
        dx[place] = np.sum((f(up) - f(down)) * dy) / (2 * h)
    return dx
    ### END SOLUTION


# %%
x = np.array([1.0, 2.0])
dy = np.array([3.0, -1.0])
numerical_gradient(np.square, x, dy).round(6)  # 6 and -4?

# %% check numerical_gradient

# %% exam numerical_gradient

# %% [markdown]
# How small should the step be? Make a guess, then look. (Guesses are for fun: nothing waits for them, no points hang on
# them, and the last cell of the lesson counts how many were right.)

# %%
figures.guess(
    "step",
    "The slope of x³ at 2 is 12. With which step does the central difference come closest?",
    {"a": "h = 0.1", "b": "h = 0.00001", "c": "h = 0.0000000000001: the smaller, the better"},
    mine=None,
)

# %% varies
for h in (1e-1, 1e-3, 1e-5, 1e-7, 1e-10, 1e-13):
    error = abs(numerical_gradient(cube, np.array([2.0]), np.ones(1), h)[0] - 12)
    print(f"h = {h:.0e}   error {error:.0e} of 12: {-np.log10(error / 12):2.0f} digits are right")

# %%
figures.answer("step", "b")

# %% [markdown]
# Two enemies. With large steps it is the curve's bend, whose error falls with $h^2$. With small ones it is rounding:
# $f(x + h)$ and $f(x - h)$ agree in nearly all of their 16 digits, and only the rest counts. The best lies in between,
# near $10^{-5}$. float32 has 7 digits, and no good step at all. The course's own tool refuses it:

# %%
try:
    compare(np.ones(1), cube, np.ones(1, np.float32), np.ones(1))
except TypeError as error:
    print(error)

# %% [markdown]
# Why not train with it? Because it costs two runs of the net for *each* parameter. In the lecture's net:

# %%
parameters = (3 * 3 * 3 + 1) * 12 + (16 * 16 * 12 + 1) * 10
print(f"{parameters:,} parameters, {2 * parameters:,} runs for one step of training")

# %% [markdown]
# What you will build now gives all these slopes in one sweep, for the price of a few runs. `numerical_gradient` stays
# with us as the judge.

# %% [markdown]
# ## 2. The chain, and where it branches
# *14 minutes*
#
# A net is a chain of steps. Here are two, small enough to see through: $u = 3x + 1$, then $L = u^2$. Let $x$ be 2.

# %%
x = 2.0
u = 3 * x + 1
u, u**2

# %% [markdown]
# A small push of $x$ arrives at $u$ three times as large. On the way from $u$ to $L$ it grows again, $2u = 14$ times.
# Together: $14 \cdot 3 = 42$ times. Slopes along a chain multiply: the **chain rule**.
#
# $$\frac{\partial L}{\partial x} = \frac{\partial L}{\partial u} \cdot \frac{\partial u}{\partial x}$$
#
# **Backpropagation** is this product, worked out from the *end*. Each step takes the gradient of what it gave, $du$,
# and turns it into the gradient of what it was given, $dx$:

# %%
du = 2 * u
dx = du * 3
dx, numerical_gradient(lambda x: (3 * x + 1) ** 2, np.array([2.0]), np.ones(1)).round(6)

# %% [markdown]
# ### A value that is used twice
#
# Not every computation is a chain. Take $u = a + b$, $v = a \cdot b$ and $L = u \cdot v$, with $a = 2$ and $b = 3$.
# Both $a$ and $b$ are used in two places:

# %%
a, b = 2.0, 3.0
u, v = a + b, a * b
values, formulas = {"a": a, "b": b, "u": u, "v": v, "L": u * v}, {"u": "a + b", "v": "a · b", "L": "u · v"}
figures.expression_graph(formulas, values)

# %% [markdown]
# Back from the end, one node at a time. $dL$ is 1: the loss changes as much as itself. In a product, each factor's
# slope is the other factor, so $du = v = 6$ and $dv = u = 5$.
#
# Now to $a$. In the sum $u$ its slope is 1: along that arrow comes $6 \cdot 1 = 6$. In the product $v$ its slope is
# $b$: along the other arrow comes $5 \cdot 3 = 15$.

# %%
figures.guess(
    "branch",
    "Along one arrow 6 comes back to a, along the other 15. What is the slope of L for a?",
    {"a": "6 · 15 = 90: slopes multiply", "b": "6 + 15 = 21: both count", "c": "15: the larger one decides"},
    mine=None,
)

# %%
measured = numerical_gradient(lambda ab: (ab[0] + ab[1]) * ab[0] * ab[1], np.array([a, b]), np.ones(()))
measured.round(6)  # of a and of b

# %%
figures.answer("branch", "b")

# %% [markdown]
# Push $a$, and $u$ *and* $v$ change; the loss feels both. Along an arrow slopes **multiply**; where arrows meet, they
# **add up**. For $b$: $6 \cdot 1 + 5 \cdot 2 = 16$.

# %%
gradients = {"L": 1.0, "u": v, "v": u, "a": v * 1 + u * b, "b": v * 1 + u * a}
figures.expression_graph(formulas, values, gradients)

# %% [markdown]
# Now you: one node per step, forward and then back, with the buttons or the arrow keys. At the end set $a$ to 0, but
# first say what $da$ and $db$ will be.

# %%
figures.live_graph(formulas, {"a": a, "b": b})

# %% [markdown]
# That is all of backpropagation, for any net. Whatever comes below is this graph with more numbers: a weight of a
# filter is used at *every* place of an image, so the shares of all places add up.
#
# A step need not know what stands before or after it. It needs `dy`, from the step after it, and what it was given on
# the way forward. Here is the lecture's net: forward along the top, gradients back along the bottom.

# %%
figures.computation_graph(
    values=[
        ("x", (32, 32, 3)),
        ("maps", (32, 32, 12)),
        ("active", (32, 32, 12)),
        ("pooled", (16, 16, 12)),
        ("flat", (3072,)),
        ("scores", (10,)),
        ("loss", ()),
    ],
    steps=["CONV", "RELU", "POOL", "stretch", "FC", "SOFTMAX"],
    parameters={"CONV": [("w", (3, 3, 3, 12)), ("b", (12,))], "FC": [("w", (3072, 10)), ("b", (10,))]},
)

# %% [markdown]
# Two things to remember:
#
# - A gradient always has the shape of its value. Many mistakes show in the shape alone.
# - A layer with weights gives *three* gradients: `dx` to hand on, `dw` and `db` to learn from.
#
# You have one step already: lesson 04's pooling. Stretching is the easiest, because nothing happens to the numbers:
# reshape `dflat` back. Four are left.
#
# From here on, write the formulas. `cs_utils.layers` has all these gradients, but an answer that calls
# `layers.linear_backward` or `layers.conv2d_backward` fails its check, which names the function, and earns nothing.

# %% [markdown]
# ## 3. ReLU: pass or stop
# *6 minutes*
#
# $Y = \max(0, X)$, for each number on its own. Above 0 the slope is 1, below it is 0:
#
# $$dX = \mathbf{1}(X > 0)\; dY$$
#
# $\mathbf{1}(\ldots)$ is 1 where the statement is true, else 0. At exactly 0 there is a **kink**: slope 0 on the left,
# 1 on the right, no derivative. One has to be chosen, and everybody chooses 0.
#
# By hand: $X = (2, -1, 0)$, $dY = (-3, 5, 7)$, so $dX = (-3, 0, 0)$. The sign of $X$ decides, never that of $dY$.

# %% [markdown]
# **Exercise `relu_backward`** · 1 point · difficulty 1/5 · about 3 minutes
#
# What counts: numbers above and below 0, any shape (½); the convention at 0, inputs unchanged (½).
#
# <details><summary>Hint</summary>
#
# A comparison of arrays is an array of `True` and `False`. Multiply by it: they count as 1 and 0.
# </details>
#
# <details><summary>Common errors</summary>
#
# `x >= 0`. ReLU applied to `dy`. `dx = dy` makes no copy: writing zeros into it changes the caller's gradient.
# </details>


# %% answer relu_backward
def relu_backward(dy, x):
    """Send the gradient of ReLU back.

    Parameters
    ----------
    dy : ndarray of any shape, float
        The upstream gradient.
    x : ndarray of the same shape, float
        What went into ReLU.

    Returns
    -------
    ndarray of the same shape, float
        dx: dy where x is above 0, else 0.
    """
    ### BEGIN SOLUTION
    return dy * (x > 0)
    ### END SOLUTION


# %%
x = np.array([2.0, -1.0, 0.0])
dy = np.array([-3.0, 5.0, 7.0])
relu_backward(dy, x)  # -3, 0, 0?

# %% check relu_backward

# %% exam relu_backward

# %% [markdown]
# Now the judge. `compare` of `cs_utils.gradient_check` holds a gradient against the numerical one. `dy` is *random*:
# with ones, a gradient whose entries are mixed up could pass.

# %% varies
rng = np.random.default_rng(0)
x, dy = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
x[0, 0], x[1, 1] = 0.0, 1e-6  # one at ReLU's kink, one right beside it
print(compare(relu_backward(dy, x), layers.relu, x, dy))

# %% [markdown]
# It says where the largest difference is, both values there, and how large a difference it accepts. Two entries are
# left out: at $x = 0$ and $x = 10^{-6}$ a step of $10^{-5}$ crosses the kink, and a numerical gradient means nothing
# there.

# %% [markdown]
# ## 4. Fully connected: three gradients
# *15 minutes*
#
# Forward, from lesson 01: $y_{nm} = \sum_d x_{nd}\, w_{dm} + b_m$, for image $n$ and output $m$. Ask of each number:
# which outputs is it used for, and with what slope?
#
# - $x_{nd}$ is used for all outputs of its image, with slopes $w_{dm}$: $\;dx_{nd} = \sum_m dy_{nm}\, w_{dm}$
# - $w_{dm}$ is used for output $m$ of *every* image, with slope $x_{nd}$: $\;dw_{dm} = \sum_n x_{nd}\, dy_{nm}$
# - $b_m$ is used for output $m$ of every image, with slope 1: $\;db_m = \sum_n dy_{nm}$
#
# All uses add up. A sum over an inner index is a matrix product:
#
# $$dX = dY\, W^T \qquad dW = X^T\, dY \qquad db = \text{the rows of } dY \text{, added up}$$

# %% [markdown]
# The shapes remember it for you. With 8 images, `dy` is (8, 10), `w` is (3072, 10) and `dx` must be (8, 3072). There is
# only one such product:

# %%
figures.matrix_product((8, 10), (10, 3072), rows="images", inner="scores", columns="numbers")

# %% [markdown]
# By hand: one image with two numbers, three outputs. Let $x = (1, 2)$ and $dy = (1, -1, 3)$. Then $dw$ has the rows
# $1 \cdot dy$ and $2 \cdot dy$:

# %%
x1, dy1 = np.array([[1.0, 2.0]]), np.array([[1.0, -1.0, 3.0]])
figures.number_grids({"x": x1.T, "dy": dy1, "dw": x1.T @ dy1})

# %% [markdown]
# A second image would add a table of its own. Add, don't average: if the loss is a mean, its 1/N is in `dy` already.

# %% [markdown]
# **Exercise `linear_backward`** · 3 points · difficulty 2/5 · about 8 minutes
#
# What counts: `dx` (1); `dw` (1); `db`, and all three together, inputs unchanged (1). Return zeros for
# gradients that you don't have yet.
#
# <details><summary>Hint</summary>
#
# One line each. `w.T` is the transpose. `axis=0` of `dy` runs over the images.
# </details>
#
# <details><summary>Common errors</summary>
#
# `w.reshape(M, D)` has the right shape and the wrong numbers: it is no transpose. `dy.mean(axis=0)`, or a division by N
# elsewhere. `keepdims=True` makes `db` (1, M).
# </details>


# %% answer linear_backward
def linear_backward(dy, x, w):
    """Send the gradient of y = x @ w + b back.

    Parameters
    ----------
    dy : ndarray (N, M), float
        The upstream gradient.
    x : ndarray (N, D), float
        What went into the layer, one row per image.
    w : ndarray (D, M), float
        Its weights.

    Returns
    -------
    dx : ndarray (N, D), float
    dw : ndarray (D, M), float
    db : ndarray (M,), float
    """
    ### BEGIN SOLUTION
    return dy @ w.T, x.T @ dy, dy.sum(axis=0)
    ### END SOLUTION


# %%
w1 = np.array([[1.0, 0.0, 2.0], [0.0, 1.0, -1.0]])
linear_backward(dy1, x1, w1)  # dx: 1 + 6 = 7 and -1 - 3 = -4?

# %% check linear_backward

# %% exam linear_backward

# %% [markdown]
# The judge can push weights and biases as well: it is the function's *argument* that is pushed.

# %%
x, w, b = rng.normal(size=(5, 4)), rng.normal(size=(4, 3)), rng.normal(size=3)
dy = rng.normal(size=(5, 3))
dx, dw, db = linear_backward(dy, x, w)
[
    compare(dx, lambda x: layers.linear(x, w, b), x, dy).agrees,
    compare(dw, lambda w: layers.linear(x, w, b), w, dy).agrees,
    compare(db, lambda b: layers.linear(x, w, b), b, dy).agrees,
]

# %% [markdown]
# ## 5. Where the gradient begins
# *12 minutes*
#
# The last step makes the loss itself, so there is nothing upstream. For one image with scores $s$ and label $y$,
# softmax and cross-entropy (lesson 01) together are
#
# $$L = -\log p_y = \log \sum_j e^{s_j} \;-\; s_y$$
#
# Push $s_k$: the first term grows by $e^{s_k} / \sum_j e^{s_j} = p_k$, and the second takes 1 away if $k$ is the label:
#
# $$\frac{\partial L}{\partial s_k} = p_k - \mathbf{1}(k = y)$$
#
# What the net said, minus what it should have said. In a mean over N images each has only its share: divide by N.

# %% [markdown]
# By hand: the scores 2, ½, 0 gave 0.74, 0.16, 0.1 in lesson 01. With label 0 the gradient is 0.74 - 1 = -0.26, then
# 0.16 and 0.1. A step against it raises the label's score, and lowers the others by as much altogether:

# %%
s = np.array([2.0, 0.5, 0.0])
p = np.exp(s) / np.exp(s).sum()
figures.class_bars({"probability": p, "gradient": p - np.array([1.0, 0.0, 0.0])}, ["label 0", "class 1", "class 2"])

# %% [markdown]
# When the net is right and sure of it, the gradient is small: there is little left to learn from this image. A row of
# the gradient adds up to 0, and no entry is beyond ±1. That is why the two steps are taken together: $-\log$ alone has
# the slope $-1/p$, which explodes for small $p$.

# %% [markdown]
# **Exercise `softmax_cross_entropy_backward`** · 3 points · difficulty 2/5 · about 7 minutes
#
# What counts: one image (1); several, the mean over the batch (1); scores of 1000 and -1000, inputs unchanged (1).
#
# <details><summary>Hint</summary>
#
# Lesson 01's softmax first, with the row's maximum taken off before `np.exp`. Then `p[np.arange(N), labels]` is one
# entry of each row.
# </details>
#
# <details><summary>Common errors</summary>
#
# `p[:, labels] -= 1` takes 1 off whole columns. The 1/N is missing, or reaches only one of the two terms. The maximum
# of the whole batch in place of each row's. `scores -= ...` changes the input.
# </details>


# %% answer softmax_cross_entropy_backward
def softmax_cross_entropy_backward(scores, labels):
    """Return the gradient of the mean cross-entropy of softmax(scores) by the scores.

    Parameters
    ----------
    scores : ndarray (N, M), float
        One row per image; of any size: 1000 or -1000, too.
    labels : ndarray (N,), integer
        The right classes, 0 to M - 1.

    Returns
    -------
    ndarray (N, M), float
        dscores; its rows add up to 0.
    """
    ### BEGIN SOLUTION
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    dscores = powers / powers.sum(axis=1, keepdims=True)
    dscores[np.arange(len(labels)), labels] -= 1
    return dscores / len(labels)
    ### END SOLUTION


# %%
two_rows = np.array([s, s + 998])  # the same probabilities
dscores = softmax_cross_entropy_backward(two_rows, np.array([0, 2]))
dscores.round(2)  # the first row: half of -0.26, 0.16, 0.1?

# %% check softmax_cross_entropy_backward

# %% exam softmax_cross_entropy_backward

# %%
scores, labels = rng.normal(size=(6, 4)), np.array([0, 3, 1, 1, 2, 0])
dscores = softmax_cross_entropy_backward(scores, labels)
compare(dscores, lambda s: np.array(layers.softmax_cross_entropy(s, labels)[0]), scores, np.array(1.0)).agrees

# %% [markdown]
# ### A hunt
#
# For fun, and worth no points. The first function below computes $y = \text{relu}(x\, W_1)\, W_2 + x$, and it is right.
# The second sends the gradient back. It runs, all shapes are right, and one thing in it is wrong. Which of its three
# gradients can you still trust? What is the difference between the wrong one and the right one?


# %% given hunted
def hunted(x, w1, w2):
    return layers.relu(x @ w1) @ w2 + x


def hunted_backward(dy, x, w1, w2):
    before = x @ w1
    dafter, dw2, _ = layers.linear_backward(dy, layers.relu(before), w2)
    dbefore = layers.relu_backward(dafter, before)
    dx, dw1, _ = layers.linear_backward(dbefore, x, w1)
    return dx, dw1, dw2


# %%
x, w1, w2, dy = (rng.normal(size=shape) for shape in ((3, 4), (4, 5), (5, 4), (3, 4)))
dx, dw1, dw2 = hunted_backward(dy, x, w1, w2)
compare(dw2, lambda w2: hunted(x, w1, w2), w2, dy).agrees  # the fault is not here: go on

# %% [markdown]
# <details><summary>Found it? The answer</summary>
#
# `dw1` agrees as well; `compare(dx, lambda x: hunted(x, w1, w2), x, dy)` says DIFFER. And
# `numerical_gradient(lambda x: hunted(x, w1, w2), x, dy) - dx` is an array that you know: it is `dy`.
#
# $x$ is used twice, in the product and in the sum at the end, and the share of the second use is missing. It should be
# `return dx + dy, dw1, dw2`. Layers with such a shortcut are what lesson 07 is about.
# </details>

# %% [markdown]
# ## 6. Back through a convolution
# *28 minutes*
#
# Take a convolution by hand first: one 2x3 image, one 2x2 filter, so two places. The upstream gradient is
# $dy = (1, 10)$.
#
# Each output number is a dot product of a window and the filter. In a dot product, the slope for a pixel is the weight
# that lies on it. So place 0 sends back 1 times the filter, to the pixels of its window, and place 1 sends back 10
# times the filter, to those of its own:

# %%
w2 = np.array([[1.0, 2.0], [3.0, 4.0]])
first, second = np.zeros((2, 3)), np.zeros((2, 3))
first[:, 0:2] += 1 * w2
second[:, 1:3] += 10 * w2
figures.number_grids({"w": w2, "1 from place 0": first, "10 from place 1": second, "dx": first + second})

# %% [markdown]
# The pixels in the middle lie in both windows. They are used twice, like $a$ in section 2, so their two shares add up:
# $2 + 10 = 12$.
#
# And the slope for a weight is the pixel under it. So $dw$ adds up the two *windows*, once and ten times:

# %%
x2 = np.array([[1.0, 0.0, 2.0], [0.0, 3.0, 1.0]])
figures.number_grids(
    {"x": x2, "1 · window 0": x2[:, :2], "10 · window 1": 10 * x2[:, 1:], "dw": x2[:, :2] + 10 * x2[:, 1:]}
)

# %% [markdown]
# The bias is added at both places, with slope 1: $db = 1 + 10 = 11$. That was the whole backward pass. Here it is
# again, one place per step. The numbers of x, w and dy can be changed: double the 10, and see which gradients it
# reaches.

# %%
figures.live_conv_gradient(x2, w2, np.array([[1.0, 10.0]]))

# %% [markdown]
# With all its indices, for image $n$, row $i$, column $j$ and filter $k$, the layer is
#
# $$Y_{nijk} = \sum_{m,q,c} W_{mqck}\; X_{n,\; iS+m,\; jS+q,\; c} + b_k$$
#
# where $m$ and $q$ run over the filter's rows and columns, $c$ over the channels, and $X$ has its border of P zeros.
# Nothing new happens on the way back; it only happens more often. *Each output number* sends back three shares,
# $dY_{nijk}$ times
#
# - the **filter** $k$, to the window's place in $dX$;
# - the **window**, to $dW$ of filter $k$;
# - 1, to $db_k$.
#
# All shares are added up.

# %%
figures.guess(
    "shares",
    "A 3x3 filter slides over 64 images of 32x32 pixels, with padding 1. How many shares add up in one entry of dW?",
    {"a": "9, one per weight", "b": "1,024, one per place", "c": "65,536, one per place and image"},
    mine=None,
)

# %%
dy_of_filter = np.zeros((64, 32, 32))  # dY of one filter: an output number per image, row and column
dy_of_filter.size

# %%
figures.answer("shares", "c")

# %% [markdown]
# That is how the few numbers of a filter learn from a whole batch at once.
#
# Stride moves the windows: they begin at row $iS$, column $jS$, as in lesson 03. Padding needs a thought. The windows
# lie in the *padded* image, so
#
# 1. pad `x` with its border of zeros;
# 2. collect `dx` in an array as large as the padded image;
# 3. at the end cut the border off. What fell on its zeros is dropped, because they are no pixels and nobody can change
#    them.

# %% [markdown]
# ### A sum over one axis of larger arrays
#
# `a @ b` multiplies along the last axis of one matrix and the first of the other, and adds up. For arrays with more
# axes there is `np.tensordot(a, b, axes=(p, q))`. It walks along axis p of a and axis q of b *together*, multiplies,
# and adds up. These two axes are gone in the result. All others stay, first those of a, then those of b.
#
# Here both axes 1 are 3 long:

# %%
a, b = rng.normal(size=(2, 3)), rng.normal(size=(4, 3, 5))
total = np.tensordot(a, b, axes=(1, 1))
written_out = np.zeros((2, 4, 5))
for t in range(3):
    written_out += np.multiply.outer(a[:, t], b[:, t])  # each number of one times each of the other
total.shape, bool(np.allclose(total, written_out))

# %% [markdown]
# To find the axes, write three shapes under each other: those of the two arrays that you have, and the one that must
# come out. The letter that is missing in the result is the one to sum over. (And remember: an answer that calls
# `layers.conv2d_backward` earns nothing.)

# %% [markdown]
# **Exercise `conv_backward`** · 6 points · difficulty 4/5 · about 18 minutes
#
# What counts: with stride 1 and no padding `dx` (1¼), `dw` (1¼), `db` (½); with padding, any stride `dx` (1), `dw` (1),
# `db` (½); all three together, inputs unchanged (½). Return zeros for gradients that you don't have yet.
#
# <details><summary>Hint</summary>
#
# Two loops, over the places. Take `d = dy[:, i, j]` and its window, and write the three shapes under each other, for
# `dx` and for `dw`. `output_size` counts the places.
# </details>
#
# <details><summary>Common errors</summary>
#
# `=` in place of `+=`. `[pad:-pad]` is empty for `pad = 0`. The padded array's corner is not the image's. A division
# by N.
# </details>


# %% answer conv_backward
def conv_backward(dy, x, w, stride=1, pad=0):
    """Send the gradient of a convolution layer back.

    Parameters
    ----------
    dy : ndarray (N, H', W', K), float
        The upstream gradient.
    x : ndarray (N, H, W, C), float
        What went into the layer.
    w : ndarray (F, F, C, K), float
        Its filters.
    stride : int
        Pixels from one window to the next.
    pad : int
        Rows and columns of zeros on each side.

    Returns
    -------
    dx : ndarray (N, H, W, C), float
    dw : ndarray (F, F, C, K), float
    db : ndarray (K,), float
    """
    ### BEGIN SOLUTION
    size, (_, height, width, _) = len(w), x.shape
    padded = np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for i in range(output_size(height, size, stride, pad)):
        for j in range(output_size(width, size, stride, pad)):
            rows = slice(i * stride, i * stride + size)
            columns = slice(j * stride, j * stride + size)
            dpadded[:, rows, columns] += np.tensordot(dy[:, i, j], w, axes=(1, 3))
            dw += np.tensordot(padded[:, rows, columns], dy[:, i, j], axes=(0, 0))
    return dpadded[:, pad : pad + height, pad : pad + width], dw, dy.sum(axis=(0, 1, 2))
    ### END SOLUTION


# %%
dy2 = np.array([[1.0, 10.0]])[None, :, :, None]
dx2, dw2, db2 = conv_backward(dy2, x2[None, :, :, None], w2[:, :, None, None])
figures.number_grids({"dx": dx2[0, :, :, 0], "dw": dw2[:, :, 0, 0], "db": db2[None]})  # as above?

# %% check conv_backward

# %% exam conv_backward

# %% [markdown]
# The judge again, with stride 2 and padding 1, several images, channels and filters:

# %%
x, w, b = rng.normal(size=(2, 5, 7, 2)), rng.normal(size=(3, 3, 2, 3)), rng.normal(size=3)
dy = rng.normal(size=(2, 3, 4, 3))
dx, dw, db = conv_backward(dy, x, w, stride=2, pad=1)
[
    compare(dx, lambda x: conv2d(x, w, b, stride=2, pad=1), x, dy).agrees,
    compare(dw, lambda w: conv2d(x, w, b, stride=2, pad=1), w, dy).agrees,
    compare(db, lambda b: conv2d(x, w, b, stride=2, pad=1), b, dy).agrees,
]

# %% [markdown]
# ### dx has a shorter name
#
# Turn the question round, for stride 1. From where does pixel $(i, j)$ get its shares? From every place whose window
# holds it: place $(i - m,\; j - q)$ has weight $(m, q)$ on this pixel, so
#
# $$dX_{ij} = \sum_{m,q} W_{mq}\; dY_{i-m,\; j-q}$$
#
# Where the index leaves $dY$ there is no place, and nothing to add: zeros. The minus signs mean that the filter runs
# *backwards*. So $dX$ is a correlation of $dY$, with a border of $F - 1$ zeros, and the filter **flipped** in both
# axes: a **full correlation**.

# %%
dy3 = np.array([[1.0, 0.0, 2.0], [-1.0, 3.0, 0.0]])
figures.full_correlation(dy3, w2, place=(1, 1))

# %% [markdown]
# The same in motion, one pixel of $dX$ after the other:

# %%
figures.full_correlation_steps(dy3, w2)

# %% [markdown]
# So the gradient of a convolution is again a convolution. With channels, the two depths change places: K go in, C come
# out. With padding P the border is $F - 1 - P$ wide.

# %%
x, w = rng.normal(size=(2, 6, 5, 2)), rng.normal(size=(3, 3, 2, 4))
dy = rng.normal(size=(2, 6, 5, 4))
flipped = w[::-1, ::-1].swapaxes(2, 3)
back = conv2d(dy, flipped, np.zeros(2), pad=3 - 1 - 1)
bool(np.allclose(back, conv_backward(dy, x, w, pad=1)[0]))

# %% [markdown]
# Remember lesson 02: flip and correlate, that is *true* convolution. Forward the layer correlates, backward it
# convolves. (With stride S, put S - 1 zeros between the entries of $dY$ first. Some books call that a *transposed
# convolution*.)

# %% [markdown]
# ### A test without small steps
#
# Without its bias a convolution is linear: a large table of weights, times $x$. Its backward pass is the same table,
# transposed. For every table $A$, and any $x$ and $y$,
#
# $$\langle A x,\; y \rangle = \langle x,\; A^T y \rangle \qquad \text{here:} \quad
# \langle \text{conv}(x),\; y \rangle = \langle x,\; \text{conv}^T(y) \rangle$$
#
# where $\langle \cdot, \cdot \rangle$ multiplies entry by entry and adds up. This **adjoint test** takes one call each
# way and no step $h$, and there is no kink to spoil it.


# %%
def forward(x):
    return conv2d(x, w, np.zeros(4), pad=1)


def backward(dy):
    return conv_backward(dy, np.zeros((2, 6, 5, 2)), w, pad=1)[0]


bool(adjoint_error(forward, backward, (2, 6, 5, 2), (2, 6, 5, 4)) < 1e-12)

# %% [markdown]
# And if one forgets the flip? An error means something only beside others. So here are three: a backward pass without
# the flip, one that is 1 % too large, and one that knows nothing and returns random numbers. The error is the
# difference of the two sides, divided by the lengths of $A x$ and $y$; printed is the median of twenty random $x$ and
# $y$:


# %%
def not_flipped(dy):
    return conv2d(dy, w.swapaxes(2, 3), np.zeros(2), pad=1)


def too_large(dy):
    return 1.01 * backward(dy)


def random_numbers(dy):
    return np.random.default_rng(7).normal(size=(2, 6, 5, 2))


for way in (backward, too_large, not_flipped, random_numbers):
    errors = [adjoint_error(forward, way, (2, 6, 5, 2), (2, 6, 5, 4), seed) for seed in range(20)]
    print(f"{way.__name__:15} {np.median(errors):.4f}")

# %% [markdown]
# So 0.065 is no near miss. A forgotten flip scores no better than random numbers do: two vectors that have nothing to
# do with each other are nearly at right angles, and their product is small. Right is only what is 0 up to rounding.

# %% [markdown]
# ## 7. All windows in one matrix
# *12 minutes*
#
# Your loops over the places are slow. Lesson 02 laid out the windows of *one* place as rows of a matrix. Why not those
# of *all* places? This is **im2col**: one row per window, in the order image, row, column, and in it the window's $F
# \cdot F \cdot C$ numbers, in the order row, column, channel. Then the whole convolution is one product:
#
# $$Y = \text{im2col}(X)\; W + b \qquad (N H' W',\; F F C) \cdot (F F C,\; K)$$
#
# with the filters laid out as `w.reshape(-1, K)`.

# %%
x3 = np.array([[1.0, 0.0, 2.0, 1.0], [0.0, 3.0, 1.0, -1.0], [2.0, 1.0, 0.0, 4.0]])
figures.patches_as_rows(x3, w2, row=1)

# %% [markdown]
# By hand: window 1 begins at row 0, column 1 and holds 0, 2, 3, 1. Its product with the filter 1, 2, 3, 4 is
# $0 + 4 + 9 + 4 = 17$.

# %% [markdown]
# **Exercise `im2col`** · 2 points · difficulty 2/5 · about 7 minutes
#
# What counts: stride 1 and no padding (1); padding, any stride (½); input unchanged (½).
#
# <details><summary>Hint</summary>
#
# Make room for `(N, H', W', F·F·C)`, fill it place by place with windows that you reshape to one row per image, and lay
# it out at the end. No axes need to change places.
# </details>
#
# <details><summary>Common errors</summary>
#
# Windows as columns, not rows. The channel first. Rows collected place by place, so that the image varies fastest. The
# padding forgotten.
# </details>


# %% answer im2col
def im2col(x, size, stride=1, pad=0):
    """Lay out all windows of a batch as the rows of a matrix.

    Parameters
    ----------
    x : ndarray (N, H, W, C), float
        The images.
    size : int
        Extent F of the windows, in pixels.
    stride : int
        Pixels from one window to the next.
    pad : int
        Rows and columns of zeros on each side.

    Returns
    -------
    ndarray (N * H' * W', F * F * C), float
        Rows in the order (image, row, column), columns in the order (row, column, channel).
    """
    ### BEGIN SOLUTION
    count, height, width, channels = x.shape
    rows, columns = (output_size(n, size, stride, pad) for n in (height, width))
    padded = np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    cols = np.zeros((count, rows, columns, size * size * channels), x.dtype)
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            cols[:, i, j] = padded[:, top : top + size, left : left + size].reshape(count, -1)
    return cols.reshape(count * rows * columns, -1)
    ### END SOLUTION


# %%
cols = im2col(x3[None, :, :, None], size=2)
print(cols.shape)  # six windows of four numbers?
cols[1]  # 0, 2, 3, 1?

# %% check im2col

# %% exam im2col

# %% [markdown]
# Now the convolution is one line. Is it the same?

# %%
x, w, b = rng.normal(size=(2, 5, 7, 3)), rng.normal(size=(3, 3, 3, 4)), rng.normal(size=4)
y = (im2col(x, 3, stride=2, pad=1) @ w.reshape(-1, 4) + b).reshape(2, 3, 4, 4)
bool(np.allclose(y, conv2d(x, w, b, stride=2, pad=1)))

# %% [markdown]
# Nothing is free. With 3x3 windows and stride 1 each pixel lies in nine windows and is stored nine times. For twelve
# maps of 32x32:

# %%
maps = np.zeros((128, 32, 32, 12), np.float32)
cols = im2col(maps, 3, pad=1)
print(f"{maps.nbytes / 1e6:.1f} MB -> {cols.nbytes / 1e6:.1f} MB for a batch of 128")

# %% [markdown]
# That is why the course's own layer, `cs_utils/engine/im2col.py`, does it in pieces that fit into the processor's
# cache.

# %% [markdown]
# ## 8. And back: add up
# *12 minutes*
#
# You know the way back through $Y = \text{cols} \cdot W$: it is a fully connected layer! With $dY$ laid out as
# $(N H' W', K)$:
#
# $$d\text{cols} = dY\, W^T \qquad dW = \text{cols}^T\, dY \qquad db = \text{the rows of } dY \text{, added up}$$
#
# One step is left, from `dcols` to `dx`. `im2col` copied pixels, some of them many times. On the way back each copy's
# gradient returns to where the pixel came from, and what meets there **adds up**. This is **col2im**.

# %% [markdown]
# By hand: let `cols` be all ones. Then each window adds 1 to each of its pixels, and `col2im` counts how many windows a
# pixel lies in. For 2x2 windows on 3x4 pixels, a corner lies in one, an edge in two, the inside in four.

# %%
counts = np.zeros((3, 4))
for i in range(2):
    for j in range(3):
        counts[i : i + 2, j : j + 2] += 1
figures.number_grids({"windows that hold each pixel": counts})

# %% [markdown]
# **Exercise `col2im`** · 3 points · difficulty 3/5 · about 8 minutes
#
# What counts: windows side by side (1); windows that overlap (1); padding, any stride (½); input unchanged
# (½).
#
# <details><summary>Hint</summary>
#
# First undo the layout: `cols.reshape(N, H', W', F, F, C)`. Then the loops of `im2col`, with `+=` in the other
# direction, into a padded array whose border is cut off at the end, as in `conv_backward`.
# </details>
#
# <details><summary>Common errors</summary>
#
# `=` in place of `+=`: windows overlap. The mean in place of the sum. The border left on, or the image cut out at the
# wrong corner.
# </details>


# %% answer col2im
def col2im(cols, x_shape, size, stride=1, pad=0):
    """Add each entry of a matrix of windows back to the pixel that it came from.

    Parameters
    ----------
    cols : ndarray (N * H' * W', F * F * C), float
        In the order of `im2col`.
    x_shape : tuple of int
        (N, H, W, C), the shape of the images.
    size : int
        Extent F of the windows, in pixels.
    stride : int
        Pixels from one window to the next.
    pad : int
        Rows and columns of zeros on each side; what falls on them is dropped.

    Returns
    -------
    ndarray (N, H, W, C), float
    """
    ### BEGIN SOLUTION
    count, height, width, channels = x_shape
    rows, columns = (output_size(n, size, stride, pad) for n in (height, width))
    windows = cols.reshape(count, rows, columns, size, size, channels)
    dpadded = np.zeros((count, height + 2 * pad, width + 2 * pad, channels), cols.dtype)
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            dpadded[:, top : top + size, left : left + size] += windows[:, i, j]
    return dpadded[:, pad : pad + height, pad : pad + width]
    ### END SOLUTION


# %%
ones = np.ones((6, 4))  # six windows of four numbers
dx = col2im(ones, (1, 3, 4, 1), size=2)
dx[0, :, :, 0]  # 1, 2 and 4, as above?

# %% check col2im

# %% exam col2im

# %% [markdown]
# `col2im` is not the *inverse* of `im2col`: there and back, each pixel is multiplied by its count. It is the *adjoint*,
# and the test of section 6 holds:


# %%
def there(x):
    return im2col(x, 3, stride=2, pad=1)


def back_again(cols):
    return col2im(cols, (2, 5, 7, 3), 3, stride=2, pad=1)


bool(adjoint_error(there, back_again, (2, 5, 7, 3), (24, 27)) < 1e-12)

# %% [markdown]
# And the whole backward pass of a convolution, without a loop of its own:

# %%
dy = rng.normal(size=(2, 3, 4, 4))
flat_dy, flat_w = dy.reshape(-1, 4), w.reshape(-1, 4)
dx = col2im(flat_dy @ flat_w.T, x.shape, 3, stride=2, pad=1)
dw = (im2col(x, 3, stride=2, pad=1).T @ flat_dy).reshape(w.shape)
expected = conv_backward(dy, x, w, stride=2, pad=1)
bool(np.allclose(dx, expected[0])), bool(np.allclose(dw, expected[1]))

# %% [markdown]
# ## 9. The speed ladder
# *6 minutes*
#
# The same numbers in five ways: a 3x3 convolution of 32x32x3 to twelve maps, with padding 1. First the formula as it
# stands, seven loops:


# %%
def seven_loops(padded, w):
    y = np.zeros((len(padded), 32, 32, 12))
    for n, i, j, k in np.ndindex(y.shape):
        total = 0.0
        for m in range(3):
            for q in range(3):
                for c in range(3):
                    total += w[m, q, c, k] * padded[n, i + m, j + q, c]
        y[n, i, j, k] = total
    return y


# %% [markdown]
# Then four loops, which take a window in one go; two loops with a matrix product; and all windows in one product.


# %%
def four_loops(padded, w):
    y = np.zeros((len(padded), 32, 32, 12))
    for n, i, j, k in np.ndindex(y.shape):
        y[n, i, j, k] = np.sum(padded[n, i : i + 3, j : j + 3] * w[..., k])
    return y


def two_loops(padded, w):
    y = np.zeros((len(padded), 32, 32, 12))
    for i, j in np.ndindex(32, 32):
        y[:, i, j] = padded[:, i : i + 3, j : j + 3].reshape(len(padded), -1) @ w.reshape(-1, 12)
    return y


# %%
def all_patches(padded, w):
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
    cols = windows.transpose(0, 1, 2, 4, 5, 3).reshape(-1, 27)
    return (cols @ w.reshape(-1, 12)).reshape(len(padded), 32, 32, 12)


# %% [markdown]
# (`sliding_window_view` shows all windows without copying a number; the `reshape` then copies them at once.) On the
# last rung stands the course's layer, which takes the windows in pieces. Each way gets as many images as it needs for a
# time that can be measured. They take turns, so that whatever else your computer does hits all of them alike, and of
# five turns the median counts.


# %%
def the_layer(padded, w):
    return conv2d(padded, w, np.zeros(12))


ladder = {seven_loops: 1, four_loops: 1, two_loops: 64, all_patches: 64, the_layer: 64}  # with how many images


def milliseconds(way, padded, w):
    start = time.perf_counter()
    way(padded[: ladder[way]], w)
    return 1000 * (time.perf_counter() - start) / ladder[way]


# %%
figures.guess(
    "ladder",
    "How much faster than seven loops are two loops with a matrix product?",
    {"a": "about 2 times", "b": "about 10 times", "c": "more than 50 times"},
    mine=None,
)

# %% varies long unkept
padded = np.pad(rng.normal(size=(64, 32, 32, 3)), ((0, 0), (1, 1), (1, 1), (0, 0)))
w = rng.normal(size=(3, 3, 3, 12))
turns = [[milliseconds(way, padded, w) for way in ladder] for _ in range(5)]
times = dict(zip(ladder, np.median(turns, axis=0), strict=True))
for way, each in times.items():
    print(f"{way.__name__:12} {each:8.2f} ms per image, {times[seven_loops] / each:6.1f} times as fast")

# %% [markdown]
# These are the times of your computer. What holds on any:

# %% varies long
print("four loops beat seven:", bool(times[four_loops] < times[seven_loops]))
for way in (two_loops, all_patches, the_layer):
    print(f"{way.__name__} more than 50 times as fast: {bool(times[seven_loops] / times[way] > 50)}")

# %%
figures.answer("ladder", "c")

# %% [markdown]
# The multiplications are the same on every rung. But Python spends its time on *looking at* each number; a matrix
# product (GEMM, in the language of libraries) does nothing but multiply and add, in an order that suits the processor.
#
# The last three lie close together, and which of them wins depends on your computer: all windows of a large batch go
# through main memory, while the layer's pieces stay in the cache. Do all five agree?

# %% long
results = [way(padded[:1], w) for way in ladder]
[bool(np.allclose(y, results[0])) for y in results]

# %% [markdown]
# ## 10. All the way back
# *6 minutes*
#
# Now the chain of section 2, with your own functions, on four images. Forward, keeping what the way back needs:

# %%
data = load_shapes10(train=4, test=1)
x = standardize(data.train_images, *channel_statistics(data.train_images)).astype(np.float64)
w_conv, b_conv = rng.normal(0, np.sqrt(2 / 27), (3, 3, 3, 12)), np.zeros(12)
w_fc, b_fc = rng.normal(0, 0.01, (16 * 16 * 12, 10)), np.zeros(10)

maps = conv2d(x, w_conv, b_conv, pad=1)
active = layers.relu(maps)
pooled = layers.max_pool2d(active)
flat = pooled.reshape(len(x), -1)
scores = layers.linear(flat, w_fc, b_fc)

# %% [markdown]
# And back, from the end:

# %%
dscores = softmax_cross_entropy_backward(scores, data.train_labels)
dflat, dw_fc, db_fc = linear_backward(dscores, flat, w_fc)
dpooled = dflat.reshape(pooled.shape)
dactive = layers.max_pool2d_backward(dpooled, active)
dmaps = relu_backward(dactive, maps)
_, dw_conv, db_conv = conv_backward(dmaps, x, w_conv, pad=1)
print(dw_conv.shape, db_conv.shape, dw_fc.shape, db_fc.shape)

# %% [markdown]
# Six lines, and you have the slope of the loss for each of the 31,066 parameters. Is it right? Let the judge push the
# weights of the filters, one by one, through the whole net:


# %%
def loss_of(w):
    pooled = layers.max_pool2d(layers.relu(conv2d(x, w, b_conv, pad=1)))
    scores = layers.linear(pooled.reshape(len(x), -1), w_fc, b_fc)
    return np.array(layers.softmax_cross_entropy(scores, data.train_labels)[0])


# %% varies long
verdict = compare(dw_conv, loss_of, w_conv, np.array(1.0))
print(f"largest slope {np.abs(dw_conv).max():.2f}, differences accepted up to {verdict.tolerance:.0e}")
print(f"all agree: {verdict.agrees}; left out beside a kink: {verdict.kinks} of {dw_conv.size}")

# %% [markdown]
# Where a step would carry some ReLU or maximum across its kink, the judge leaves the entry out and says so. All the
# others agree.
#
# What is it good for? Take a small step *against* the gradient, and the loss falls:

# %%
print(f"{loss_of(w_conv):.3f} -> {loss_of(w_conv - 0.05 * dw_conv):.3f}")

# %% [markdown]
# That is all there is to learning. Lesson 06 does it more than a thousand times.

# %% [markdown]
# ## What you have built
#
# - the judge: `numerical_gradient`;
# - the way back through every layer of the lecture's net: `relu_backward`, `linear_backward`,
#   `softmax_cross_entropy_backward`, `conv_backward`;
# - the layout that makes it fast: `im2col` and its adjoint, `col2im`.
#
# From now on the course's own versions do the work, with the same numbers, and you may read their source,
# `cs_utils/layers.py`.

# %%
ours = conv_backward(dmaps, x, w_conv, pad=1)
theirs = layers.conv2d_backward(dmaps, x, w_conv, pad=1)
[bool(np.allclose(a, b)) for a, b in zip(ours, theirs, strict=True)]

# %%
figures.count_guesses()

# %% [markdown]
# And the lecture's net as it stands: what you have built in this copy of the course is *yours*, the rest is grey.

# %%
figures.growing_net(passed())

# %% [markdown]
# ## Ask yourself
#
# <details><summary>Why a random upstream gradient in a test, and not ones?</summary>
#
# With ones all places look alike: a gradient that is flipped or mixed up gives the same sums.
# </details>
#
# <details><summary>A value feeds three later steps. How does its gradient come about?</summary>
#
# Each step sends back its share: its own gradient times its slope. The three shares are added up.
# </details>
#
# <details><summary>Your ReLU gradient and the numerical one differ at one entry. What do you look at?</summary>
#
# How near its input is to 0. If a kink lies within the step, the numerical gradient means nothing.
# </details>
#
# <details><summary>x is (8, 3072), w is (3072, 10). Which shapes have dy, dx, dw and db?</summary>
#
# (8, 10), (8, 3072), (3072, 10), (10,).
# </details>

# %% [markdown]
# <details><summary>In a batch of 4, the label's score has the probability 0.2. What is its gradient?</summary>
#
# (0.2 - 1) / 4 = -0.2.
# </details>
#
# <details><summary>5x5 filters, stride 1, padding 2. How wide is the border of dY in the full correlation?</summary>
#
# F - 1 - P = 2: same in, same out, both ways.
# </details>
#
# <details><summary>What does col2im(im2col(x)) give?</summary>
#
# Each pixel times the number of windows that it lies in.
# </details>

# %% [markdown]
# ## Where next
#
# You have all the parts: the layers, their gradients, a judge. **Lesson 06** puts them together, trains the lecture's
# net on CIFAR-10 with your functions, and looks at what its filters have learned.
