"""``python course.py site DEST``: write the website, or say what is in the way."""

import argparse
import sys
from pathlib import Path

from cs_utils.grading.site.build import SiteError, build
from cs_utils.system import replace_unprintable


def main(arguments: list[str] | None = None) -> int:
    """Build the site; return 1, with the reason on standard error, if something is in the way."""
    parser = argparse.ArgumentParser(
        prog="course.py site",
        description="Write the course's website: lessons, guides, search. Any web server can serve the folder.",
    )
    parser.add_argument("destination", type=Path, metavar="DEST", help="a new or empty folder, or a site made before")
    parser.add_argument("--pages-only", action="store_true", help="leave out the course that runs in the browser")
    options = parser.parse_args(arguments)
    try:
        build(options.destination, live_course=not options.pages_only)
    except (OSError, SiteError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"To look at it: python -m http.server --directory {options.destination} --bind localhost")
    return 0


if __name__ == "__main__":
    replace_unprintable()
    sys.exit(main())
