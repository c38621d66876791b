"""Whether a page can be used by everybody, as far as axe-core can tell; it comes from npm."""

from collections.abc import Sequence

import pytest
from playwright.sync_api import Page

from cs_utils.grading.site.npm import Package

AXE = Package("axe-core", "4.14.1", "e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page, include: Sequence[str], exclude: Sequence[str] = ()) -> list[str]:
    """Return, in words, what axe-core finds in the parts of a page that `include` selects, without `exclude`.

    Live pictures in it are looked into, too. The test is skipped where axe-core is not to be had.
    """
    if not AXE.is_at_hand:
        pytest.skip("no axe-core in the cache and no npm to fetch it")
    script = AXE.read("axe.min.js").decode("utf-8")
    options = {"runOnly": RULES, "resultTypes": ["violations"], "iframes": False}
    context = {"include": [[selector] for selector in include], "exclude": [[selector] for selector in exclude]}
    found = []
    live = [frame for frame in page.frames if frame.parent_frame == page.main_frame]
    for frame, parts in ((page.main_frame, context), *((frame, {"include": [["body"]]}) for frame in live)):
        frame.evaluate(f"() => {{ {script} }}")
        result = frame.evaluate("([context, options]) => axe.run(context, options)", [parts, options])
        for violation in result["violations"]:
            places = "; ".join(node["html"][:120] for node in violation["nodes"][:3])
            found.append(f"{violation['id']}: {violation['help']} ({len(violation['nodes'])} times: {places})")
    return found
