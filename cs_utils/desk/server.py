"""What the course adds to Jupyter's server: the formulas of Notebook 7 get their fonts, and nothing asks another host.

JupyterLab and Notebook 7 have fonts of the same names in folders of their own. The server keeps, for both together,
where it found a name, so the second to ask was told of a file outside its folder, and refused it (403).

The pages of an instructor's formgrader would fetch MathJax from elsewhere. The course's formulas are in MathML there.
"""

from typing import Any


class _Forgets(dict[str, str]):
    """A dict that stays empty."""

    def __setitem__(self, key: str, value: str) -> None:
        pass


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "cs_utils.desk.server"}]


def _load_jupyter_server_extension(app: Any) -> None:
    from jupyter_server.base.handlers import FileFindHandler
    from tornado.ioloop import IOLoop

    FileFindHandler._static_paths = _Forgets()
    IOLoop.current().add_callback(_without_mathjax, app)  # when all extensions are there


def _without_mathjax(app: Any) -> None:
    from jinja2 import DictLoader

    exporter = app.web_app.settings.get("nbgrader_exporter")
    if exporter is not None:
        nothing = DictLoader({"mathjax.html.j2": "{% macro mathjax() %}{% endmacro %}"})
        exporter.environment.loader.loaders.insert(0, nothing)
