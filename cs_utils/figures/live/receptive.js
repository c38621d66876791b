// Point at a value of any layer: all that it depends on, down to the pixels, is marked. Layers can be changed.
let layers = DATA.layers.map(([size, stride]) => ({ size, stride })), counts = [], place = [0, 0];
const controls = make("div", { class: "row" });
const drawing = make("div", {
  class: "drawing", tabindex: 0, role: "application", "aria-roledescription": "stack of layers, arrow keys move",
  "aria-label": "up and down: the layer; left and right: the value",
});
const ROW = 66; // pixels from layer to layer

// counts[level]: how many values there are; level 0 is the image. A layer that finds no room is left out.
function count() {
  counts = [DATA.pixels];
  for (const { size, stride } of layers) {
    const values = Math.floor((counts[counts.length - 1] - size) / stride) + 1;
    if (values < 1) break;
    counts.push(values);
  }
}

// From a level down to the pixels: the first and the last value that is seen on each level.
function seen([level, i]) {
  const ranges = [[i, i]];
  for (let below = level - 1; below >= 0; below--) {
    const { size, stride } = layers[below], [first, last] = ranges[0];
    ranges.unshift([first * stride, last * stride + size - 1]);
  }
  return ranges;
}

// Where a value is drawn, in pixels of the image: in the middle of what it sees.
function centre(level, i) {
  const [[first, last]] = seen([level, i]);
  return (first + last + 1) / 2;
}
const nearest = (level, across) => {
  const distances = Array.from({ length: counts[level] }, (_, i) => Math.abs(centre(level, i) - across));
  return distances.indexOf(Math.min(...distances));
};

const svg = (tag, attributes) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
  return element;
};

function draw() {
  const unit = drawing.clientWidth / DATA.pixels, side = Math.min(unit * 0.84, 22), top = counts.length - 1;
  const y = (level) => (top - level) * ROW + 22, ranges = seen(place);
  const board = svg("svg", { width: "100%", height: top * ROW + 26 + side, "aria-hidden": "true" });
  counts.forEach((values, level) => {
    for (let i = 0; i < values; i++) {
      const x = centre(level, i) * unit, inside = ranges[level] && i >= ranges[level][0] && i <= ranges[level][1];
      const chosen = level === place[0] && i === place[1];
      if (inside && level) {
        for (const end of [0, 1]) {
          const { size, stride } = layers[level - 1], edge = (end - 0.5) * side;
          const to = centre(level - 1, i * stride + end * (size - 1)) * unit;
          const [high, low] = [y(level) + side, y(level - 1)];
          board.append(svg("line", { x1: x + edge, y1: high, x2: to + edge, y2: low, class: "ray" }));
        }
      }
      const box = { x: x - side / 2, y: y(level), width: side, height: side };
      board.append(svg("rect", { ...box, class: chosen ? "chosen" : inside ? "seen" : "unseen" }));
    }
    const text = svg("text", { x: 0, y: y(level) - 6 });
    text.textContent = name(level) + (ranges[level] ? `: ${ranges[level][1] - ranges[level][0] + 1} of ${values}` : "");
    board.append(text);
  });
  drawing.replaceChildren(board);
}
function name(level) {
  return level ? `layer ${level} (F = ${layers[level - 1].size}, S = ${layers[level - 1].stride})` : "pixels";
}

function point(next) {
  place = next;
  draw();
  const [level, i] = place, ranges = seen(place), [[first, last]] = ranges;
  const between = ranges.slice(1, -1).map(([from, to], k) => `${to - from + 1} values of layer ${k + 1}`).reverse();
  const what = level ? `Value ${i} of layer ${level}` : "This";
  const pixels = last > first ? `${last - first + 1} pixels, ${first} to ${last}` : `pixel ${first}`;
  const sees = [between.join(", "), pixels].filter(Boolean).join(" and so ");
  drawing.dataset.first = first;
  drawing.dataset.last = last;
  const short = counts.length <= layers.length ? ` Layer ${counts.length} finds no room on so few values.` : "";
  say(`${what} ${level ? "sees" : "is"} ${sees}.${short}`);
}

drawing.addEventListener("keydown", (event) => {
  const step = ARROWS[event.key], [level, i] = place;
  const end = { Home: 0, End: counts[level] - 1 }[event.key];
  if (!step && end === undefined) return;
  event.preventDefault();
  if (!step) return point([level, end]);
  const to = clamp(level - step[0], 0, counts.length - 1);
  point([to, to === level ? clamp(i + step[1], 0, counts[level] - 1) : nearest(to, centre(level, i))]);
});
for (const kind of ["pointerdown", "pointermove"]) {
  drawing.addEventListener(kind, (event) => {
    const area = drawing.getBoundingClientRect(), top = counts.length - 1;
    const level = clamp(top - Math.round((event.clientY - area.top - 30) / ROW), 0, top);
    const next = [level, nearest(level, ((event.clientX - area.left) / area.width) * DATA.pixels)];
    if (String(next) !== String(place)) point(next);
  });
}

// The sliders of all layers, and the middle value of the last one pointed at.
function build() {
  count();
  point([counts.length - 1, (counts[counts.length - 1] - 1) >> 1]);
}
function buildControls() {
  const knob = (k, key, label, [min, max]) => slider(label, { min, max, value: layers[k][key] }, (value) => {
    layers[k][key] = value;
    build();
  }).box;
  const parts = layers.map((_, k) => row(
    knob(k, "size", `layer ${k + 1}: F`, DATA.sizes),
    knob(k, "stride", `layer ${k + 1}: S`, DATA.strides),
  ));
  const add = button("add a layer", () => { layers.push({ size: 3, stride: 1 }); rebuild(0); });
  const take = button("take one away", () => { layers.pop(); rebuild(1); });
  add.disabled = layers.length >= DATA.most;
  take.disabled = layers.length <= 1;
  controls.replaceChildren(...parts.reverse(), row(add, take));
}
// All controls anew; the focus stays on the button that was pressed, or on the other one if that can't be used now.
function rebuild(pressed) {
  buildControls();
  build();
  const buttons = [...controls.querySelectorAll("button")];
  [buttons[pressed], buttons[1 - pressed]].find((each) => !each.disabled).focus();
}

show(controls, drawing);
buildControls();
count();
build();
new ResizeObserver(draw).observe(drawing);
