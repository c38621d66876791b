// The button "Hand in" of the live course: saves the notebook, says what is still open, and downloads one zip. And on a
// narrow screen a lesson opens without the list of files, which would leave it no room.
//
// JupyterLab loads an extension as a container of webpack's module federation: an object with `init`, which is given the
// modules that are shared, and `get`. This one is written by hand, so no build step stands between it and its reader.
(() => {
  "use strict";
  const BESIDE = "convnet.npz"; // the trained net, which belongs to lesson 06
  const BLANK = "Write your answer here.";
  const NARROW = 700; // pixels: the list of files takes about 300
  let shared = {};
  const STUB = 'raise NotImplementedError("not written yet")';

  // ---- a zip of files that are stored as they are -------------------------------------------------------------------

  const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
    for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
    return n;
  });

  function crc32(bytes) {
    let crc = 0xffffffff;
    for (const byte of bytes) crc = TABLE[(crc ^ byte) & 255] ^ (crc >>> 8);
    return (crc ^ 0xffffffff) >>> 0;
  }

  // Fields of a record: [value, number of bytes], the lowest first.
  function record(...fields) {
    return Uint8Array.from(fields.flatMap(([value, size]) => Array.from({ length: size }, (_, i) => (value >>> (8 * i)) & 255)));
  }

  function zip(files) {
    const now = new Date();
    const time = (now.getHours() << 11) | (now.getMinutes() << 5) | (now.getSeconds() >> 1);
    const date = ((now.getFullYear() - 1980) << 9) | ((now.getMonth() + 1) << 5) | now.getDate();
    const parts = [], directory = [];
    let at = 0;
    for (const { name, bytes } of files) {
      const path = new TextEncoder().encode(name);
      const facts = [[20, 2], [0x800, 2], [0, 2], [time, 2], [date, 2], [crc32(bytes), 4], [bytes.length, 4], [bytes.length, 4], [path.length, 2], [0, 2]];
      const local = record([0x04034b50, 4], ...facts);
      parts.push(local, path, bytes);
      directory.push(record([0x02014b50, 4], [20, 2], ...facts, [0, 2], [0, 2], [0, 2], [0, 4], [at, 4]), path);
      at += local.length + path.length + bytes.length;
    }
    const size = directory.reduce((sum, part) => sum + part.length, 0);
    const end = record([0x06054b50, 4], [0, 2], [0, 2], [files.length, 2], [files.length, 2], [size, 4], [at, 4], [0, 2]);
    return new Blob([...parts, ...directory, end], { type: "application/zip" });
  }

  // ---- the lesson ---------------------------------------------------------------------------------------------------

  function open(notebook) {
    return notebook.cells
      .filter(cell => cell.metadata?.nbgrader?.solution)
      .filter(cell => [].concat(cell.source).join("").includes(cell.cell_type === "code" ? STUB : BLANK))
      .map(cell => cell.metadata.nbgrader.grade_id);
  }

  function bytesOf(file) {
    if (file.format === "base64") return Uint8Array.from(atob(file.content), letter => letter.charCodeAt(0));
    const text = typeof file.content === "string" ? file.content : JSON.stringify(file.content, null, 1) + "\n";
    return new TextEncoder().encode(text);
  }

  function download(blob, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  async function handIn(app) {
    const context = app.shell.currentWidget?.context;
    if (!context?.path.endsWith(".ipynb")) return say("Nothing was packed", ["Open the lesson that you want to hand in, then press Hand in."]);
    await context.save();
    const contents = app.serviceManager.contents;
    const folder = context.path.includes("/") ? context.path.slice(0, context.path.lastIndexOf("/")) : "";
    const name = folder || context.path.replace(/\.ipynb$/, "");
    const notebook = await contents.get(context.path, { content: true });
    const files = [notebook];
    const there = (await contents.get(folder, { content: true })).content;
    if (there.some(file => file.name === BESIDE)) files.push(await contents.get(`${folder}/${BESIDE}`, { content: true, format: "base64" }));
    download(zip(files.map(file => ({ name: `${name}/${file.name}`, bytes: bytesOf(file) }))), `${name}.zip`);
    const left = open(notebook.content);
    const said = [`Hand in this one file. It holds ${files.map(file => file.name).join(" and ")}.`];
    if (left.length) said.push(`Still open: ${left.join(", ")}. You may finish them and hand in again.`);
    if (name.startsWith("06") && files.length === 1) said.push(`${BESIDE} is not in it: the cell that trains your net saves it.`);
    said.push("Your work is kept in this browser only, so keep the file, too.");
    return say(`Downloaded ${name}.zip`, said);
  }

  async function say(title, paragraphs) {
    const { Dialog, showDialog } = (await Object.values(shared["@jupyterlab/apputils"])[0].get())();
    return showDialog({ title, body: paragraphs.join("\n\n"), buttons: [Dialog.okButton()] });
  }

  const handingIn = {
    id: "convnets-hand-in:plugin",
    autoStart: true,
    activate: app => {
      app.commands.addCommand("convnets:hand-in", {
        label: "Hand in",
        caption: "Download this lesson as one zip to hand in. Your work is kept in this browser only: download it from time to time.",
        execute: () => handIn(app),
      });
    },
  };

  const roomForTheLesson = {
    id: "convnets-hand-in:room",
    autoStart: true,
    activate: app => {
      // This command shows the list when the lesson that the address names is opened. Later it is a wish of the user's.
      const opened = (_, { id, result }) => {
        if (id !== "docmanager:show-in-file-browser") return;
        app.commands.commandExecuted.disconnect(opened);
        if (window.innerWidth < NARROW) result.then(() => app.shell.collapseLeft());
      };
      app.commands.commandExecuted.connect(opened);
    },
  };

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB["convnets-hand-in"] = { init: modules => { shared = modules; }, get: async () => () => ({ __esModule: true, default: [handingIn, roomForTheLesson] }) };
})();
