// Change numbers of x and dy by dragging or by plus and minus; see y, dx, and where each gradient goes.
const { size, stride } = DATA, x = DATA.x, dy = DATA.dy, [high, wide] = [dy.length, dy[0].length];
let kind = "max", ties = "all", place = [0, 0];

// The entries of a window, row by row: [row, column, value].
const windowOf = (i, j) => matrix(size, size, (m, n) => {
  const [row, column] = [i * stride + m, j * stride + n];
  return [row, column, x[row][column]];
}).flat();
const pool = (i, j) => {
  const values = windowOf(i, j).map(([, , value]) => value);
  return kind === "max" ? Math.max(...values) : values.reduce((sum, value) => sum + value, 0) / values.length;
};

// Which entries of a window get its gradient: those that equal the maximum, or the first of them; of the mean, all.
function getters(i, j) {
  const entries = windowOf(i, j);
  if (kind === "mean") return entries;
  const equal = entries.filter(([, , value]) => value === pool(i, j));
  return ties === "all" ? equal : equal.slice(0, 1);
}
function gradient() {
  const dx = x.map((line) => line.map(() => 0));
  dy.forEach((line, i) => line.forEach((value, j) => {
    for (const [row, column] of getters(i, j)) dx[row][column] += kind === "max" ? value : value / size ** 2;
  }));
  return dx;
}

// Of the windows that hold a pixel, the one that is shown already, or else the first.
function lookAt(row, column) {
  const holds = ([i, j]) => windowOf(i, j).some(([r, c]) => r === row && c === column);
  const found = matrix(high, wide, (i, j) => [i, j]).flat().filter(holds);
  if (found.length && !holds(place)) look(...found[0]);
}
function look(i, j) {
  place = [i, j];
  update();
}
function change(values, i, j, amount) {
  values[i][j] = clamp(values[i][j] + amount, -99, 99);
  update();
}

const grids = {
  x: grid(x.length, x[0].length, {
    label: "x: drag, or plus and minus, change a number", drag: "value", cell: 40,
    point: lookAt, change: (...how) => change(x, ...how),
  }),
  y: grid(high, wide, { label: "y: each number has its window in x", cell: 40, point: look }),
  dy: grid(high, wide, {
    label: "dy: drag, or plus and minus, change a gradient", drag: "value", cell: 40,
    point: look, change: (...how) => change(dy, ...how),
  }),
  dx: grid(x.length, x[0].length, { label: "dx: what each number of x gets", cell: 40, point: lookAt }),
};

function update() {
  const [i, j] = place, y = matrix(high, wide, pool), dx = gradient();
  const all = matrix(high, wide, getters).flat(2), here = getters(i, j);
  const rung = (r, c) => kind === "max" && all.some(([row, column]) => row === r && column === c);
  const others = matrix(high, wide, (m, n) => [m * stride, n * stride, size, size, "dotted"]).flat();
  for (const [name, values] of Object.entries({ x, y, dy, dx })) grids[name].show(values);
  for (const name of ["x", "dx"]) {
    grids[name].mark("ring", rung);
    grids[name].mark("shaded", (r, c) => here.some(([row, column]) => row === r && column === c));
    grids[name].outline(...(stride >= size ? others : []), [i * stride, j * stride, size]);
  }
  for (const name of ["y", "dy"]) grids[name].outline([i, j, 1]);
  say(`${story(i, j, y[i][j], here)} dx: ${inWords(dx)}.`);
}

// What happens in one window, in words.
function story(i, j, value, here) {
  const entries = windowOf(i, j).map(([, , entry]) => entry), equal = entries.filter((entry) => entry === value).length;
  const holds = `The window holds ${entries.map((entry) => number(entry)).join(", ")}`, given = dy[i][j];
  if (kind === "mean") {
    const share = `${number(given)} / ${size ** 2} = ${number(given / size ** 2)}`;
    return `${holds}; their mean is ${number(value)}. Each of them gets ${share}.`;
  }
  const places = here.map(([row, column]) => `row ${row}, column ${column}`).join("; ");
  const tie = equal > 1 ? ` ${equal} numbers are equal: ${ties === "all" ? "each gets" : "the first gets"} it.` : "";
  return `${holds}; their maximum is ${number(value)}. Its gradient ${number(given)} goes to ${places}.${tie}`;
}

const options = [["each gets dy", "all"], ["the first alone", "first"]];
const rules = choice("where numbers are equal", options, ties, (value) => {
  ties = value;
  update();
});
const kinds = choice("keep the", [["maximum", "max"], ["mean", "mean"]], kind, (value) => {
  kind = value;
  rules.box.hidden = value === "mean";
  update();
});
show(row(kinds.box), row(rules.box), titled("x: drag a number up or down", grids.x.box), titled("y", grids.y.box),
  titled("dy: drag these, too", grids.dy.box), titled("dx", grids.dx.box));
update();
