"""Trains a network on CIFAR-10 in one, three or five minutes: `python -m cs_utils.training --recipe one-minute`.

To use what it saved:

    net, info = ConvNet.from_file("one-minute-seed0.npz")
    scores = scores_of_images(net, images, info["mean"], info["std"])
"""

import argparse
import itertools
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from tabulate import tabulate

from cs_utils import datasets
from cs_utils.datasets import Dataset, DatasetUnavailable
from cs_utils.engine import threads
from cs_utils.model.convnet import ConvNet
from cs_utils.progress import duration
from cs_utils.training.evaluation import accuracy, scores_of_images
from cs_utils.training.loop import fit
from cs_utils.training.optim import one_cycle


@dataclass(frozen=True)
class Recipe:
    """What is trained, and how; see `fit`. All recipes mirror images at random and use `optim.one_cycle`."""

    pattern: str
    epochs: int
    seconds: float  # the most that the training may take: where it would take longer, the schedule hurries
    lr: float
    batch_size: int = 128
    weight_decay: float = 5e-4
    shift: int = 0


# Chosen by the accuracy on the last 5,000 training images; the test images had no part in it. What paid most is batch
# norm: 75.1 instead of 72.1 % after five epochs of the smallest net. After the pooling it has a quarter of the work.
RECIPES = {
    "one-minute": Recipe("conv16-pool-bn-relu-conv32-pool-bn-relu-conv64-pool-bn-relu-fc", 4, 57, lr=0.2),
    "three-minutes": Recipe("conv32-pool-bn-relu-conv64-pool-bn-relu-conv128-pool-bn-relu-fc", 5, 146, lr=0.1),
    "five-minutes": Recipe("conv32-pool-bn-relu-conv64-pool-bn-relu-conv128-pool-bn-relu-fc", 10, 295, lr=0.1, shift=2),
}


@dataclass(frozen=True)
class Result:
    """One training: its seconds (evaluations included), and the fractions of test images that the network got right."""

    epochs: int
    seconds: float
    test_accuracy: float
    mirrored_accuracy: float  # by the sum of the scores of an image and of its mirror image


def train(recipe: Recipe, dataset: Dataset, seed: int, file: Path) -> Result:
    """Train the recipe's network, test it, and save it.

    Parameters
    ----------
    recipe : Recipe
    dataset : Dataset
    seed : int
        For the initial weights, the order of the images and their augmentation.
    file : path
        Where `ConvNet.save` writes the network; the file's info has the mean and std of each channel, which
        `scores_of_images` needs.

    Returns
    -------
    Result
    """
    net = ConvNet(recipe.pattern, dataset.train_images.shape[1:], len(dataset.class_names), seed)
    began = time.perf_counter()
    history = fit(
        net,
        dataset,
        recipe.epochs,
        batch_size=recipe.batch_size,
        lr=recipe.lr,
        schedule=one_cycle,
        weight_decay=recipe.weight_decay,
        seed=seed,
        flip=True,
        shift=recipe.shift,
        seconds=recipe.seconds,
    )
    seconds = time.perf_counter() - began
    scores, mirrored = (
        scores_of_images(net, images, history.mean, history.std)
        for images in (dataset.test_images, dataset.test_images[:, :, ::-1])
    )
    right, right_mirrored = (accuracy(each, dataset.test_labels) for each in (scores, scores + mirrored))
    result = Result(len(history.loss), seconds, right, right_mirrored)
    facts = {"dataset": dataset.name, "class_names": dataset.class_names, "seed": seed, **asdict(result)}
    net.save(file, {**facts, "mean": history.mean.tolist(), "std": history.std.tolist()})
    return result


def table(results: dict[str, list[Result]]) -> str:
    """A table in Markdown, one row per recipe: means and, over several seeds, standard deviations."""
    rows = [
        {
            "recipe": name,
            "seeds": str(len(runs)),
            "epochs": "-".join(str(number) for number in sorted({run.epochs for run in runs})),
            "seconds": spread([run.seconds for run in runs], "{:.0f}", " s"),
            "test accuracy": spread([100 * run.test_accuracy for run in runs], "{:.1f}", " %"),
            "with mirror images": spread([100 * run.mirrored_accuracy for run in runs], "{:.1f}", " %"),
        }
        for name, runs in results.items()
    ]
    return str(tabulate(rows, headers="keys", tablefmt="github", disable_numparse=True))


def spread(numbers: list[float], form: str, unit: str) -> str:
    """Mean ± standard deviation of the sample (least to most); of a single number, that."""
    if len(numbers) == 1:
        return form.format(numbers[0]) + unit
    mean, deviation, least, most = (
        form.format(number) for number in (np.mean(numbers), np.std(numbers, ddof=1), min(numbers), max(numbers))
    )
    return f"{mean} ± {deviation}{unit} ({least} to {most})"


def command_line() -> argparse.ArgumentParser:
    recipes = "\n".join(
        f"  {name:14} {recipe.epochs} epochs, at most {recipe.seconds} s, of {recipe.pattern}"
        for name, recipe in RECIPES.items()
    )
    parser = argparse.ArgumentParser(
        prog="python -m cs_utils.training",
        description="Train a network on CIFAR-10, with NumPy alone, test it and save it.",
        epilog=f"recipes (their times are for two cores):\n{recipes}\n\nSeveral recipes or seeds give a table of means "
        "and standard deviations:\n  python -m cs_utils.training --recipe one-minute three-minutes --seeds 0 1 2",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--recipe", nargs="+", choices=RECIPES, required=True, help="what to train (see below)")
    parser.add_argument("--seed", "--seeds", nargs="+", type=int, default=[0], dest="seeds", metavar="N", help="or 0")
    parser.add_argument("--save", type=Path, metavar="FILE", help="the network goes there, or to RECIPE-seedN.npz")
    parser.add_argument("--dataset", choices=datasets.LOADERS, default="cifar10", help="(default: cifar10)")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Train as the command line says. Returns 1, with the reason on standard error, if there is no CIFAR-10."""
    parser = command_line()
    options = parser.parse_args(arguments)
    runs = list(dict.fromkeys(itertools.product(options.recipe, options.seeds)))
    if options.save and len(runs) > 1:
        parser.error("--save names one file, but several networks are to be trained; leave it out")
    if options.save and not options.save.parent.is_dir():
        parser.error(f"--save: there is no folder {options.save.parent}")
    if min(options.seeds) < 0:
        parser.error("a seed should be 0 or more")
    try:
        dataset = datasets.load_dataset(options.dataset)
    except (DatasetUnavailable, ValueError) as reason:
        print(f"{reason}\nTo train on drawn shapes instead: --dataset shapes10", file=sys.stderr)
        return 1
    print(f"{dataset!r}; {threads.get_threads()} thread(s)")
    results: dict[str, list[Result]] = {name: [] for name, _ in runs}
    for name, seed in runs:
        file = options.save or Path(f"{name}-seed{seed}.npz")
        print(f"\n{name}, seed {seed}: {RECIPES[name].pattern}")
        result = train(RECIPES[name], dataset, seed, file)
        print(
            f"test accuracy {result.test_accuracy:.1%}, with the mirror images' scores added "
            f"{result.mirrored_accuracy:.1%}, after {duration(result.seconds)}; saved as {file}"
        )
        results[name].append(result)
    print(f"\n{table(results)}")
    return 0
