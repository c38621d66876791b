"""What Sphinx is told: the theme, how Markdown and notebooks are read, where formulas come from."""

from typing import Any

from cs_utils import __version__
from cs_utils.grading.site import mathjax


def settings() -> dict[str, Any]:
    """Return the configuration of Sphinx; a `conf.py` would be a second place for it."""
    return {
        "project": "ConvNets from scratch",
        "author": "the course's authors",
        "release": __version__,
        "html_title": "ConvNets from scratch",
        "html_show_copyright": False,
        "html_show_sphinx": False,
        "extensions": ["myst_nb", "sphinx_copybutton", "sphinx.ext.mathjax"],
        "html_theme": "sphinx_book_theme",
        "html_static_path": ["_static"],
        "html_css_files": ["site.css"],
        "html_logo": "_static/logo.svg",
        "html_favicon": "_static/logo.svg",
        "html_context": {"default_mode": "auto"},
        "html_copy_source": False,
        "html_theme_options": {
            "home_page_in_toc": False,
            "use_download_button": False,
            "show_toc_level": 1,
            "search_bar_text": "Search the course",
            "logo": {"text": "ConvNets from scratch", "alt_text": ""},
            "navbar_persistent": [],
        },
        # Notebooks are shown as they are: lesson_pages has put the outputs in that may be seen.
        "nb_execution_mode": "off",
        "nb_merge_streams": True,
        "myst_enable_extensions": ["amsmath", "dollarmath"],
        "myst_heading_anchors": 4,
        "myst_dmath_double_inline": True,
        "copybutton_prompt_text": "$ ",
        "copybutton_exclude": ".linenos, .gp, .go",
        "mathjax_path": mathjax.NAME,
        "nitpicky": True,
        # A lesson's headings begin at the level that its section has in the lesson, not where Sphinx would like it.
        "suppress_warnings": ["myst.header"],
    }
