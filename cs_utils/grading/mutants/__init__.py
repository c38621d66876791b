"""Wrong answers made by machine: right answers with one thing changed, and what exam and check make of each.

Wrong answers that people write miss what their authors don't think of. Here the syntax trees of all right answers are
changed in one place each (`operators`), thousands of times. Each mutant runs in a process of its own (`processes`) and
is judged (`judge`): does the exam take points from it, whatever the seed? Does the check see that it is wrong, and is
the name that it gives true? If neither notices anything, a campaign of further cases decides whether it is wrong at
all (`contract`): arguments that the exercise allows, with special values, ties, extreme scales, and all sizes.

The command is ``python -m cs_utils.grading.mutants``.
"""
