// N, F, S and P as sliders: where the window fits, on one axis and on a square grid, and what is left over.
const now = { ...DATA.start }, meaning = { N: "N, pixels", F: "F, window", S: "S, stride", P: "P, padding" };
const strip = make("div", {}), square = make("div", {}), output = make("div", {});
const formula = make("p", { class: "row" });
let place = [0, 0], input = null, map = null, axis = null;

// How many places there are, how many pixels they leave over, and the formula's number.
function count() {
  const length = now.N + 2 * now.P, exact = (length - now.F) / now.S + 1;
  const places = length < now.F ? 0 : Math.floor(exact);
  return { length, exact, places, end: places && (places - 1) * now.S + now.F };
}

// All is made anew for other sizes.
function build() {
  const { length, places } = count(), cell = clamp(Math.floor(340 / length), 16, 34);
  axis = grid(1, length, { label: "one axis, from the side", cell });
  input = grid(length, length, { label: "image with its padding", cell });
  strip.replaceChildren(axis.box, ...Array.from({ length: places }, (_, k) => {
    const bar = make("div", { class: "bar" });
    bar.style.marginLeft = `${k * now.S * cell + 3}px`;
    bar.style.width = `${now.F * cell - 4}px`;
    return bar;
  }));
  square.replaceChildren(input.box);
  map = places ? grid(places, places, { label: "output: each value has its window", cell, point: look }) : null;
  output.replaceChildren(map ? map.box : "no output");
  place = [0, 0];
  update();
}
function look(i, j) {
  place = [i, j];
  update();
}

function update() {
  const { length, exact, places, end } = count(), { N, F, S, P } = now, [i, j] = place;
  const outside = (k) => k < P || k >= N + P, index = (k) => (outside(k) ? null : k - P);
  axis.show([Array.from({ length }, (_, k) => index(k))]);
  axis.mark("padding", (_, k) => outside(k));
  axis.mark("crossed", (_, k) => k >= end);
  input.mark("padding", (r, c) => outside(r) || outside(c));
  input.mark("crossed", (r, c) => r >= end || c >= end);
  [...strip.querySelectorAll(".bar")].forEach((bar, k) => bar.classList.toggle("chosen", k === j));
  if (map) {
    map.show(matrix(places, places, () => null)); // values are of no interest here, but their places have names
    input.outline([i * S, j * S, F]);
    map.outline([i, j, 1]);
  }
  const left = length - end, sum = `(${N} \u2212 ${F} + 2\u00b7${P}) / ${S} + 1 = ${number(exact)}`;
  formula.textContent = `(N \u2212 F + 2P) / S + 1 = ${sum}`;
  let verdict = `It fits: ${places} ${places === 1 ? "place" : "places"} on an axis, ${places} by ${places} values. `
    + `The window of row ${i}, column ${j} begins at row ${i * S - P}, column ${j * S - P} of the image.`;
  if (!places) verdict = "The window is larger than the padded image: there is no place for it.";
  else if (left) {
    verdict = `It does not fit: after ${places} ${places === 1 ? "place" : "places"}, ${left} `
      + `${left === 1 ? "pixel is" : "pixels are"} left over, crossed out. That is an error in this course; PyTorch `
      + "leaves them out.";
  }
  say(`N = ${N}, F = ${F}, S = ${S}, P = ${P}: ${sum}. ${verdict}`);
}

show(
  row(...Object.entries(DATA.limits).map(([name, [min, max]]) => slider(meaning[name], { min, max, value: now[name] },
    (value) => { now[name] = value; build(); }).box)),
  formula,
  titled("one axis, a bar for each place", strip),
  titled("the image with its padding (dark)", square),
  titled("the output: point at a value", output),
);
build();
