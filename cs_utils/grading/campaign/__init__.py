"""What takes too long for every day: the grader under damage, kills and attacks at full size, with figures.

``python -m cs_utils.grading.campaign --help``; the default tests run a sample of `fuzz` and of `kills`.
"""
