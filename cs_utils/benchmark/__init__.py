"""How fast the engine is, beside other ways to compute the same: `python -m cs_utils.benchmark --help`.

What is measured is in `rows` and `work`; who takes part in `peers`: `cs_utils.reference`, `im2col` and `loops`, all of
them plain NumPy, and `pytorch`. How it is measured is in `run`, `measure`, `machine` and `memory`, and what is said
about it in `report` and `picture`. `busy` compares one thread with several beside a busy process, and `tricks` the
engine with and without each of its tricks.
"""
