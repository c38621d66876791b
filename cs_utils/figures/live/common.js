// What all live pictures share: elements, numbers in words, grids, images, sliders, choices, the spoken line.
// A picture puts its parts on the page with show(...), and says in one sentence what it shows with say(...).

// An element: make("p", { class: "row", onclick: f }, "text", child, ...)
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

const show = (...parts) => document.getElementById("picture").append(...parts);
const row = (...parts) => make("div", { class: "row" }, ...parts);
const titled = (title, ...parts) => make("figure", {}, make("figcaption", {}, title), ...parts);

// At most one sentence at a time is read aloud: the last one, when nothing has changed for a moment.
const say = (() => {
  let waiting = 0;
  return (text) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { document.getElementById("said").textContent = text; }, 120);
  };
})();

// A number as short as it can be said: at most two decimals, a typographic minus sign.
function number(value, decimals = 2) {
  const text = String(+value.toFixed(decimals));
  return text === "-0" ? "0" : text.replace("-", "\u2212");
}
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const matrix = (rows, columns, of) =>
  Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (__, j) => of(i, j)));
const inWords = (values) => values.map((line) => line.map((v) => number(v)).join(" ")).join(" / ");

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

// Where an arrow key, Home or End leads from a place in a grid of this size; null for any other key.
function led(key, [i, j], rows, columns) {
  if (key === "Home") return [i, 0];
  if (key === "End") return [i, columns - 1];
  const step = ARROWS[key];
  return step ? [clamp(i + step[0], 0, rows - 1), clamp(j + step[1], 0, columns - 1)] : null;
}

// A grid of numbers. What it can do, all but label optional:
//   label            its name for screen readers      cell   pixels of a cell's side
//   point(i, j)      the mouse or the focus is on a cell
//   press(i, j)      space or enter, or a mouse button or finger, also when dragged over more cells
//   change(i, j, n)  plus and minus keys; with drag: "value" also a cell dragged up or down by n
function grid(rows, columns, { label, cell = 34, point, press, change, drag = "press" }) {
  const active = point || press || change;
  const roles = active ? ["grid", "gridcell"] : ["table", "cell"]; // only what can be worked takes the focus
  const box = make("div", { class: active ? "grid touch" : "grid", role: roles[0], "aria-label": label });
  box.style.setProperty("--cell", `${cell}px`);
  const cells = matrix(rows, columns, () => make("div", { class: "cell", role: roles[1] }));
  for (const line of cells) box.append(make("div", { role: "row" }, ...line));
  if (active) for (const each of cells.flat()) each.tabIndex = each === cells[0][0] ? 0 : -1;
  let names = null;
  const find = (target) => {
    for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) if (cells[i][j] === target) return [i, j];
    return null;
  };
  const focus = (i, j) => {
    for (const each of cells.flat()) each.tabIndex = each === cells[i][j] ? 0 : -1;
    cells[i][j].focus();
  };
  box.addEventListener("keydown", (event) => {
    const place = find(event.target);
    const next = place && led(event.key, place, rows, columns);
    const amount = { "+": 1, "=": 1, "-": -1, _: -1 }[event.key];
    if (next) focus(...next);
    else if (place && press && [" ", "Enter"].includes(event.key)) press(...place);
    else if (place && change && amount) change(...place, amount);
    else return;
    event.preventDefault();
  });
  box.addEventListener("focusin", (event) => {
    const place = find(event.target);
    if (place && point) point(...place);
  });
  let held = null; // while a mouse button or finger is down: the cell, and from where it is dragged
  box.addEventListener("pointerdown", (event) => {
    const place = find(event.target);
    if (!place || !active) return;
    event.preventDefault();
    focus(...place);
    held = { place, y: event.clientY };
    box.setPointerCapture(event.pointerId);
    if (press) press(...place);
  });
  box.addEventListener("pointermove", (event) => {
    const place = find(document.elementFromPoint(event.clientX, event.clientY));
    if (held && drag === "value" && change) {
      const steps = Math.trunc((held.y - event.clientY) / 12);
      if (!steps) return;
      held.y -= 12 * steps;
      change(...held.place, steps);
    } else if (place && held && press && String(place) !== String(held.place)) {
      held.place = place;
      press(...place);
    } else if (place && point) point(...place);
  });
  for (const name of ["pointerup", "pointercancel"]) box.addEventListener(name, () => { held = null; });
  return {
    box,
    cells,
    name: (of) => { names = of; }, // of(i, j): what a screen reader calls the cell, before its number
    // Numbers; null leaves a cell empty. What is shown, unrounded, is in data-value.
    show(values) {
      const longest = Math.max(2, ...values.flat().map((v) => (v === null || v === undefined ? 0 : number(v).length)));
      box.style.fontSize = `${Math.min(0.42, 1.5 / longest) * cell}px`;
      values.forEach((line, i) => line.forEach((value, j) => {
        const each = cells[i][j], empty = value === null || value === undefined;
        each.textContent = empty ? "" : number(value);
        if (empty) delete each.dataset.value;
        else each.dataset.value = value;
        const name = names ? names(i, j) : `row ${i}, column ${j}`;
        each.setAttribute("aria-label", empty ? name : `${name}: ${number(value)}`);
      }));
    },
    // mark("ring", (i, j) => true): give a class of common.css to these cells, and to no others
    mark: (name, is) => cells.forEach((line, i) => line.forEach((each, j) => {
      each.classList.toggle(name, Boolean(is(i, j)));
    })),
    // Outline windows: [row, column, rows, columns, line style], ...
    outline(...windows) {
      box.querySelectorAll(".outline").forEach((old) => old.remove());
      for (const [i, j, high, wide = high, line = "solid"] of windows) {
        const frame = make("div", { class: "outline", role: "presentation" });
        Object.entries({ row: i, column: j, rows: high, columns: wide }).forEach(([name, value]) => {
          frame.style.setProperty(`--${name}`, value);
        });
        frame.style.borderStyle = line;
        box.append(frame);
      }
    },
  };
}

// An image or a map as grey or coloured pixels, with a place that mouse, finger and arrow keys move.
//   label  its name for screen readers      width       pixels on the screen
//   point(i, j)  the place has moved        press(i, j) space, enter, or pressed, also when dragged over
//   tell(i, j)   what a screen reader hears of a place
function image(rows, columns, { label, width = 200, point, press, tell = () => "" }) {
  const scale = Math.max(2, Math.round((2 * width) / columns));
  const active = point || press;
  const canvas = make("canvas", {
    ...{ class: "image", width: columns * scale, height: rows * scale, "aria-label": label },
    ...(active ? { role: "application", tabindex: 0, "aria-roledescription": "image, arrow keys move" } : {}),
    ...(active ? {} : { role: "img" }),
  });
  canvas.style.setProperty("--width", `${width}px`);
  const brush = canvas.getContext("2d");
  let place = [0, 0], held = false, painted = () => {}, frames = [];
  const draw = () => {
    painted();
    for (const [i, j, high, wide = high] of frames) {
      for (const [colour, thick] of [["white", scale * 0.5 + 4], ["black", scale * 0.2 + 2]]) { // one always shows
        brush.strokeStyle = colour;
        brush.lineWidth = thick;
        brush.strokeRect(j * scale, i * scale, wide * scale, high * scale);
      }
    }
  };
  const move = (next) => {
    place = next;
    if (point) point(...place);
    canvas.setAttribute("aria-description", tell(...place));
  };
  const under = (event) => {
    const area = canvas.getBoundingClientRect();
    return [
      clamp(Math.floor(((event.clientY - area.top) / area.height) * rows), 0, rows - 1),
      clamp(Math.floor(((event.clientX - area.left) / area.width) * columns), 0, columns - 1),
    ];
  };
  if (active) {
    canvas.addEventListener("keydown", (event) => {
      const next = led(event.key, place, rows, columns);
      if (next) move(next);
      else if (press && [" ", "Enter"].includes(event.key)) press(...place);
      else return;
      event.preventDefault();
    });
    canvas.addEventListener("pointerdown", (event) => {
      held = true;
      canvas.setPointerCapture(event.pointerId);
      move(under(event));
      if (press) press(...place);
    });
    canvas.addEventListener("pointermove", (event) => {
      const next = under(event);
      if (String(next) === String(place)) return;
      move(next);
      if (held && press) press(...place);
    });
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => { held = false; });
  }
  return {
    box: canvas,
    // Values (rows, columns) in grey, black at `low`, white at `high`; or (rows, columns, 3) in colour from 0 to 1.
    show(values, low = 0, high = 1) {
      canvas.values = values;
      painted = () => values.forEach((line, i) => line.forEach((value, j) => {
        const [red, green = red, blue = red] = [value].flat().map((v) => shade(v, low, high));
        brush.fillStyle = `rgb(${red} ${green} ${blue})`;
        brush.fillRect(j * scale, i * scale, scale, scale);
      }));
      draw();
    },
    outline(...windows) { frames = windows; draw(); },
    put(i, j) { place = [i, j]; },
  };
}

const shade = (value, low, high) => Math.round((255 * clamp(value - low, 0, high - low)) / (high - low || 1));

// The scale of grey of a map: middle grey is 0 if there are negative numbers.
function scaleOf(values) {
  const all = values.flat(), high = Math.max(...all.map(Math.abs)), low = Math.min(...all);
  return [low < 0 ? -high : low, high];
}

// A slider with its name and value; `changed` gets the number.
function slider(label, { min = 0, max, step = 1, value }, changed) {
  const shown = make("output", {}, number(value));
  const input = make("input", { type: "range", min, max, step, value, oninput: () => {
    shown.textContent = number(+input.value);
    changed(+input.value);
  } });
  const set = (next) => { input.value = next; shown.textContent = number(+input.value); };
  return { box: make("label", {}, label, input, shown), input, set };
}

// Buttons of which one is pressed: [[name, value], ...]; `changed` gets the value.
function choice(label, options, chosen, changed) {
  const box = make("div", { class: "row", role: "group", "aria-label": label });
  const press = (value) => buttons.forEach(([each, its]) => each.setAttribute("aria-pressed", its === value));
  const buttons = options.map(([name, value]) => [
    make("button", { type: "button", onclick: () => { press(value); changed(value); } }, name), value,
  ]);
  box.append(label, ...buttons.map(([each]) => each));
  press(chosen);
  return { box, press };
}
const button = (name, pressed) => make("button", { type: "button", onclick: pressed }, name);

// The cross-correlation of x (H, W) with w (F, F) at a stride, as cs_utils.layers.conv2d computes it of one channel.
function correlate(x, w, stride = 1) {
  const places = (n) => Math.floor((n - w.length) / stride) + 1;
  return matrix(places(x.length), places(x[0].length), (i, j) => {
    let sum = 0;
    w.forEach((line, m) => line.forEach((weight, n) => { sum += weight * x[i * stride + m][j * stride + n]; }));
    return sum;
  });
}

// The theme: the notebook's where it says one, else the system's. The height goes to the notebook, which gives it.
{
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  let told = "";
  const dress = () => { document.documentElement.dataset.theme = told || (system.matches ? "dark" : "light"); };
  system.addEventListener("change", dress);
  window.addEventListener("message", ({ source, data }) => {
    if (source !== window.parent || !data || typeof data.theme !== "string") return;
    told = data.theme;
    dress();
    if (data.ask) report(); // the first report may have come before the notebook listened
  });
  dress();
  const report = () => window.parent.postMessage({ height: document.body.scrollHeight }, "*");
  if (window.parent !== window) new ResizeObserver(report).observe(document.body);
}
