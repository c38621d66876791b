"""A training in a file: written after each epoch, and taken up again where it stopped."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cs_utils import files
from cs_utils.training.history import LISTS
from cs_utils.training.optim import Arrays

BEGIN_ANEW = "delete the file, or name another, to begin anew"


@dataclass(frozen=True)
class Checkpoint:
    """A training at the end of an epoch.

    Attributes
    ----------
    settings : dict of str to object
        What a training must share with this one to go on from here: numbers, text, or lists of them.
    model, best, optimizer : dict of str to ndarray
        The latest parameters, those of the best epoch, and the optimiser's state.
    best_epoch : int
    history : dict of str to list of float
        The lists of a `History`.
    """

    settings: Mapping[str, Any]
    model: Arrays
    best: Arrays
    optimizer: Arrays
    best_epoch: int
    history: Mapping[str, list[float]]

    def save(self, path: Path) -> None:
        groups = {"model": self.model, "best": self.best, "optimizer": self.optimizer}
        arrays = {f"{group}/{name}": array for group, entries in groups.items() for name, array in entries.items()}
        info = {"settings": self.settings, "best_epoch": self.best_epoch, "history": self.history}
        files.save_arrays(path, arrays, info)

    @classmethod
    def load(cls, path: Path, settings: Mapping[str, Any], parameters: Arrays) -> "Checkpoint":
        """Read what `save` wrote, for a training with these settings and a model with such parameters.

        Raises
        ------
        ValueError
            If the file is damaged, no checkpoint, or that of another training or model.
        """
        arrays, info = files.load_arrays(path)
        groups: dict[str, Arrays] = {"model": {}, "best": {}, "optimizer": {}}
        try:
            for key, array in arrays.items():
                group, name = key.split("/", 1)
                groups[group][name] = array
            history = {name: [float(number) for number in info["history"][name]] for name in LISTS}
            found = cls(dict(info["settings"]), **groups, best_epoch=int(info["best_epoch"]), history=history)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path} is no checkpoint of a training: {error!r}; {BEGIN_ANEW}") from error
        _require_same_settings(path, found.settings, settings)
        _require_same_shapes(path, found.model, parameters)
        _require_same_shapes(path, found.best, parameters)
        return found


def _require_same_settings(path: Path, found: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    if missing := [name for name in wanted if name not in found]:
        raise ValueError(f"{path} does not name its {', '.join(missing)}: an older version wrote it; {BEGIN_ANEW}")
    if changed := [f"{name} {found[name]} instead of {wanted[name]}" for name in wanted if found[name] != wanted[name]]:
        raise ValueError(f"{path} was made with {', '.join(changed)}; train with these to go on, or {BEGIN_ANEW}")


def _require_same_shapes(path: Path, found: Arrays, wanted: Arrays) -> None:
    shapes, wanted_shapes = ({name: array.shape for name, array in arrays.items()} for arrays in (found, wanted))
    differences = [
        f"{name} {shapes.get(name, 'none')} instead of {wanted_shapes.get(name, 'none')}"
        for name in {**shapes, **wanted_shapes}
        if shapes.get(name) != wanted_shapes.get(name)
    ]
    if differences:
        raise ValueError(f"{path} belongs to another model: it has {', '.join(differences)}; {BEGIN_ANEW}")
