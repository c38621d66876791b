"""From what a class handed in to notebooks that are safe to run and show.

`collect` finds each student's notebook in a folder or zip; `rebuild` puts its answers, and the student's own cells,
into a copy of the released notebook. What was handed in is never passed on as it is.
"""
