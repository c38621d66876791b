"""A notebook's cells without Jupyter: IPython runs them, and what they show is kept as a notebook keeps it."""

import re
import sys
from collections.abc import Callable
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.formatters import DisplayFormatter
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

# What of an output is kept. HTML, JavaScript and SVG could act in the browser of whoever reads them.
KEPT = ("text/plain", "image/png")
PNG = re.compile(r'src="data:image/png;base64,([A-Za-z0-9+/=]+)"')  # in the HTML of a `cs_utils.figures.Picture`
A_DICT = 200  # characters that an output takes beside its text


class Outputs:
    """The outputs of the cell that runs, as notebooks hold them, up to so many bytes in a cell and in all."""

    def __init__(self, a_cell: int, in_all: int) -> None:
        self.a_cell, self.left = a_cell, in_all
        self.found: list[dict[str, Any]] = []
        self.room = 0

    @property
    def is_full(self) -> bool:
        return self.room <= 0

    def begin(self) -> list[dict[str, Any]]:
        """Begin a new list, for the next cell."""
        self.found, self.room = [], min(self.a_cell, self.left)
        return self.found

    def _fits(self, text: str) -> str:
        """As much of the text as there is room for."""
        text = text[: max(self.room, 0)]
        self.room -= len(text)
        self.left -= len(text)
        return text

    def stream(self, name: str, text: str) -> None:
        if not (text := self._fits(text)):
            return
        if self.found and self.found[-1].get("name") == name:
            self.found[-1]["text"] += text
        else:
            self.found.append({"output_type": "stream", "name": name, "text": text})

    def data(self, kind: str, data: dict[str, Any], **more: Any) -> None:
        kept = {mime: value for mime, value in data.items() if mime in KEPT and isinstance(value, str)}
        if "image/png" not in kept and (pictures := PNG.findall(str(data.get("text/html", "")))):
            kept["image/png"] = pictures[0]
        self._fits(" " * A_DICT)  # what it takes beside its text
        if self.is_full:
            return
        if sum(map(len, kept.values())) > self.room:
            kept = {"text/plain": self._fits(kept.get("text/plain", ""))}
        else:
            kept = {mime: self._fits(value) for mime, value in kept.items()}
        self.found.append({"output_type": kind, "data": kept, "metadata": {}, **more})

    def error(self, name: str, value: str, traceback: list[str]) -> None:
        lines = self._fits("\n".join(traceback)).splitlines()
        self.found.append({"output_type": "error", "ename": name, "evalue": value[:2000], "traceback": lines})


class Stream:
    """Standard output or standard error while a cell runs."""

    encoding, errors = "utf-8", "replace"

    def __init__(self, name: str, outputs: Outputs) -> None:
        self.name, self.outputs = name, outputs

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() takes a str, not {type(text).__name__}")
        self.outputs.stream(self.name, text)
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        pass

    def isatty(self) -> bool:
        return False

    def writable(self) -> bool:
        return True


class _Formatter(DisplayFormatter):
    outputs: Outputs

    def format(self, obj: Any, *arguments: Any, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """What is shown of an object; nothing where there is no room: a loop may display very many."""
        if self.outputs.is_full:
            return {}, {}
        data, metadata = super().format(obj, *arguments, **options)  # type: ignore[no-untyped-call]
        return data, metadata


class _Publisher(DisplayPublisher):
    outputs: Outputs

    def publish(self, data: Any, metadata: Any = None, source: Any = None, **more: Any) -> None:
        self.outputs.data("display_data", data)

    def clear_output(self, wait: bool = False) -> None:
        self.outputs.found.clear()


class _Hook(DisplayHook):
    outputs: Outputs

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: dict[str, Any], md_dict: Any = None) -> None:
        self.outputs.data("execute_result", format_dict, execution_count=self.prompt_count)

    def finish_displayhook(self) -> None:
        pass


class Console(InteractiveShell):
    """IPython as a notebook's kernel has it: magics, display, In and Out, top-level await, inline pictures."""

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)
    outputs: Outputs
    ended = False

    def init_display_formatter(self) -> None:
        self.display_formatter = _Formatter(parent=self)
        self.configurables.append(self.display_formatter)  # type: ignore[arg-type]

    def ask_exit(self) -> None:
        """What exit() and quit() call: the notebook's process ends after this cell."""
        self.ended = True

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        self.outputs.error(etype.__name__, str(evalue), "\n".join(stb).splitlines())

    def enable_gui(self, gui: str | None = None) -> None:
        pass


def make_console(outputs: Outputs) -> Console:
    """Return the one console of this process; its streams are those of the cells from now on."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    Console.outputs = _Formatter.outputs = _Publisher.outputs = _Hook.outputs = outputs
    console: Console = Console.instance(config=config)
    console.enable_matplotlib("inline")  # type: ignore[no-untyped-call]
    return console


def run(console: Console, source: str, within: Callable[[Callable[[], Any]], Any]) -> dict[str, Any]:
    """Run a cell by `within`, which sets its limit of time; return whether it went well, and its outputs."""
    outputs = console.outputs.begin()
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = Stream("stdout", console.outputs), Stream("stderr", console.outputs)
    try:
        result = within(lambda: console.run_cell(source, store_history=True))  # type: ignore[no-untyped-call]
        return {"ok": bool(result.success), "outputs": outputs, "count": console.execution_count - 1}
    finally:
        sys.stdout, sys.stderr = before
