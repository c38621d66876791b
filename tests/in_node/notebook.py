"""Run a notebook whole in the live course's own kernel, cell by cell, as the browser's worker does.

Arguments: the notebook; the folder to run it in; the file to write to, a JSON list with an object for each cell of
code, which holds its source, its seconds, what it wrote to each stream, and the error that it ended in, if any; and the
most seconds that a training takes for which the lesson sets no limit, "" for the course's own.
"""

import json
import os
import sys
import time

import pyodide_kernel


async def main(notebook: str, folder: str, report: str, limit: str) -> None:
    kernel, shell = pyodide_kernel.kernel_instance, pyodide_kernel.ipython_shell
    with open(notebook, encoding="utf-8") as file:
        cells = [cell for cell in json.load(file)["cells"] if cell["cell_type"] == "code"]
    if limit:
        from cs_utils.training import loop

        loop.BROWSER_SECONDS = float(limit)
    ran = []
    kernel._parent_header = {}
    os.chdir(folder)
    for cell in cells:
        written = {"stdout": "", "stderr": ""}

        def write(name: str, text: str, written: dict[str, str] = written) -> None:
            written[name] += text

        pyodide_kernel.stdout_stream.publish_stream_callback = write
        pyodide_kernel.stderr_stream.publish_stream_callback = write
        shell.display_pub.display_data_callback = shell.displayhook.publish_execution_result = lambda *_: None
        source, began = "".join(cell["source"]), time.perf_counter()
        result = await kernel.run(source)
        entry = {"source": source, "seconds": time.perf_counter() - began, **written}
        if result["status"] == "error":
            entry["error"] = f"{result['ename']}: {result['evalue']}"
        ran.append(entry)
        with open(report, "w", encoding="utf-8") as file:  # after each cell: what is cut short has a report, too
            json.dump(ran, file)


main(*sys.argv[1:])
