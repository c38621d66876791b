"""``python -m cs_utils.grading.campaign``: the long runs, each of which goes on where it was cut off."""

import argparse
import sys
from pathlib import Path

from cs_utils.grading.authoring.paths import ROOT
from cs_utils.grading.campaign import compare, fuzz, kills, measure
from cs_utils.grading.classroom.sandbox import NoSandbox, try_sandbox
from cs_utils.system import usable_cores


def main(arguments: list[str] | None = None) -> int:
    """Run a campaign as the command line says; return 0 if it has found no fault."""
    options = _parser().parse_args(arguments)
    try:
        try_sandbox()
    except NoSandbox as reason:
        print(f"There is no sandbox here: {reason}.", file=sys.stderr)
        return 1
    try:
        return int(options.run(options))
    except KeyboardInterrupt:
        print("\nStopped. What was done is kept; the same command goes on.")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m cs_utils.grading.campaign",
        description="The grader under damage and kills at full size. Each run writes a file of JSON lines as it goes "
        "and, when it was cut off, goes on from it by the same command; to begin anew, delete the file. It ends with "
        "a table, and with exit code 0 if there was no fault. In the background, out of everybody's way: "
        "nice -n 19 setsid ... > campaign.txt &",
    )
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "grading" / "campaign", help="where results are (default: %(default)s)"
    )
    kinds = parser.add_subparsers(required=True, metavar="CAMPAIGN")

    text = (
        "damaged notebooks through the intake, some of them also run in the sandbox and judged (an hour on two cores)"
    )
    kind = kinds.add_parser("fuzz", help=text, description=text)
    kind.add_argument("--number", type=int, default=20_000, metavar="N", help="notebooks (default: %(default)s)")
    kind.add_argument("--judged", type=int, default=2_000, metavar="N", help="of them judged (default: %(default)s)")
    kind.add_argument(
        "--workers", type=int, default=usable_cores(), metavar="N", help="processes (default: one a core)"
    )
    kind.set_defaults(run=lambda given: fuzz.run(given.folder, given.number, given.judged, given.workers))

    text = "a small class graded; driver, worker, sandbox or session killed at a random moment; the command run again"
    kind = kinds.add_parser("kills", help=text, description=text)
    kind.add_argument("--number", type=int, default=200, metavar="N", help="kills (default: %(default)s)")
    kind.set_defaults(run=lambda given: kills.run(given.folder, given.number))

    text = "the hostile class of tests/, graded by this grader and by plain nbgrader, side by side (two hours)"
    kind = kinds.add_parser("compare", help=text, description=text)
    kind.add_argument("--every", type=int, default=1, metavar="N", help="only each Nth submission (default: all)")
    kind.set_defaults(run=lambda given: compare.run(given.folder, given.every))

    text = "a class of small submissions: speed, workers, memory; and a table of all figures (15 minutes)"
    kind = kinds.add_parser("measure", help=text, description=text)
    kind.add_argument("--number", type=int, default=1_000, metavar="N", help="submissions (default: %(default)s)")
    kind.set_defaults(run=lambda given: measure.run(given.folder, given.number))
    return parser


if __name__ == "__main__":
    sys.exit(main())
