"""How fast the engine is, beside other ways to compute the same: `python -m cs_utils.benchmark --help`.

`textbook`, `im2col` and `loops` are three plain NumPy versions of the layers, `pytorch` the same work in PyTorch. What
is measured stands in `rows`, how in `measure` and `machine`, and what is told about it in `report` and `picture`.
"""
