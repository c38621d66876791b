"""`ConvNet`: a network from a pattern, with its scores, its loss and the gradients of that."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import numpy as np

from cs_utils import files
from cs_utils.engine import threads, workspace
from cs_utils.engine.validation import expect_shape, images
from cs_utils.layers import softmax_cross_entropy
from cs_utils.model.layer import Arrays, Layer, Shape, he_deviation
from cs_utils.model.modules import KINDS, read_item
from cs_utils.model.pattern import parse_pattern
from cs_utils.model.plan import fastest_order, micro_batch, worthwhile
from cs_utils.model.summary import Table, summarize

MOMENTUM = 0.9  # how much of its running moments a batch norm keeps at each step
FACTS = ("pattern", "input_shape", "classes")  # what a file says about the network whose parameters it holds


class ConvNet:
    """A convolutional network for images (N, H, W, C), trained with softmax and cross-entropy.

    Parameters
    ----------
    pattern : str
        Its layers, as in "conv12-relu-pool-fc"; see `cs_utils.model.pattern` and the classes in `modules` beside it.
    input_shape : (int, int, int)
        Height, width and channels of the images.
    classes : int
        How many scores an image gets; the last `fc` may leave out its number.
    seed : int
        For the initial weights. Convolutions start with He's normal numbers, the last layer with a standard deviation
        of 0.01, so that the first loss is near log(classes); biases are 0.

    Attributes
    ----------
    parameters : dict of str to ndarray
        float32. Names of weights begin with w, those of biases with b; a batch norm has gamma, beta, and its running
        mean and variance, which have no gradient. May be assigned (same names and shapes); in float64 everything is
        computed in float64.

    Raises
    ------
    ValueError
        If the pattern is malformed, or one of its layers does not fit its input.
    """

    def __init__(self, pattern: str, input_shape: Shape = (32, 32, 3), classes: int = 10, seed: int = 0) -> None:
        self.pattern, self.input_shape, self.classes = pattern, input_shape, classes
        self.layers = list(_build(pattern, input_shape, classes))
        self._plan = fastest_order(self.layers)
        self._micro_batch = micro_batch(self.layers, input_shape)
        self._worthwhile = worthwhile(self.layers)
        rng = np.random.default_rng(seed)
        self._parameters: Arrays = {}
        for layer in self.layers:
            self._parameters |= layer.parameters(rng)
        last = self._parameters.get(f"w_{self.layers[-1].name}")
        if last is not None:
            last *= 0.01 / he_deviation(last.shape)
        self._statistics = [name for layer in self.layers for name in layer.statistics()]
        for layer in self.layers:
            self._parameters |= layer.statistics()

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> tuple[Self, dict[str, Any]]:
        """The network that `save` wrote to a file, and the file's info.

        >>> net, info = ConvNet.from_file("one-minute-seed0.npz")  # doctest: +SKIP
        >>> scores = scores_of_images(net, images, info["mean"], info["std"])  # doctest: +SKIP

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If `save` did not write it, or it is damaged.
        """
        arrays, info = _read(path)
        height, width, channels = info["input_shape"]
        net = cls(info["pattern"], (height, width, channels), info["classes"])
        net.parameters = arrays
        return net, info

    @property
    def parameters(self) -> Arrays:
        return self._parameters

    @parameters.setter
    def parameters(self, new: Mapping[str, np.ndarray]) -> None:
        missing, unknown = self._parameters.keys() - new.keys(), new.keys() - self._parameters.keys()
        if missing or unknown:
            raise ValueError(
                f"parameters do not fit {self.pattern!r}: missing {sorted(missing)}, extra {sorted(unknown)}"
            )
        for name, array in new.items():
            expect_shape(name, array, self._parameters[name].shape, f"for {self.pattern!r}")
        self._parameters = dict(new)

    def scores(self, x: np.ndarray) -> np.ndarray:
        """The scores of each class.

        Parameters
        ----------
        x : ndarray (N, H, W, C), standardised

        Returns
        -------
        ndarray (N, classes)
        """
        x = self._checked(x)
        parts = threads.micro_batches(x, self._micro_batch, self._worthwhile)
        scores = np.empty((len(x), self.classes), self._dtype())
        for part, result in zip(parts, threads.in_order(lambda part: self._scores(x[part]), parts)):
            scores[part] = result
        return scores

    def loss(self, x: np.ndarray, labels: np.ndarray, weight_decay: float = 0.0) -> tuple[float, Arrays]:
        """Mean cross-entropy over the batch + weight_decay / 2 * the sum of the squared weights, and its gradients.

        Parameters
        ----------
        x : ndarray (N, H, W, C), standardised
        labels : ndarray (N,) of integers from 0 to classes - 1
        weight_decay : float
            Biases and batch norms do not decay.

        Returns
        -------
        loss : float
        grads : dict of str to ndarray
            One for each parameter that is learned.

        Raises
        ------
        TypeError, ValueError
            As `softmax_cross_entropy`, and if the images do not have the network's input shape.
        """
        x, labels = self._checked(x), np.asarray(labels)
        expect_shape("labels", labels, (len(x),), "one label for each image")
        if len(x) == 0:
            raise ValueError("the batch is empty: there is nothing to take the mean of")
        parts = threads.micro_batches(x, self._micro_batch, self._worthwhile)
        results = threads.in_order(lambda part: self._part_of_loss(x[part], labels[part], len(x)), parts)
        loss, grads = results[0]
        for part_loss, part_grads in results[1:]:
            loss += part_loss
            for name, grad in part_grads.items():
                grads[name] += grad
        for name in self._statistics:
            self._parameters[name] = MOMENTUM * self._parameters[name] + (1 - MOMENTUM) * grads.pop(name)
        if weight_decay:
            for name in self._weights():
                weights = self._parameters[name]
                loss += 0.5 * weight_decay * float(np.sum(np.square(weights)))
                grads[name] += np.asarray(weight_decay, weights.dtype) * weights
        return loss, grads

    def summary(self) -> Table:
        """One line per layer: output shape, parameters, multiply-adds per image, receptive field in pixels."""
        return summarize(self.pattern, self.input_shape, self.layers, self.parameters)

    def save(self, path: str | os.PathLike[str], info: Mapping[str, Any] | None = None) -> None:
        """Write parameters, pattern and shapes to an .npz file, and what else `info` says (anything JSON can hold)."""
        facts, info = {fact: getattr(self, fact) for fact in FACTS}, info or {}
        if taken := facts.keys() & info.keys():
            raise ValueError(f"info cannot say {', '.join(sorted(taken))}: the network says that itself")
        files.save_arrays(path, self.parameters, {**facts, **info})

    def load(self, path: str | os.PathLike[str]) -> dict[str, Any]:
        """Take over the parameters that `save` wrote for such a network, and return the file's info.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If `save` did not write it, it is damaged, or it holds another network. This one then stays as it was.
        """
        arrays, info = _read(path)
        found = {fact: info[fact] for fact in FACTS}
        own = {"pattern": self.pattern, "input_shape": list(self.input_shape), "classes": self.classes}
        if found != own:
            raise ValueError(
                f"{Path(path).name} holds {_name(**found)}, but this network is {_name(**own)}; "
                "ConvNet.from_file makes the network that a file holds"
            )
        self.parameters = arrays
        return info

    def _checked(self, x: np.ndarray) -> np.ndarray:
        x = images("x", x)
        expect_shape("x", x, (len(x), *self.input_shape), "the network's input shape")
        return x

    def _dtype(self) -> np.dtype:
        return np.result_type(*self._parameters.values())

    def _weights(self) -> list[str]:
        return [name for name in self._parameters if name.startswith("w")]

    def _scores(self, x: np.ndarray) -> np.ndarray:
        with workspace.results_in_scratch(), np.errstate(all="ignore"):
            return self._forward(x, training=False)[0].copy()

    def _forward(self, x: np.ndarray, training: bool) -> tuple[np.ndarray, list[Any]]:
        x = x.astype(self._dtype(), copy=False)
        everything_saved = []
        for layer in self._plan:
            x, saved = layer.forward(self._parameters, x, training)
            everything_saved.append(saved)
        return x.reshape(len(x), self.classes), everything_saved

    def _part_of_loss(self, x: np.ndarray, labels: np.ndarray, batch: int) -> tuple[float, Arrays]:
        """What one micro-batch adds to the loss and the gradients of the whole batch."""
        share = len(x) / batch
        grads: Arrays = {}
        # A loss that is not finite tells of any overflow; a warning on standard error would lose a student points.
        with workspace.results_in_scratch(), np.errstate(all="ignore"):
            scores, everything_saved = self._forward(x, training=True)
            loss, dscores = softmax_cross_entropy(scores, labels)
            dy: Any = (dscores * np.asarray(share, dscores.dtype)).reshape(len(x), 1, 1, self.classes)
            for layer, saved in zip(reversed(self._plan), reversed(everything_saved)):
                dy, new = layer.backward(self._parameters, dy, saved, needs_dx=layer is not self._plan[0])
                grads |= new
        for name in self._statistics:
            grads[name] = grads[name] * np.asarray(share, grads[name].dtype)
        return loss * share, grads


def _build(pattern: str, shape: Shape, classes: int) -> Iterator[Layer]:
    """The layers of a pattern, each for the shape that the one before it gives."""
    items = [read_item(text) for text in parse_pattern(pattern)]
    counts: dict[str, int] = {}
    for position, item in enumerate(items, start=1):
        counts[item.kind] = counts.get(item.kind, 0) + 1
        if "n" in KINDS[item.kind].letters and not item.count:
            if item.kind != "fc" or position < len(items):
                needed = f"{item.text} needs its number, as in {item.kind}32; only the last fc may leave it out"
                raise ValueError(f"{pattern!r}, layer {position}: {needed}")
            item = replace(item, count=classes)
        try:
            layer = KINDS[item.kind](item, f"{item.kind}{counts[item.kind]}", shape, position == 1)
            height, width, depth = shape
            shape = layer.output_shape()
        except ValueError as error:
            raise ValueError(
                f"{pattern!r}, layer {position}: {item.text} does not fit {height}x{width}x{depth}: {error}"
            ) from error
        yield layer
    if shape != (1, 1, classes):
        raise ValueError(f"{pattern!r} ends with {shape}; {classes} classes need (1, 1, {classes}): end it with fc")


def _read(path: str | os.PathLike[str]) -> tuple[Arrays, dict[str, Any]]:
    """The arrays and the info of a file that has all `FACTS`."""
    arrays, info = files.load_arrays(path)
    if missing := [fact for fact in FACTS if fact not in info]:
        raise ValueError(f"{Path(path).name} holds no ConvNet: it does not say its {', '.join(missing)}, as save does")
    return arrays, info


def _name(pattern: Any, input_shape: Any, classes: Any) -> str:
    return f"{pattern!r} for images of shape {input_shape} and {classes} classes"
