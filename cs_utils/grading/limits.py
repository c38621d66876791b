"""All limits of a submission, in one place."""

MB = 1_000_000

# What is read of a submission.
LARGEST_NOTEBOOK = 20 * MB  # bytes
LARGEST_FILE = 2 * MB  # bytes of what may be handed in beside it; the lecture's net has 125,000

# What is read of a class: a folder or a zip, with the zips in it.
MOST_CLASS_ENTRIES = 2_000_000  # files and folders
MOST_ENTRIES = 50_000  # of one folder below the class's own, and of one student's zip
FOLDERS_DEEP = 12
LONGEST_NAME = 255  # characters of a file's or folder's name
LARGEST_ARCHIVE = 25 * MB  # bytes of a zip that a student handed in
MOST_ARCHIVES = 20  # of one student
ARCHIVES_DEEP = 3  # zips within one another
MOST_NOTEBOOKS = 50  # that are opened to find one student's work

# What is understood of a notebook.
MOST_BRACKETS = 2_000_000  # of its JSON: each may become a list or a dictionary of 64 bytes and more
MOST_CELLS = 2_000
LARGEST_CELL = 1 * MB  # characters; text with a picture pasted into it is long
MOST_CODE = 1 * MB  # characters of all code cells
LARGEST_PARSED = 100_000  # characters of a code cell in which definitions are looked for
LARGEST_PICTURE = 2 * MB  # characters of a picture attached to a text cell, in base64
