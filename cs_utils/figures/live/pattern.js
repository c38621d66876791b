// Type a pattern, see its volumes, parameters, multiply-adds, memory and receptive field: what ConvNet.summary() says.
const MOST = 120; // layers: more would be no picture
// Of each kind of layer: the numbers it takes, and what they are if left out (null: see `itemOf`); as in cs_utils.model
const KINDS = {
  conv: { n: null, F: 3, S: 1, P: null }, relu: {}, pool: { F: 2, S: 2 }, avgpool: { F: 2, S: 2 }, gap: {},
  fc: { n: null }, bn: {}, res: { F: 3 }, resbn: { F: 3 },
};

// ---- the pattern's language: items joined by -, groups repeated by (...)*n
function parsed(text) {
  const [items, end] = sequence(text, 0);
  if (end < text.length) throw Error(`position ${end} of '${text}': '${text[end]}' was not expected here`);
  return items;
}
function sequence(text, position) {
  const items = [];
  for (;;) {
    const [more, next] = text[position] === "(" ? group(text, position) : named(text, position);
    items.push(...more);
    if (items.length > MOST) throw Error(`more than ${MOST} layers: too many for this picture`);
    if (text[next] !== "-") return [items, next];
    position = next + 1;
  }
}
function named(text, position) {
  const match = text.slice(position).match(/^[A-Za-z0-9:]+/);
  if (match) return [[match[0]], position + match[0].length];
  const found = position < text.length ? `'${text[position]}'` : "the end";
  throw Error(`position ${position} of '${text}': a layer or ( was expected, not ${found}`);
}
function group(text, start) {
  const [items, position] = sequence(text, start + 1);
  if (text[position] !== ")") throw Error(`position ${position} of '${text}': the ( at ${start} is not closed here`);
  const match = text.slice(position + 1).match(/^\*([1-9]\d*)/);
  if (match) {
    if (items.length * match[1] > MOST) throw Error(`more than ${MOST} layers: too many for this picture`);
    return [Array(+match[1]).fill(items).flat(), position + 1 + match[0].length];
  }
  if (text[position + 1] !== "*") return [items, position + 1];
  throw Error(`position ${position + 2} of '${text}': a number of repetitions, 1 or more, was expected`);
}

// What an item says: kind, number n, extent F, stride S, padding before and after.
function itemOf(text) {
  const match = text.match(/^([a-z]+)(\d+)?(?:F(\d+))?(?:S(\d+))?(?:P(\d+)(?::(\d+))?)?$/);
  const takes = match && KINDS[match[1]];
  if (!takes) {
    const kinds = Object.keys(KINDS).join(", ");
    throw Error(`'${text}' is no layer; there are ${kinds}, with numbers as in conv32F5S1P2`);
  }
  const item = { text, kind: match[1] };
  ["n", "F", "S", "P"].forEach((letter, i) => {
    const written = match[i + 2];
    if (written !== undefined && !(letter in takes)) {
      throw Error(`'${text}': ${item.kind} takes no ${letter === "n" ? "number" : letter}`);
    }
    if (written !== undefined && +written === 0 && letter !== "P") {
      throw Error(`'${text}': its numbers should be at least 1`);
    }
    item[letter] = written === undefined ? takes[letter] : +written;
  });
  if (item.P === null) item.P = Math.floor((item.F - 1) / 2); // it keeps the size if the stride is 1
  item.after = match[6] === undefined ? item.P : +match[6];
  return item;
}

function sized(n, F, S, before = 0, after = 0) {
  const room = n - F + before + after;
  if (room < 0) throw Error(`a window of ${F} is larger than ${n + before + after}, the size with padding`);
  if (room % S) throw Error(`(${n} - ${F} + ${before + after}) / ${S} + 1 is no whole number`);
  return room / S + 1;
}

// A layer for an input of (H, W, D): output, parameters, multiply-adds, windows (extent, stride).
function layerOf({ kind, n, F, S, P, after, text }, [H, W, D]) {
  const numbers = H * W * D;
  if (kind === "conv") {
    const output = [sized(H, F, S, P, after), sized(W, F, S, P, after), n];
    const products = output[0] * output[1] * n * F * F * D;
    return { output, parameters: F * F * D * n + n, products, windows: [[F, S]] };
  }
  if (kind === "pool" || kind === "avgpool") return { output: [sized(H, F, S), sized(W, F, S), D], windows: [[F, S]] };
  if (kind === "gap") return { output: [1, 1, D], windows: [[Math.max(H, W), 1]] };
  if (kind === "fc") {
    return { output: [1, 1, n], parameters: numbers * n + n, products: numbers * n, windows: [[Math.max(H, W), 1]] };
  }
  if (kind === "bn") return { output: [H, W, D], parameters: 2 * D };
  if (kind === "relu") return { output: [H, W, D] };
  if (F % 2 === 0) throw Error(`'${text}': the extent should be odd, so that the size stays as it is`);
  const weights = 2 * F * F * D * D; // a residual block: two convolutions, with biases or batch norms
  const parameters = weights + (kind === "res" ? 2 * D : 4 * D);
  return { output: [H, W, D], parameters, products: weights * H * W, windows: [[F, 1], [F, 1]] };
}

function netOf(pattern) {
  const items = parsed(pattern).map(itemOf), net = [{ text: "input", output: DATA.shape, field: 1 }];
  let shape = DATA.shape, field = 1, step = 1;
  items.forEach((item, i) => {
    if (item.n === null) {
      if (item.kind !== "fc" || i < items.length - 1) {
        const needed = `${item.kind} needs its number, as in ${item.kind}32`;
        throw Error(`layer ${i + 1}: ${needed}; only the last fc may leave it out`);
      }
      item.n = DATA.classes;
    }
    let layer;
    try {
      layer = layerOf(item, shape);
    } catch (error) {
      throw Error(`layer ${i + 1}: ${item.text} does not fit ${shape.join("x")}: ${error.message}`);
    }
    for (const [size, stride] of layer.windows || []) {
      field += (size - 1) * step;
      step *= stride;
    }
    shape = layer.output;
    net.push({ text: item.text, parameters: 0, products: 0, ...layer, field });
  });
  if (String(shape) !== String([1, 1, DATA.classes])) {
    throw Error(`it ends with ${shape.join("x")}; ${DATA.classes} classes need 1x1x${DATA.classes}: end it with fc`);
  }
  return net;
}

// ---- the page: a line to type in, the volumes as boxes, a table, and what one number of a layer sees
let net = [], chosen = 0;
const whole = (value) => value.toLocaleString("en-US"), sizes = (shape) => shape.join(" x ");
const bytesOf = ({ output }) => 4 * output.reduce((a, b) => a * b); // float32
const kilobytes = (bytes) => `${number(bytes / 1000, bytes < 1000 ? 2 : bytes < 10000 ? 1 : 0)} kB`;

const svg = (tag, attributes, ...children) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};
const line = make("input", {
  ...{ type: "text", value: DATA.pattern, "aria-label": "pattern" },
  ...{ spellcheck: "false", autocapitalize: "off", autocomplete: "off" },
  ...{ style: "flex: 1 1 16rem; min-width: 0; min-height: 32px; font-family: monospace", oninput: () => read() },
});
const wrong = make("p", { role: "alert", style: "font-weight: 700; flex-basis: 100%; margin: 0" });
const volumes = make("div", {
  ...{ tabindex: "0", role: "application", style: "overflow-x: auto; max-width: 100%; flex-basis: 100%" },
  ...{ "aria-label": "volumes: arrow keys choose a layer", "aria-roledescription": "drawing" },
});
const table = make("table", {
  style: "border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: clamp(11px, 2.9vw, 14px)",
});
const scroller = make("div", {
  ...{ tabindex: "0", role: "region", "aria-label": "table of the layers" },
  ...{ style: "overflow-x: auto; max-width: 100%" },
}, table);
const seen = make("div", {});
const HEIGHT = 92, GAP = 10; // of the tallest volume, and between two

function draw() {
  const drawing = svg("svg", {});
  let x = 6;
  net.forEach(({ text, output: [H, W, D] }, i) => {
    const high = Math.max(4, (HEIGHT * H) / DATA.shape[0]), wide = 6 + 5 * Math.log2(D + 1);
    const volume = H === 1 && W === 1 ? `${D}` : `${H}x${W}x${D}`;
    const room = Math.max(wide, 7.5 * text.length, 7.5 * volume.length);
    const left = x + (room - wide) / 2, middle = x + room / 2, marked = i === chosen;
    const style = `fill: var(--ink); font-size: 12px; font-weight: ${marked ? 700 : 400}`;
    const words = { "text-anchor": "middle", style };
    drawing.append(svg("g", { "data-layer": i, style: "cursor: pointer" },
      svg("rect", { x, y: 0, width: room, height: HEIGHT + 46, style: "fill: transparent" }),
      svg("rect", {
        ...{ x: left, y: 6 + HEIGHT - high, width: wide, height: high },
        style: `fill: var(${marked ? "--dark" : "--shade"}); stroke: var(--ink); stroke-width: ${marked ? 3 : 1}`,
      }),
      svg("text", { x: middle, y: HEIGHT + 22, ...words }, text),
      svg("text", { x: middle, y: HEIGHT + 38, ...words }, volume),
    ));
    x += room + GAP;
  });
  drawing.setAttribute("width", x);
  drawing.setAttribute("height", HEIGHT + 46);
  volumes.replaceChildren(drawing);
}

function fill() {
  const cell = (text, head, right) => make(head ? "th" : "td", {
    ...(head ? { scope: head } : {}),
    style: `padding: 1px clamp(2px, 0.8vw, 8px); text-align: ${right ? "right" : "left"}; white-space: nowrap; `
      + `font-weight: ${head === "col" ? 700 : 400}`,
  }, text);
  const heads = ["layer", "output", "parameters", "multiply-adds", "memory", "sees"];
  const total = (of) => net.reduce((sum, layer) => sum + (of(layer) || 0), 0);
  const rows = net.map((layer, i) => {
    const row = make("tr", { style: i === chosen ? "background: var(--shade)" : "" });
    const counts = i ? [whole(layer.parameters), whole(layer.products)] : ["", ""];
    const cells = [layer.text, sizes(layer.output), ...counts, kilobytes(bytesOf(layer)), `${layer.field}`];
    row.append(...cells.map((text, j) => cell(text, j ? "" : "row", j)));
    return row;
  });
  const sums = [whole(total((l) => l.parameters)), whole(total((l) => l.products)), kilobytes(total(bytesOf)), ""];
  const ruled = (side, ...cells) => make("tr", { style: `border-${side}: 1px solid var(--line)` }, ...cells);
  const last = ruled("top", cell("all", "row"), cell(""), ...sums.map((text) => cell(text, "", true)));
  table.replaceChildren(
    make("thead", {}, ruled("bottom", ...heads.map((text, j) => cell(text, "col", j)))),
    make("tbody", {}, ...rows, last),
  );
}

// The image as a square, and in it what one number of the chosen layer depends on.
function look() {
  const [H, W] = DATA.shape, { field } = net[chosen], scale = 120 / Math.max(H, W);
  const [high, wide] = [Math.min(field, H), Math.min(field, W)];
  const area = { width: W * scale + 4, height: H * scale + 4, role: "img", "aria-label": sentence() };
  seen.replaceChildren(svg("svg", area,
    svg("rect", { x: 2, y: 2, width: W * scale, height: H * scale, style: "fill: var(--shade); stroke: var(--ink)" }),
    svg("rect", {
      ...{ x: 2 + ((W - wide) / 2) * scale, y: 2 + ((H - high) / 2) * scale },
      ...{ width: wide * scale, height: high * scale },
      style: "fill: var(--dark); stroke: var(--ink); stroke-width: 3",
    }),
  ), make("div", { style: "max-width: 150px" }, sentence()));
}
function sentence() {
  const [H, W] = DATA.shape, { field, text } = net[chosen];
  if (!chosen) return "A pixel of the image is itself.";
  const all = field >= Math.max(H, W) ? ": the whole image" : "";
  return `A number after ${text} (layer ${chosen}) sees ${field} x ${field} pixels${all}.`;
}

function update() {
  draw();
  fill();
  look();
  const parameters = net.reduce((sum, layer) => sum + (layer.parameters || 0), 0), { output } = net[chosen];
  const volume = `Its volume: ${sizes(output)}, ${whole(bytesOf(net[chosen]) / 4)} numbers.`;
  say(`${sentence()} ${volume} The net: ${net.length - 1} layers, ${whole(parameters)} parameters.`);
}
function read() {
  try {
    const next = netOf(line.value.trim());
    net = next;
    chosen = Math.min(chosen, net.length - 1);
    wrong.textContent = "";
    line.removeAttribute("aria-invalid");
    update();
  } catch (error) {
    wrong.textContent = `${error.message}. Below is still the last pattern that could be read.`;
    line.setAttribute("aria-invalid", "true");
  }
}
function choose(i) {
  chosen = clamp(i, 0, net.length - 1);
  update();
  const box = volumes.querySelectorAll("g")[chosen].getBBox();
  volumes.scrollLeft = box.x + box.width / 2 - volumes.clientWidth / 2;
}
volumes.addEventListener("click", (event) => {
  const hit = event.target.closest("[data-layer]");
  if (hit) choose(+hit.dataset.layer);
});
volumes.addEventListener("keydown", (event) => {
  const to = { ArrowRight: chosen + 1, ArrowLeft: chosen - 1, Home: 0, End: net.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  choose(to);
});
const known = Object.entries({ "as it was": DATA.pattern, ...DATA.known });
const examples = known.map(([name, pattern]) => button(name, () => {
  line.value = pattern;
  read();
}));
show(
  row(make("label", { style: "flex: 1 1 16rem" }, "pattern", line)), row(...examples), wrong, volumes,
  titled("what one number sees", seen), scroller,
);
chosen = 3;
read();
