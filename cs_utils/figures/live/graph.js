// A computation as a graph, one node at a time: values forward, then gradients backward.
const { nodes, places } = DATA, inputs = { ...DATA.inputs };
const names = [...Object.keys(inputs), ...nodes.map((node) => node.name)];
const last = nodes.length + 1 + nodes.length; // each node forward, the 1 at the end, each node backward
let step = 0;

// A node is a sum of products of names, cut off below 0 where it is a relu.
const product = (factors, values) => factors.reduce((all, name) => all * values[name], 1);
const sumOf = (node, values) => node.terms.reduce((sum, factors) => sum + product(factors, values), 0);
function slope(node, name, values) {
  if (node.relu && sumOf(node, values) <= 0) return 0;
  let sum = 0;
  for (const factors of node.terms) {
    factors.forEach((factor, i) => { if (factor === name) sum += product(factors.filter((_, k) => k !== i), values); });
  }
  return sum;
}
const taken = (node) => [...new Set(node.terms.flat())];

// All values after `step` steps, all shares that have come back by then, and a sentence about the last step.
function compute() {
  const values = { ...inputs }, shares = {}, lost = nodes[nodes.length - 1].name;
  let told = "Nothing is computed yet: only the numbers at the left are known.", active = null, sent = {};
  const forward = nodes.slice(0, step);
  for (const node of forward) {
    const sum = sumOf(node, values);
    const inNumbers = node.terms.map((factors) => factors.map((name) => bracketed(values[name])).join(" \u00b7 "));
    values[node.name] = node.relu ? Math.max(0, sum) : sum;
    const made = node.relu ? `max(0, ${inNumbers.join(" + ")})` : inNumbers.join(" + ");
    told = `Forward: ${node.name} = ${node.formula} = ${made} = ${number(values[node.name])}.`;
    active = node.name;
  }
  const total = (name) => (shares[name] || []).reduce((a, b) => a + b, 0);
  if (step > nodes.length) {
    shares[lost] = [1];
    told = `Now back. d${lost} is 1: ${lost} changes as much as itself.`;
    active = lost;
  }
  for (const node of [...nodes].reverse().slice(0, Math.max(0, step - nodes.length - 1))) {
    const from = total(node.name), parts = [];
    sent = {};
    for (const name of taken(node)) {
      const by = slope(node, name, values), share = from * by;
      shares[name] = [...(shares[name] || []), share];
      sent[name] = by;
      const so = shares[name].length > 1 ? `, and they add up: d${name} = ${number(total(name))}` : "";
      parts.push(`to ${name}: ${bracketed(from)} \u00b7 ${bracketed(by)} = ${number(share)}${so}`);
    }
    told = `Back from ${node.name}, whose gradient is ${number(from)}, ${parts.join("; ")}.`;
    active = node.name;
  }
  return { values, shares, total, told, active, sent };
}
const bracketed = (value) => (value < 0 ? `(${number(value)})` : number(value));

// ---- the drawing ----
const RADIUS = 24, MARGIN = 64;
const [right, low] = [0, 1].map((axis) => Math.max(...Object.values(places).map((place) => place[axis])));
const wide = right + 2 * MARGIN, high = low + 2 * MARGIN;
const draw = (tag, attributes, text = "") => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.textContent = text;
  return element;
};
const at = (name) => [places[name][0] + MARGIN, places[name][1] + MARGIN];
const drawing = draw("svg", {
  ...{ viewBox: `0 0 ${wide} ${high}`, style: `max-width: 100%; width: ${wide * 1.15}px` },
  ...{ tabindex: 0, role: "application" },
  ...{ "aria-label": "graph: arrow keys right and left go one step on and back", "aria-roledescription": "graph" },
});
const head = draw("marker", {
  ...{ id: "head", viewBox: "0 0 8 8", refX: 7, refY: 4, orient: "auto" },
  ...{ markerWidth: 10, markerHeight: 10, markerUnits: "userSpaceOnUse" },
});
head.append(draw("path", { d: "M0 0 L8 4 L0 8 z", style: "fill: var(--ink)" }));
drawing.append(head);

function edge(from, to, back) {
  const [[x1, y1], [x2, y2]] = [at(from), at(to)], length = Math.hypot(x2 - x1, y2 - y1);
  const [u, v] = [(x2 - x1) / length, (y2 - y1) / length], side = back ? 5 : -5;
  const ends = [RADIUS, length - RADIUS].map((far) => [x1 + u * far - v * side, y1 + v * far + u * side]);
  if (back) ends.reverse();
  const [[ax, ay], [bx, by]] = ends, dashed = back ? "; stroke-dasharray: 5 4" : "";
  const style = `stroke: var(--ink); stroke-width: ${back === "now" ? 3 : 1.5}${dashed}`;
  return draw("line", { x1: ax, y1: ay, x2: bx, y2: by, style, "marker-end": "url(#head)" });
}
const write = (x, y, text, more = "") => draw("text", {
  ...{ x, y, "text-anchor": "middle", "dominant-baseline": "middle" },
  style: `fill: var(--ink); stroke: var(--paper); stroke-width: 7; paint-order: stroke; ${more}`,
}, text);

function update() {
  const { values, shares, total, told, active, sent } = compute();
  drawing.replaceChildren(head);
  for (const node of nodes) {
    for (const name of taken(node)) {
      drawing.append(edge(name, node.name, false));
      const back = step > nodes.length + 1 && nodes.indexOf(node) >= last - step;
      if (back) drawing.append(edge(name, node.name, node.name === active ? "now" : "before"));
    }
  }
  for (const name of names) {
    const [x, y] = at(name), node = nodes.find((each) => each.name === name);
    const known = name in values, group = draw("g", {});
    group.dataset.name = name;
    if (known) group.dataset.value = values[name];
    if (shares[name]) group.dataset.gradient = total(name);
    const style = `fill: var(--shade); stroke: var(--ink); stroke-width: ${name === active ? 4 : 1.5}`;
    group.append(
      draw("circle", { cx: x, cy: y, r: RADIUS, style }),
      write(x, y, name, "font-weight: 700; font-size: 16px; stroke: none"),
    );
    const made = node ? `${node.formula}${known ? ` = ${number(values[name])}` : ""}` : number(values[name]);
    group.append(write(x, y - RADIUS - 11, made, "font-size: 13px"));
    if (shares[name]) {
      const parts = shares[name].map((share) => number(share)).join(" + ").replaceAll("+ \u2212", "\u2212 ");
      const sum = shares[name].length > 1 ? `${parts} = ${number(total(name))}` : parts;
      group.append(write(x, y + RADIUS + 12, `d${name} = ${sum}`, "font-size: 13px; font-style: italic"));
    }
    drawing.append(group);
  }
  for (const [name, by] of Object.entries(sent)) { // the slope on each arrow that carries a gradient now
    const [[x1, y1], [x2, y2]] = [at(name), at(active)];
    const style = "font-size: 13px; font-weight: 700; stroke-width: 9"; // a point would look like a dash of the arrow
    drawing.append(write(0.42 * x1 + 0.58 * x2, 0.42 * y1 + 0.58 * y2, `\u00d7 ${bracketed(by)}`, style));
  }
  place.textContent = step ? `step ${step} of ${last}` : "start";
  say(`${step ? `Step ${step} of ${last}. ` : ""}${told}`);
}

function go(to) {
  step = clamp(to, 0, last);
  update();
}
drawing.addEventListener("keydown", (event) => {
  const to = { ArrowRight: step + 1, ArrowLeft: step - 1, Home: 0, End: last }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  go(to);
});
const place = make("output", {});
const sliders = Object.entries(inputs).map(([name, value]) => {
  const range = { min: Math.min(-5, value), max: Math.max(5, value), step: 0.5, value };
  return slider(name, range, (next) => { inputs[name] = next; update(); });
});
show(
  row(button("start", () => go(0)), button("\u25c0 back", () => go(step - 1)), button("on \u25b6", () => go(step + 1)),
    button("end", () => go(last)), place),
  drawing,
  row(...sliders.map(({ box }) => box)),
);
update();
