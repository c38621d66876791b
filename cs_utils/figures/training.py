"""How a training went: images with their classes, curves over steps and epochs, the confusion matrix."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.patches import Rectangle

from cs_utils.figures.axes import LINES, panels, plot
from cs_utils.figures.describing import describe
from cs_utils.figures.picture import Picture

MARKERS = ("o", "s", "^", "D")
DESCRIBED = 10  # of more images the alt text gives the titles alone: who would listen to all that?
GREYS = ("black", "0.45", "0.25", "0.6")


def contact_sheet(images: np.ndarray, titles: Sequence[str], columns: int = 10) -> Picture:
    """Draw images in rows, each under its title.

    Parameters
    ----------
    images : ndarray (N, H, W, 3) of uint8
    titles : list of str
        One per image: a class, or "cat, not dog".
    columns : int
        Images per row.

    Raises
    ------
    ValueError
        If there are no images, or not as many titles.
    """
    if images.ndim != 4 or images.shape[3] != 3 or not len(images):
        raise ValueError(f"a contact sheet needs images (N, H, W, 3), not an array of shape {images.shape}")
    if len(titles) != len(images):
        raise ValueError(f"{len(titles)} titles for {len(images)} images")
    rows = -(-len(images) // columns)
    with panels(0.95 * columns, 1.2 * rows, rows, columns) as (figure, every):
        for axes in every.flat:
            axes.axis("off")
        for axes, image, title in zip(every.flat, images, titles):
            axes.imshow(image)
            axes.set_title(title, fontsize=7)
        said = [" ".join(title.split()) for title in titles]
        if len(images) <= DESCRIBED:
            said = [f"{title}, {describe(image / 255)}" for title, image in zip(said, images, strict=True)]
        return Picture(figure, f"{len(images)} small images in {rows} row{'s' * (rows > 1)}: {'; '.join(said)}.")


def loss_curves(runs: Mapping[str, Sequence[Sequence[float]]], guess: float | None = None) -> Picture:
    """Draw losses over the steps: for each group of runs a line, the mean, and a band from the lowest to the highest.

    Parameters
    ----------
    runs : dict of str to list of runs
        By group: its runs, such as one per seed. A run is a list of losses; those of a group are equally long.
    guess : float, optional
        The loss of pure guessing, drawn as a thin line.

    Raises
    ------
    ValueError
        If there is no group, or the runs of one are not equally long.
    """
    if not runs:
        raise ValueError("there are no losses to draw: runs is empty")
    if unequal := [name for name, group in runs.items() if len({len(run) for run in group}) != 1]:
        raise ValueError(f"the runs of {', '.join(unequal)} should be of one length, and at least one")
    said = []
    with plot(6.4, 3.0) as (figure, axes):
        for i, (name, group) in enumerate(runs.items()):
            losses = np.array(group, dtype=float)
            mean, steps = losses.mean(axis=0), np.arange(losses.shape[1])
            axes.fill_between(steps, losses.min(axis=0), losses.max(axis=0), color="0.85", linewidth=0)
            label = name + (f" (mean of {len(group)} runs)" if len(group) > 1 else "")
            axes.plot(steps, mean, color=GREYS[i % 4], linestyle=LINES[i % 4], label=label)
            said.append(f"{label} from {mean[0]:.2f} to {mean[-1]:.3f}")
        if guess is not None:
            axes.axhline(guess, color="0.5", linewidth=0.8, label=f"guessing: {guess:.2f}")
        axes.set(xlabel="step", ylabel="loss", ylim=(0, None))
        axes.legend(framealpha=1, edgecolor="none")
        return Picture(figure, f"Loss over the steps: {'; '.join(said)}.")


def training_curves(histories: Mapping[str, Mapping[str, Sequence[float]]]) -> Picture:
    """Draw loss and accuracy over the epochs, side by side, for each net.

    Parameters
    ----------
    histories : dict of str to dict
        By net: its lists "loss", "train_accuracy" and "validation_accuracy", one number per epoch, as in
        `History.lists`. A net that was not trained has empty lists and no line.
    """
    with panels(8.6, 3.0, columns=2) as (figure, every):
        left, right = every[0]
        for i, (name, history) in enumerate(histories.items()):
            line = {"color": GREYS[i % 4], "linestyle": LINES[i % 4], "marker": MARKERS[i % 4], "markersize": 4}
            epochs = np.arange(1, len(history["loss"]) + 1)
            left.plot(epochs, history["loss"], label=name, **line)
            right.plot(epochs, history["validation_accuracy"], label=f"{name}, held out", **line)
            right.plot(epochs, history["train_accuracy"], label=f"{name}, training images", color=line["color"], lw=0.8)
        left.set(title="Loss", xlabel="epoch", ylim=(0, None))
        right.set(title="Accuracy", xlabel="epoch", ylim=(0, 1))
        right.legend(frameon=False, fontsize=8, loc="lower right")
        left.legend(frameon=False, fontsize=8)
        return Picture(figure, " ".join(_say_history(name, history) for name, history in histories.items()))


def confusion_matrix(labels: np.ndarray, predicted: np.ndarray, class_names: Sequence[str]) -> Picture:
    """Draw how often images of one class (row) were taken for another (column): the darker, the more often.

    The diagonal, which is right, stays white and is outlined: its numbers are so large that beside them no mistake
    would be seen.

    Parameters
    ----------
    labels, predicted : ndarray (N,) of integers
        What the images show, and what the net takes them for.
    class_names : list of str

    Raises
    ------
    ValueError
        If there are not as many predictions as labels.
    """
    if labels.shape != predicted.shape or labels.ndim != 1:
        raise ValueError(f"labels {labels.shape} and predictions {predicted.shape} should be two equally long lists")
    counts = confusion_counts(labels, predicted, len(class_names))
    mistakes = counts * (1 - np.eye(len(counts), dtype=int))
    largest = max(1, mistakes.max())
    with plot(6.2, 5.0) as (figure, axes):
        axes.imshow(mistakes, cmap="Greys", vmin=0, vmax=largest)
        for (row, column), count in np.ndenumerate(counts):
            colour = "white" if mistakes[row, column] > 0.55 * largest else "black"
            weight = "bold" if row == column else "normal"
            axes.text(column, row, count, ha="center", va="center", color=colour, fontsize=8, weight=weight)
            if row == column:
                axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, edgecolor="black", linewidth=1.2))
        places = range(len(class_names))
        axes.set_xticks(places, class_names, rotation=45, ha="right")
        axes.set_yticks(places, class_names)
        axes.set(xlabel="taken for", ylabel="shows")
        row, column = most_confused(labels, predicted, len(class_names))
        return Picture(
            figure,
            f"A table of {len(class_names)} classes by {len(class_names)}. {np.trace(counts)} of {len(labels)} images "
            f"lie on its diagonal, which is right. The most frequent mistake: {class_names[row]} taken for "
            f"{class_names[column]}, {counts[row, column]} times.",
        )


def confusion_counts(labels: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """How often class i was taken for class j, as integers (classes, classes)."""
    return np.bincount(labels.astype(int) * classes + predicted.astype(int), minlength=classes**2).reshape(classes, -1)


def most_confused(labels: np.ndarray, predicted: np.ndarray, classes: int) -> tuple[int, int]:
    """The most frequent mistake: the class that was shown, and the one that it was taken for."""
    mistakes = confusion_counts(labels, predicted, classes)
    np.fill_diagonal(mistakes, -1)
    shown, taken_for = divmod(int(mistakes.argmax()), classes)
    return shown, taken_for


def _say_history(name: str, history: Mapping[str, Sequence[float]]) -> str:
    loss, held_out = history["loss"], history["validation_accuracy"]
    if not len(loss):
        return f"{name}: not trained, no curve."
    return (
        f"{name}: over {len(loss)} epochs the loss goes from {loss[0]:.2f} to {loss[-1]:.2f}, "
        f"the accuracy on held-out images from {held_out[0]:.0%} to {held_out[-1]:.0%}."
    )
