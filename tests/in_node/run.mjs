// node run.mjs PYODIDE PACKAGES FOLDERS PROGRAM [ARGUMENT ...]: run a Python program in Pyodide, without a browser.
//
// PACKAGES, a JSON list, are loaded at the start. FOLDERS, a JSON object, says which folders of this machine Python sees,
// and where. A program that ends in an awaitable is awaited.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [pyodide, packages, folders, program, ...rest] = process.argv.slice(2);

// The clock is the time that this process computes: on a busy machine no training and no check runs out of its seconds.
performance.now = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const { loadPyodide } = await import(pathToFileURL(join(pyodide, "pyodide.mjs")));
const options = { indexURL: pyodide, packages: JSON.parse(packages), args: [program, ...rest] };
const python = await loadPyodide(options);
for (const [place, folder] of Object.entries(JSON.parse(folders))) python.mountNodeFS(place, folder);
try {
  await python.runPythonAsync(readFileSync(program, "utf8"), { filename: program });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
