"""One name for another: height for width, images for channels, one argument for another."""

import ast
from collections.abc import Iterator

from cs_utils.grading.mutants.operators.sites import Site

ROWS_AND_COLUMNS = [
    *(("height", "width"), ("rows", "columns"), ("down", "across"), ("top", "left"), ("i", "j")),
    *(("m", "n"), ("m", "k"), ("h", "w"), ("row", "column"), ("bottom", "right")),
]
IMAGES_AND_CHANNELS = [("count", "channels"), ("count", "depth"), ("n", "c"), ("k", "c"), ("n", "d"), ("d", "m")]


def names(site: Site) -> Iterator[tuple[str, ast.AST]]:
    """Yield the other names that might stand in a place."""
    node = site.node
    if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load):
        return
    there = {name.id for name in ast.walk(site.function) if isinstance(name, ast.Name)}
    for kind, pairs in (("H for W", ROWS_AND_COLUMNS), ("N for C", IMAGES_AND_CHANNELS)):
        for pair in pairs:
            if node.id in pair and there.issuperset(pair):
                yield kind, ast.Name(pair[pair.index(node.id) - 1], ast.Load())
    parameters = [argument.arg for argument in site.function.args.args]
    if node.id in parameters and not isinstance(site.parent, ast.Attribute):
        following = parameters[(parameters.index(node.id) + 1) % len(parameters)]
        if following != node.id:
            yield "other argument", ast.Name(following, ast.Load())
