# %% [markdown]
# # 05 · Backpropagation
# *Who is to blame, and by how much?*
#
# When you are through, you will be able to
#
# - measure any gradient by pushing numbers, and know when to trust the result;
# - send a gradient back through ReLU, a fully connected layer, softmax with cross-entropy, a convolution;
# - lay out a convolution as one matrix product, and say what that costs and gains;
# - get the gradient of a whole net in one sweep.
#
# **Time:** about 120 minutes, in ten sections; take a break before section 6. **Points:** 20.
# **Builds on:** lessons 01 to 04, above all the formulas of 01 and 03. A little calculus: what a derivative is.

# %% [markdown]
# One table for all symbols, the lecture's and ours:
#
# | lecture | in the code | meaning |
# |---|---|---|
# | $L$ | `loss` | one number: how wrong the net is |
# | $X$, $Y$ | `x`, `y` | what goes into a layer, what comes out |
# | $dX$, $dY$ | `dx`, `dy` | the loss's derivatives by them; always of their shapes |
# | $W$, $b$ | `w`, `b` | weights and biases; `dw`, `db` their gradients |
# | | `N` | images in a batch |
# | $F$, $S$, $P$, $K$ | `size`, `stride`, `pad`, last axis of `w` | extent, stride, padding, number of filters |
#
# Images are (N, H, W, C), filters (F, F, C, K), as everywhere in this course.

# %% given setup
import time

import numpy as np

from cs_utils import figures, layers
from cs_utils.checks import check
from cs_utils.datasets import channel_statistics, load_shapes10, standardize
from cs_utils.gradient_check import adjoint_error, compare
from cs_utils.layers import conv2d, output_size

# %% [markdown]
# ## 1. Push and see
# *15 minutes*
#
# Training turns the screws of a net, thousands of them, so that the loss falls. For each one it must know: if I turn
# it a little, by how much does the loss change? That number is a slope, the **derivative**; all of them together are
# the **gradient**.
#
# The plainest way to find a slope is to push and see. Say $L(x) = x^3$, at $x = 2$, where calculus says $3x^2 = 12$:


# %%
def cube(x):
    return x**3


round((cube(2.1) - cube(2.0)) / 0.1, 4)

# %% [markdown]
# Not 12, for the curve bends upwards. Push down as well, and most of the bend cancels. This is the **central
# difference**:

# %%
round((cube(2.1) - cube(1.9)) / 0.2, 4)

# %% [markdown]
# A layer has many numbers in, $X$, and many out, $Y = f(X)$. The layers behind it have told us the **upstream
# gradient** $dY_q = \partial L / \partial Y_q$: what the loss makes of a push of each output. As small pushes add up,
# we may take
#
# $$L = \sum_q f(X)_q \, dY_q$$
#
# which has just these derivatives. The slope for one input number, $X_p$, is then
#
# $$dX_p \approx \frac{L(X \text{ with } X_p + h) - L(X \text{ with } X_p - h)}{2h}$$
#
# By hand: $f$ squares each number, $X = (1, 2)$, $dY = (3, -1)$. The slopes of the squares are 2 and 4, so $dX = (2
# \cdot 3,\; 4 \cdot (-1)) = (6, -4)$.

# %% [markdown]
# **Exercise `numerical_gradient`** · 2 points · difficulty 2/5 · about 8 minutes
#
# Write the formula for any function and arrays of any shape. What counts: one number after the other, with the step
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
# `f(x + h)` pushes all numbers at once. `up = x` is no copy. From `x - h` to `x + h` it is `2 * h`. `y` may have
# another shape than `x`: `dy` belongs to `y`.
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
# How small should the step be? For $e^x$ at 1 the slope is $e$. The error at different steps:

# %% varies
one, e = np.array([1.0]), np.exp(1.0)
for h in (1e-1, 1e-3, 1e-5, 1e-7, 1e-9, 1e-11):
    error = abs(numerical_gradient(np.exp, one, np.ones(1), h)[0] - e)
    print(f"h = {h:.0e}   error {error:.0e}")

# %% [markdown]
# Two enemies. With large steps, the curve's bend; the error falls with $h^2$. With small ones, rounding: $f(x + h)$ and
# $f(x - h)$ agree in nearly all of their 16 digits, and only the rest counts. In between, near $10^{-5}$, lies the
# best. float32 has 7 digits: there is no good step at all. The course's own tool refuses it:

# %%
try:
    compare(np.ones(1), np.exp, np.ones(1, np.float32), np.ones(1))
except TypeError as error:
    print(error)

# %% [markdown]
# Why not train with it? Because it costs two runs of the net for *each* number. The lecture's net:

# %%
parameters = (3 * 3 * 3 + 1) * 12 + (16 * 16 * 12 + 1) * 10
print(f"{parameters:,} parameters, {2 * parameters:,} runs for one step of training")

# %% [markdown]
# What you will build now gives all of them in one sweep, for the price of a few runs. And `numerical_gradient` stays:
# as the judge.

# %% [markdown]
# ## 2. The chain
# *8 minutes*
#
# A net is a chain of steps. Two of them, small enough to see through: $u = 3x + 1$, then $L = u^2$. Let $x$ be 2.

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
# **Backpropagation** is this product, worked out from the *end*. Each step takes the gradient by what it gave, $du$,
# and turns it into the gradient by what it was given, $dx$:

# %%
du = 2 * u
dx = du * 3
dx, numerical_gradient(lambda x: (3 * x + 1) ** 2, np.array([2.0]), np.ones(1)).round(6)

# %% [markdown]
# A step need not know what stands before or behind it. It needs `dy`, from behind, and what it was given on the way
# forward. Here is the lecture's net as such a chain: forward along the top, gradients back along the bottom.

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
# Two things to remember from the picture:
#
# - A gradient always has the shape of its value. Shapes find half of all mistakes.
# - A layer with weights gives *three* gradients: `dx` to hand on, `dw` and `db` to learn from.
#
# And one that it can't show: where a value is used more than once (a filter works at every place, a pixel lies in
# several windows), the gradients of all its uses **add up**. For $L = x \cdot x$ each factor gives $x$: together $2x$.
#
# You have a step already: lesson 04's pooling. Stretching is the easiest, for nothing happens to the numbers: reshape
# `dflat` back. Four are left.

# %% [markdown]
# ## 3. ReLU: pass or stop
# *6 minutes*
#
# $Y = \max(0, X)$, each number for itself. Above 0 the slope is 1, below it is 0:
#
# $$dX = \mathbf{1}(X > 0)\; dY$$
#
# $\mathbf{1}(\ldots)$ is 1 where the statement is true, else 0. At exactly 0 there is a **kink**: slope 0 on the left,
# 1 on the right, no derivative. Somebody has to choose, and all choose 0.
#
# By hand: $X = (2, -1, 0)$, $dY = (-3, 5, 7)$, so $dX = (-3, 0, 0)$. It is the sign of $X$ that decides, never that of
# $dY$.

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
# `x >= 0`. ReLU applied to `dy`. `dx = dy` is no copy: writing zeros into it changes the caller's gradient.
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
# with ones, a gradient that is mixed up could pass.

# %% varies
rng = np.random.default_rng(0)
x, dy = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
x[0, 0], x[1, 1] = 0.0, 1e-6  # one at ReLU's kink, one right beside it
print(compare(relu_backward(dy, x), layers.relu, x, dy))

# %% [markdown]
# It says where the largest difference is, both values, and what it accepts. Two entries are left out: at $x = 0$ and $x
# = 10^{-6}$ a step of $10^{-5}$ crosses the kink, and a numerical gradient means nothing there.

# %% [markdown]
# ## 4. Fully connected: three gradients
# *15 minutes*
#
# Forward, lesson 01: $y_{nm} = \sum_d x_{nd}\, w_{dm} + b_m$, for image $n$ and output $m$. Ask of each number: which
# outputs does it touch, and with what slope?
#
# - $x_{nd}$ touches all outputs of its image, with slopes $w_{dm}$: $\;dx_{nd} = \sum_m dy_{nm}\, w_{dm}$
# - $w_{dm}$ touches output $m$ of *every* image, with slope $x_{nd}$: $\;dw_{dm} = \sum_n x_{nd}\, dy_{nm}$
# - $b_m$ touches output $m$ of every image, with slope 1: $\;db_m = \sum_n dy_{nm}$
#
# Sums over an inner index are matrix products:
#
# $$dX = dY\, W^T \qquad dW = X^T\, dY \qquad db = \text{the rows of } dY \text{, added up}$$

# %% [markdown]
# Shapes remember it for you. With 8 images, `dy` is (8, 10), `w` is (3072, 10) and `dx` must be (8, 3072). There is
# only one way to get that:

# %%
figures.matrix_product((8, 10), (10, 3072), rows="pictures", inner="scores", columns="numbers")

# %% [markdown]
# By hand: one image with two numbers, three outputs. $x = (1, 2)$ and $dy = (1, -1, 3)$. Then $dw$ has the row $1 \cdot
# dy$ and the row $2 \cdot dy$:

# %%
x1, dy1 = np.array([[1.0, 2.0]]), np.array([[1.0, -1.0, 3.0]])
figures.number_grids({"x": x1.T, "dy": dy1, "dw": x1.T @ dy1})

# %% [markdown]
# A second image would add its own such table. Add, not average: if the loss is a mean, its 1/N is in `dy` already.

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
# `w.reshape(M, D)` has the right shape and the wrong numbers: it is no transpose. `dy.mean(axis=0)`, or divided by N
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
        What went into the layer, a row an image.
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
# softmax and cross-entropy (lesson 01) are together
#
# $$L = -\log p_y = \log \sum_j e^{s_j} \;-\; s_y$$
#
# Push $s_k$: the first term grows by $e^{s_k} / \sum_j e^{s_j} = p_k$, and the second takes 1 away if $k$ is the label:
#
# $$\frac{\partial L}{\partial s_k} = p_k - \mathbf{1}(k = y)$$
#
# What the net said, minus what it should have said. For a mean over N images, each has only its share: divide by N.

# %% [markdown]
# By hand: scores 2, ½, 0 gave 0.74, 0.16, 0.1 in lesson 01. With label 0 the gradient is 0.74 - 1 = -0.26, then 0.16
# and 0.1. A step against it lifts the label's score, and lowers the others by as much altogether:

# %%
s = np.array([2.0, 0.5, 0.0])
p = np.exp(s) / np.exp(s).sum()
figures.class_bars({"probability": p, "gradient": p - np.array([1.0, 0.0, 0.0])}, ["label 0", "class 1", "class 2"])

# %% [markdown]
# The surer and righter the net, the smaller the gradient: nothing more to learn here. The gradient of a row adds up to
# 0, and no entry is beyond ±1. That is why the two steps are taken together: $-\log$ alone has the slope $-1/p$, which
# explodes for small $p$.

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
        A row an image; of any size: 1000 or -1000, too.
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
# ## 6. Back through a convolution
# *28 minutes*
#
# The layer of this course. It looks worse than it is, for each output number is one dot product of a window and a
# filter:
#
# $$Y_{nijk} = \sum_{m,q,c} W_{mqck}\; X_{n,\; iS+m,\; jS+q,\; c} + b_k$$
#
# with $m, q = 0, \dots, F-1$, and $X$ in its frame of P zeros. A dot product is linear in both: its slope by a pixel
# is the weight that lies on it, its slope by a weight is the pixel under it. So *each output number* gives three
# shares, $dY_{nijk}$ times
#
# - the **filter**, to the window's place in $dX$;
# - the **window**, to $dW$ of its filter;
# - 1, to $db_k$.
#
# All shares are added up.

# %% [markdown]
# By hand: a 2x3 picture, a 2x2 filter, two places, $dy = (1, 10)$. Each place lays $dy$ times the filter down at its
# window:

# %%
w2 = np.array([[1.0, 2.0], [3.0, 4.0]])
first, second = np.zeros((2, 3)), np.zeros((2, 3))
first[:, 0:2] += 1 * w2
second[:, 1:3] += 10 * w2
figures.number_grids({"w": w2, "1 at place 0": first, "10 at place 1": second, "dx": first + second})

# %% [markdown]
# The pixels in the middle lie in both windows, so they get both shares: $2 + 10 = 12$. In the same way $dw$ adds up the
# two *windows*, once and ten times:

# %%
x2 = np.array([[1.0, 0.0, 2.0], [0.0, 3.0, 1.0]])
figures.number_grids(
    {"x": x2, "1 · window 0": x2[:, :2], "10 · window 1": 10 * x2[:, 1:], "dw": x2[:, :2] + 10 * x2[:, 1:]}
)

# %% [markdown]
# Stride moves the windows: they begin at row $iS$, column $jS$, as in lesson 03. Padding needs a thought. The windows
# lie in the *framed* picture, so
#
# 1. frame `x` with zeros;
# 2. collect `dx` in an array as large as the framed picture;
# 3. at the end cut the frame off. What fell on the zeros is dropped, for they are no pixels and can't be changed.
#
# A tool for both products: `np.tensordot(a, b, axes=(p, q))` multiplies along axis p of a and axis q of b and adds up.
# All other axes stay, those of a first.

# %% [markdown]
# **Exercise `conv_backward`** · 6 points · difficulty 4/5 · about 18 minutes
#
# What counts: with stride 1 and no padding `dx` (1¼), `dw` (1¼), `db` (½); with padding, any stride `dx` (1), `dw`
# (1), `db` (½); all three together, inputs unchanged (½). Return zeros for gradients that you don't have yet.
#
# <details><summary>Hint</summary>
#
# Two loops, over the places. With `d = dy[:, i, j]`, (N, K): `np.tensordot(d, w, axes=(1, 3))` sums over the filters,
# `np.tensordot(window, d, axes=(0, 0))` over the images. `output_size` counts the places.
# </details>
#
# <details><summary>Common errors</summary>
#
# `=` in place of `+=`. `[pad:-pad]` is empty for `pad = 0`. The frame's corner is not the picture's. `db` averaged, or
# over the wrong axes. Divided by N.
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
    framed = np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    dframed, dw = np.zeros_like(framed), np.zeros_like(w)
    for i in range(output_size(height, size, stride, pad)):
        for j in range(output_size(width, size, stride, pad)):
            rows = slice(i * stride, i * stride + size)
            columns = slice(j * stride, j * stride + size)
            dframed[:, rows, columns] += np.tensordot(dy[:, i, j], w, axes=(1, 3))
            dw += np.tensordot(framed[:, rows, columns], dy[:, i, j], axes=(0, 0))
    return dframed[:, pad : pad + height, pad : pad + width], dw, dy.sum(axis=(0, 1, 2))
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
# Turn the question round, for stride 1. Who gives to pixel $(i, j)$? Every place whose window holds it, and the place
# $(i - m,\; j - q)$ gives with weight $(m, q)$:
#
# $$dX_{ij} = \sum_{m,q} W_{mq}\; dY_{i-m,\; j-q}$$
#
# Where the index leaves $dY$, there is nothing to give: zeros. The minus signs mean that the filter runs *backwards*.
# So $dX$ is a correlation of $dY$, in a frame of $F - 1$ zeros, with the filter **flipped** in both axes: a **full
# correlation**.

# %%
dy3 = np.array([[1.0, 0.0, 2.0], [-1.0, 3.0, 0.0]])
figures.full_correlation(dy3, w2, place=(1, 1))

# %% [markdown]
# The same in motion, a pixel of $dX$ after the other:

# %%
figures.full_correlation_steps(dy3, w2)

# %% [markdown]
# So a convolution takes its own gradient back. With channels, the two depths change places: K goes in, C comes out.
# With padding P the frame is $F - 1 - P$ wide.

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
# Without its bias a convolution is linear: a large table of weights, times $x$. Its backward is the same table,
# transposed. For every table $A$, and any $x$ and $y$,
#
# $$\langle A x,\; y \rangle = \langle x,\; A^T y \rangle \qquad \text{here:} \quad
# \langle \text{conv}(x),\; y \rangle = \langle x,\; \text{conv}^T(y) \rangle$$
#
# where $\langle \cdot, \cdot \rangle$ multiplies entry by entry and adds up. This **adjoint test** takes one call each
# way, no step $h$, and no kink can spoil it.


# %%
def forward(x):
    return conv2d(x, w, np.zeros(4), pad=1)


def backward(dy):
    return conv_backward(dy, np.zeros((2, 6, 5, 2)), w, pad=1)[0]


bool(adjoint_error(forward, backward, (2, 6, 5, 2), (2, 6, 5, 4)) < 1e-12)

# %% [markdown]
# And if one forgets the flip?


# %%
def not_flipped(dy):
    return conv2d(dy, w.swapaxes(2, 3), np.zeros(2), pad=1)


round(adjoint_error(forward, not_flipped, (2, 6, 5, 2), (2, 6, 5, 4)), 3)

# %% [markdown]
# ## 7. All windows in one matrix
# *12 minutes*
#
# Your loops over the places are slow. Lesson 02 laid out the windows of *one* place as rows of a matrix. Why not those
# of *all* places? This is **im2col**: a row for each window, in the order image, row, column, and in it the window's $F
# \cdot F \cdot C$ numbers, in the order row, column, channel. Then the whole convolution is one product:
#
# $$Y = \text{im2col}(X)\; W + b \qquad (N H' W',\; F F C) \cdot (F F C,\; K)$$
#
# with the filters laid out as `w.reshape(-1, K)`.

# %%
x3 = np.array([[1.0, 0.0, 2.0, 1.0], [0.0, 3.0, 1.0, -1.0], [2.0, 1.0, 0.0, 4.0]])
figures.patches_as_rows(x3, w2, row=1)

# %% [markdown]
# By hand: window 1 begins at row 0, column 1 and holds 0, 2, 3, 1. Times the filter 1, 2, 3, 4 that is $0 + 4 + 9 + 4 =
# 17$.

# %% [markdown]
# **Exercise `im2col`** · 2 points · difficulty 2/5 · about 7 minutes
#
# What counts: stride 1 and no padding (1); padding, any stride (½); input unchanged (½).
#
# <details><summary>Hint</summary>
#
# Make room for `(N, H', W', F·F·C)`, fill it place by place with `window.reshape(N, -1)`, and lay it out at the end. No
# axes need to change places.
# </details>
#
# <details><summary>Common errors</summary>
#
# Windows in columns, not rows. The channel first. Rows collected place by place, so that the image comes last. The
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
    framed = np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    cols = np.zeros((count, rows, columns, size * size * channels), x.dtype)
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            cols[:, i, j] = framed[:, top : top + size, left : left + size].reshape(count, -1)
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
# Nothing is free. With 3x3 windows and stride 1 each pixel lies in nine windows, and is stored nine times. For twelve
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
# The way back through $Y = \text{cols} \cdot W$ is known: it is a fully connected layer! With $dY$ laid out as
# $(N H' W', K)$:
#
# $$d\text{cols} = dY\, W^T \qquad dW = \text{cols}^T\, dY \qquad db = \text{the rows of } dY \text{, added up}$$
#
# One step is left, from `dcols` to `dx`. `im2col` copied pixels, some of them many times; on the way back each copy's
# gradient returns to where the pixel came from, and what meets there **adds up**. This is **col2im**.

# %% [markdown]
# By hand: let `cols` be all ones. Then each window adds 1 to each of its pixels, and `col2im` counts how many windows
# look at a pixel. For 2x2 windows on 3x4, a corner lies in one, an edge in two, the inside in four.

# %%
counts = np.zeros((3, 4))
for i in range(2):
    for j in range(3):
        counts[i : i + 2, j : j + 2] += 1
figures.number_grids({"windows that look at each pixel": counts})

# %% [markdown]
# **Exercise `col2im`** · 3 points · difficulty 3/5 · about 8 minutes
#
# What counts: windows side by side (1); windows that overlap (1); padding, any stride (½); input unchanged
# (½).
#
# <details><summary>Hint</summary>
#
# First undo the layout: `cols.reshape(N, H', W', F, F, C)`. Then the loops of `im2col`, with `+=` in the other
# direction, into a framed array that is cut at the end, as in `conv_backward`.
# </details>
#
# <details><summary>Common errors</summary>
#
# `=` in place of `+=`: windows overlap. The mean in place of the sum. The frame left on, or cut from the wrong corner.
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
    dframed = np.zeros((count, height + 2 * pad, width + 2 * pad, channels), cols.dtype)
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            dframed[:, top : top + size, left : left + size] += windows[:, i, j]
    return dframed[:, pad : pad + height, pad : pad + width]
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
# The same numbers in five ways: a 3x3 convolution of 32x32x3 to twelve maps, padding 1. First the formula as it stands,
# seven loops:


# %%
def seven_loops(framed, w):
    y = np.zeros((len(framed), 32, 32, 12))
    for n, i, j, k in np.ndindex(y.shape):
        total = 0.0
        for m in range(3):
            for q in range(3):
                for c in range(3):
                    total += w[m, q, c, k] * framed[n, i + m, j + q, c]
        y[n, i, j, k] = total
    return y


# %% [markdown]
# Four loops, the window in one go; then two loops with a matrix product; then all patches in one product.


# %%
def four_loops(framed, w):
    y = np.zeros((len(framed), 32, 32, 12))
    for n, i, j, k in np.ndindex(y.shape):
        y[n, i, j, k] = np.sum(framed[n, i : i + 3, j : j + 3] * w[..., k])
    return y


def two_loops(framed, w):
    y = np.zeros((len(framed), 32, 32, 12))
    for i, j in np.ndindex(32, 32):
        y[:, i, j] = framed[:, i : i + 3, j : j + 3].reshape(len(framed), -1) @ w.reshape(-1, 12)
    return y


# %%
def all_patches(framed, w):
    windows = np.lib.stride_tricks.sliding_window_view(framed, (3, 3), axis=(1, 2))
    cols = windows.transpose(0, 1, 2, 4, 5, 3).reshape(-1, 27)
    return (cols @ w.reshape(-1, 12)).reshape(len(framed), 32, 32, 12)


# %% [markdown]
# (`sliding_window_view` shows all windows without copying a number; the `reshape` then copies them at once.) On the
# last rung stands the course's layer, which takes the patches in pieces.


# %%
def the_layer(framed, w):
    return conv2d(framed, w, np.zeros(12))


def milliseconds(way, count):
    times = []
    for _ in range(3):
        start = time.perf_counter()
        way(framed[:count], w)
        times.append(time.perf_counter() - start)
    return 1000 * min(times) / count


# %% [markdown]
# The times on your machine, for one picture, the best of three:

# %% varies long
framed = np.pad(rng.normal(size=(64, 32, 32, 3)), ((0, 0), (1, 1), (1, 1), (0, 0)))
w = rng.normal(size=(3, 3, 3, 12))
slowest = milliseconds(seven_loops, 1)
for way, count in ((seven_loops, 1), (four_loops, 2), (two_loops, 64), (all_patches, 64), (the_layer, 64)):
    each = milliseconds(way, count)
    print(f"{way.__name__:12} {each:8.2f} ms a picture, {slowest / each:6.0f} times as fast")

# %% [markdown]
# The multiplications are the same on every rung. But Python spends its time on *looking at* each number; a matrix
# product (GEMM, in the language of libraries) does nothing but multiply and add, in an order that suits the processor.
# Between the last rungs the order may differ on your machine: all patches of a large batch go through main memory, and
# that is the price of section 7. Do all agree?

# %% long
ways = [way(framed[:1], w) for way in (seven_loops, four_loops, two_loops, all_patches, the_layer)]
[bool(np.allclose(y, ways[0])) for y in ways]

# %% [markdown]
# ## 10. All the way back
# *6 minutes*
#
# Now the chain of section 2, with your own functions, on four drawn pictures. Forward, keeping what the way back needs:

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
# Six lines, and you have the slope of the loss by each of the 31,066 parameters. Is it right? Let the judge push the
# weights of the filters, one by one, through the whole net:


# %%
def loss_of(w):
    pooled = layers.max_pool2d(layers.relu(conv2d(x, w, b_conv, pad=1)))
    scores = layers.linear(pooled.reshape(len(x), -1), w_fc, b_fc)
    return np.array(layers.softmax_cross_entropy(scores, data.train_labels)[0])


# %% varies long
print(compare(dw_conv, loss_of, w_conv, np.array(1.0)))

# %% [markdown]
# Where a step would carry some ReLU or maximum across its kink, the judge leaves the entry out and says so. All the
# others agree.
#
# What is it good for? Take a small step *against* the gradient, and the loss falls:

# %%
print(f"{loss_of(w_conv):.3f} -> {loss_of(w_conv - 0.05 * dw_conv):.3f}")

# %% [markdown]
# That is all there is to learning. Lesson 06 does it a few thousand times.

# %% [markdown]
# ## What you have built
#
# - the judge: `numerical_gradient`;
# - the way back through every layer of the lecture's net: `relu_backward`, `linear_backward`,
#   `softmax_cross_entropy_backward`, `conv_backward`;
# - the layout that makes it fast: `im2col` and its adjoint, `col2im`.
#
# From now on the course's own versions do the work: the same numbers, faster. Their source, `cs_utils/layers.py`, is
# open to you.

# %%
ours = conv_backward(dmaps, x, w_conv, pad=1)
theirs = layers.conv2d_backward(dmaps, x, w_conv, pad=1)
[bool(np.allclose(a, b)) for a, b in zip(ours, theirs, strict=True)]

# %% [markdown]
# ## Ask yourself
#
# <details><summary>Why a random upstream gradient in a test, and not ones?</summary>
#
# With ones all places look alike: a gradient that is flipped or mixed up gives the same sums.
# </details>
#
# <details><summary>Your ReLU gradient and the numerical one differ at one entry. What do you look at?</summary>
#
# How near to 0 its input is. Within the step there is a kink, and the numerical gradient means nothing.
# </details>
#
# <details><summary>x is (8, 3072), w is (3072, 10). Which shapes have dy, dx, dw and db?</summary>
#
# (8, 10), (8, 3072), (3072, 10), (10,).
# </details>

# %% [markdown]
# <details><summary>A score has the probability 0.2 and is the label, in a batch of 4. Its gradient?</summary>
#
# (0.2 - 1) / 4 = -0.2.
# </details>
#
# <details><summary>5x5 filters, stride 1, padding 2. How wide is the frame around dY in the full correlation?</summary>
#
# F - 1 - P = 2: same in, same out, both ways.
# </details>
#
# <details><summary>What does col2im(im2col(x)) give?</summary>
#
# Each pixel times the number of windows that look at it.
# </details>

# %% [markdown]
# ## Where next
#
# All parts lie on the table: the layers, their gradients, a judge. **Lesson 06** puts them together, trains the
# lecture's net on CIFAR-10 with your functions, and looks at what its filters have learned.
