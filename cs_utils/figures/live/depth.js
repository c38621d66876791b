// How large the gradient is at each block of a deep stack: choose the number of blocks and the size of the weights.
const NAMES = Object.keys(DATA.curves), DASHES = ["", "7 4", "2 4", "9 3 2 3"];
let [blocks, factor] = DATA.first, block = 1;
const curveOf = (name) => {
  const curves = DATA.curves[name][blocks]; // one, where the size of the weights cancels
  return curves.length === 1 ? curves[0] : curves[DATA.factors.indexOf(factor)];
};

// A power of ten as it is written in a text: 0.03, 42, 1,300, 2 times 10 to the -13.
const RAISED = "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"; // the digits from 0 to 9
const raised = (power) => `10${[...String(power)].map((digit) => RAISED[digit] || "\u207b").join("")}`;
function written(power) {
  const value = 10 ** power;
  if (power >= -2 && power < 4) return Number(value.toPrecision(2)).toLocaleString("en-US");
  const whole = Math.floor(power), front = Number((10 ** (power - whole)).toPrecision(2));
  return front === 1 ? raised(whole) : front === 10 ? raised(whole + 1) : `${front} \u00b7 ${raised(whole)}`;
}

const svg = (tag, attributes, ...children) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};
const WIDE = clamp(window.innerWidth - 16, 300, 680), HIGH = 300, LEFT = 46, LOW = 28;
const plot = svg("svg", {
  ...{ viewBox: `0 0 ${WIDE} ${HIGH}`, style: `width: ${WIDE}px; max-width: 100%; touch-action: pan-y` },
  ...{ tabindex: 0, role: "application" },
  ...{ "aria-label": "plot: arrow keys choose a block", "aria-roledescription": "plot" },
});
const xOf = (i) => LEFT + 8 + ((i - 1) / Math.max(1, blocks - 1)) * (WIDE - LEFT - 20);
const yOf = (power, [low, high]) => 8 + ((high - power) / (high - low)) * (HIGH - LOW - 14);
const table = make("table", { style: "border-collapse: collapse; font-variant-numeric: tabular-nums" });
const key = (i) => svg("svg", { width: 44, height: 14, "aria-hidden": "true" }, stroke(`M2 7 H42`, i), mark(22, 7, i));
const stroke = (d, i) => svg("path", {
  ...{ d, style: `fill: none; stroke: var(--ink); stroke-width: 2; stroke-dasharray: ${DASHES[i]}` },
});
function mark(x, y, i) { // each curve has a sign of its own: disc, square, triangle, ring
  const filled = "fill: var(--ink); stroke: var(--ink)";
  const hollow = "fill: var(--paper); stroke: var(--ink); stroke-width: 2";
  if (i === 1) return svg("rect", { x: x - 4, y: y - 4, width: 8, height: 8, style: filled });
  if (i === 2) return svg("path", { d: `M${x} ${y - 5} l5 9 h-10 z`, style: hollow });
  return svg("circle", { cx: x, cy: y, r: 4, style: i ? hollow : filled });
}

function update() {
  const curves = NAMES.map(curveOf), all = curves.flat();
  const range = [Math.floor(Math.min(-1, ...all)), Math.ceil(Math.max(1, ...all))];
  const step = Math.max(1, Math.ceil((range[1] - range[0]) / 7)), text = (x, y, words, anchor) => svg("text", {
    ...{ x, y, "text-anchor": anchor, style: "fill: var(--ink); font-size: 12px" },
  }, words);
  const axes = `M${LEFT} 4 V${HIGH - LOW} H${WIDE - 4}`;
  plot.replaceChildren(svg("path", { d: axes, style: "fill: none; stroke: var(--line)" }));
  for (let power = Math.ceil(range[0] / step) * step; power <= range[1]; power += step) {
    const y = yOf(power, range);
    plot.append(svg("path", { d: `M${LEFT} ${y} H${WIDE - 4}`, style: `stroke: var(--${power ? "shade" : "line"})` }));
    plot.append(text(LEFT - 5, y + 4, power ? raised(power) : "1", "end"));
  }
  for (const i of [1, blocks / 2, blocks].map(Math.round)) plot.append(text(xOf(i), HIGH - LOW + 15, i, "middle"));
  plot.append(text((LEFT + WIDE) / 2 + 60, HIGH - 4, "block", "middle"));
  plot.append(svg("path", { d: `M${xOf(block)} 4 V${HIGH - LOW}`, style: "stroke: var(--mark); stroke-width: 2" }));
  curves.forEach((curve, i) => {
    plot.append(stroke(curve.map((power, k) => `${k ? "L" : "M"}${xOf(k + 1)} ${yOf(power, range)}`).join(" "), i));
    const every = Math.max(1, Math.round(blocks / 10));
    curve.forEach((power, k) => {
      if ((k + 1 - block) % every === 0) plot.append(mark(xOf(k + 1), yOf(power, range), i));
    });
  });
  const cell = (tag, style, ...content) =>
    make(tag, { style: `padding: 2px 8px; font-weight: 400; ${style}` }, ...content);
  const caption = cell("caption", "text-align: left", `gradient at block ${block} of ${blocks}`);
  table.replaceChildren(caption, make("tbody", {}, ...NAMES.map((name, i) => {
    const value = cell("td", "text-align: right; white-space: nowrap", written(curves[i][block - 1]));
    value.dataset.power = curves[i][block - 1];
    const head = cell("th", "text-align: left", key(i), ` ${name}`);
    head.scope = "row";
    return make("tr", {}, head, value);
  })));
  const told = NAMES.map((name, i) => `${name} ${written(curves[i][block - 1])}`).join("; ");
  const chosen = `${blocks} blocks, weights ${factor} times He's.`;
  say(`${chosen} Of a gradient of size 1, there arrives at block ${block}: ${told}.`);
}

function go(to) {
  block = clamp(to, 1, blocks);
  update();
}
plot.addEventListener("keydown", (event) => {
  const to = { ArrowRight: block + 1, ArrowLeft: block - 1, Home: 1, End: blocks }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  go(to);
});
const point = (event) => {
  const area = plot.getBoundingClientRect(), x = ((event.clientX - area.left) / area.width) * WIDE;
  go(Math.round(1 + ((x - xOf(1)) / (xOf(blocks) - xOf(1))) * (blocks - 1)));
};
plot.addEventListener("pointerdown", point);
plot.addEventListener("pointermove", (event) => { if (event.buttons) point(event); });
const depths = choice("blocks", DATA.blocks.map((n) => [String(n), n]), blocks, (n) => {
  blocks = n;
  go(block);
});
const bounds = { min: DATA.factors[0], max: DATA.factors.at(-1), step: 0.1, value: factor };
const weights = slider("weights, times He's", bounds, (value) => {
  factor = DATA.factors.reduce((a, b) => (Math.abs(b - value) < Math.abs(a - value) ? b : a));
  update();
});
show(row(depths.box), row(weights.box), plot, table);
update();
