"""What runs inside the sandbox, beside the student's code. Nothing here may know a hidden test or a right answer.

The folder is mounted in the sandbox on its own, without the rest of `cs_utils.grading`.
"""
