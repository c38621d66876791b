"""A small computation as a graph: values forward and gradients back, one node at a time."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from cs_utils.figures.expressions import expression_graph, places
from cs_utils.figures.live.page import LivePicture

ACROSS, DOWN = 56, 80  # pixels for a unit of `expressions.places`


@dataclass(frozen=True)
class Node:
    """A sum of products of names, such as w · x + b; 0 in place of less than 0 if it is a relu."""

    name: str
    formula: str
    terms: list[list[str]]
    relu: bool

    def taken(self) -> list[str]:
        """The names in it, each once, in their order."""
        return list(dict.fromkeys(name for factors in self.terms for name in factors))

    def sum(self, values: Mapping[str, float]) -> float:
        """What it gives before a relu."""
        return sum(math.prod(values[name] for name in factors) for factors in self.terms)

    def slope(self, name: str, values: Mapping[str, float]) -> float:
        """Its derivative by one of the names in it."""
        if self.relu and self.sum(values) <= 0:
            return 0.0
        return sum(
            math.prod(values[other] for k, other in enumerate(factors) if k != i)
            for factors in self.terms
            for i, factor in enumerate(factors)
            if factor == name
        )


def live_graph(formulas: Mapping[str, str], inputs: Mapping[str, float]) -> LivePicture:
    """Show a computation step by step: each node's value forward, then each node's gradient on its way back.

    Parameters
    ----------
    formulas : dict of str to str
        By result, in the order of computation: sums of products of names, such as "a + b" or "w · x + b", or
        "max(0, u)". The last result is the one whose gradients are taken.
    inputs : dict of str to float
        The values of all other names, to begin with; they can be changed.

    Returns
    -------
    LivePicture

    Raises
    ------
    ValueError
        If there is no formula, or one is not of that form, or takes a name that has no value before it.
    """
    if not formulas:
        raise ValueError("a graph needs a formula, such as {'u': 'a + b'}")
    nodes: list[Node] = []
    for name, formula in formulas.items():
        node = _read(name, formula)
        known = {*inputs, *(other.name for other in nodes)}
        if unknown := [taken for taken in node.taken() if taken not in known]:
            raise ValueError(f"{name} = {formula} takes {', '.join(unknown)}, which has no value before it")
        nodes.append(node)
    at = places({node.name: node.taken() for node in nodes}, list(inputs))
    left, top = (min(place[axis] for place in at.values()) for axis in (0, 1))
    data = {
        "inputs": inputs,
        "nodes": [vars(node) for node in nodes],
        "places": {name: [ACROSS * (x - left), DOWN * (y - top)] for name, (x, y) in at.items()},
    }
    values = _values(nodes, inputs)
    gradients = _gradients(nodes, values)
    alt = (
        f"A graph that computes {', then '.join(f'{name} = {formula}' for name, formula in formulas.items())}. Where "
        "the picture is live, each step computes one value, or sends one gradient back along its arrows, and the "
        f"inputs can be changed. As it stands, {_listed(values)}; the gradients are {_listed(gradients)}."
    )
    return LivePicture(
        "A computation, one step at a time",
        "graph.js",
        data,
        lambda: expression_graph(formulas, values, gradients),
        alt,
        height=430,
    )


def _read(name: str, formula: str) -> Node:
    inner = re.fullmatch(r"max\(0, (.*)\)", formula)
    terms = [re.split(r" · ", term) for term in re.split(r" \+ ", inner[1] if inner else formula)]
    if not all(re.fullmatch(r"[^\W\d]\w*", factor) for factors in terms for factor in factors):
        raise ValueError(f"{name} = {formula} is no sum of products of names, such as 'w · x + b', nor 'max(0, u)'")
    return Node(name, formula, terms, inner is not None)


def _values(nodes: list[Node], inputs: Mapping[str, float]) -> dict[str, float]:
    """The values of all names, forward."""
    values = {name: float(value) for name, value in inputs.items()}
    for node in nodes:
        values[node.name] = max(0.0, node.sum(values)) if node.relu else node.sum(values)
    return values


def _gradients(nodes: list[Node], values: Mapping[str, float]) -> dict[str, float]:
    """The last node's derivatives by all names, backward."""
    gradients = dict.fromkeys(values, 0.0) | {nodes[-1].name: 1.0}
    for node in reversed(nodes):
        for name in node.taken():
            gradients[name] += gradients[node.name] * node.slope(name, values)
    return gradients


def _listed(numbers: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in numbers.items())
