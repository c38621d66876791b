// A convolution forward and back, one place at a time: each output number sends dy times the filter to dx, dy times
// its window to dw, and dy to db.
let x = DATA.x.map((line) => [...line]), w = DATA.w.map((line) => [...line]), dy = DATA.dy.map((line) => [...line]);
const size = w.length, [high, wide] = [x.length, x[0].length], [rows, columns] = [dy.length, dy[0].length];
const count = rows * columns, last = 2 * count;
let step = 0;

const change = (array) => (i, j, amount) => {
  array()[i][j] = clamp(array()[i][j] + amount, -99, 99);
  update();
};
const editable = "drag up and down, or plus and minus";
const ofX = grid(high, wide, { label: `x: ${editable}`, change: change(() => x), drag: "value" });
const ofW = grid(size, size, { label: `w: ${editable}`, change: change(() => w), drag: "value" });
const ofY = grid(rows, columns, { label: "y" });
const ofDy = grid(rows, columns, { label: `dy: ${editable}`, change: change(() => dy), drag: "value" });
const ofDx = grid(high, wide, { label: "dx", cell: 40 }), ofDw = grid(size, size, { label: "dw", cell: 40 });
const ofDb = grid(1, 1, { label: "db", cell: 40 });

// What has been added up after `back` places.
function sums(back) {
  const dx = matrix(high, wide, () => 0), dw = matrix(size, size, () => 0);
  let db = 0;
  for (let n = 0; n < back; n++) {
    const [i, j] = [Math.floor(n / columns), n % columns], from = dy[i][j];
    for (let p = 0; p < size; p++) for (let q = 0; q < size; q++) {
      dx[i + p][j + q] += from * w[p][q];
      dw[p][q] += from * x[i + p][j + q];
    }
    db += from;
  }
  return { dx, dw, db };
}

function update() {
  const forward = Math.min(step, count), back = Math.max(0, step - count), y = correlate(x, w);
  const { dx, dw, db } = sums(back), now = step ? (step - 1) % count : null;
  const [i, j] = [Math.floor(now / columns), now % columns];
  const inWindow = (a, b) => a >= i && a < i + size && b >= j && b < j + size;
  ofX.show(x);
  ofW.show(w);
  ofDy.show(dy);
  ofY.show(y.map((line, a) => line.map((value, b) => (a * columns + b < forward ? value : null))));
  ofDx.show(back ? dx : dx.map((line) => line.map(() => null)));
  ofDw.show(back ? dw : dw.map((line) => line.map(() => null)));
  ofDb.show([[back ? db : null]]);
  for (const each of [ofX, ofDx]) each.outline(...(now === null || (each === ofDx && !back) ? [] : [[i, j, size]]));
  ofDx.mark("shaded", (a, b) => back && inWindow(a, b));
  ofDw.mark("shaded", () => back);
  ofY.outline(...(now === null || back ? [] : [[i, j, 1]]));
  ofDy.outline(...(back ? [[i, j, 1]] : []));
  let told = "Nothing is computed yet.";
  if (now !== null && !back) {
    const products = matrix(size, size, (p, q) => `${signed(w[p][q])} \u00b7 ${signed(x[i + p][j + q])}`);
    told = `Forward, place ${now}: ${products.flat().join(" + ")} = ${number(y[i][j])}.`;
  } else if (back) {
    const window = matrix(size, size, (p, q) => x[i + p][j + q]), from = number(dy[i][j]);
    told = `Back from place ${now}, whose gradient is ${from}: `
      + `${from} times the filter (${inWords(w)}) is added to dx in the window, `
      + `${from} times the window (${inWords(window)}) to dw, and ${from} to db. `
      + `Now dx is ${inWords(dx)}; dw is ${inWords(dw)}; db is ${number(db)}.`;
  }
  shown.textContent = step ? `step ${step} of ${last}` : "start";
  say(`${step ? `Step ${step} of ${last}. ` : ""}${told}`);
}
const signed = (value) => (value < 0 ? `(${number(value)})` : number(value));

function go(to) {
  step = clamp(to, 0, last);
  update();
}
const shown = make("output", {});
const steps = make(
  "div",
  {
    ...{ class: "row", role: "group", "aria-label": "steps: arrow keys right and left" },
    onkeydown: (event) => {
      const to = { ArrowRight: step + 1, ArrowLeft: step - 1, Home: 0, End: last }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      go(to);
    },
  },
  button("start", () => go(0)), button("\u25c0 back", () => go(step - 1)), button("on \u25b6", () => go(step + 1)),
  button("end", () => go(last)), shown,
);
show(
  steps,
  titled("x", ofX.box), titled("w", ofW.box), titled("y, forward", ofY.box),
  make("div", { class: "row" }),
  titled("dy, from above", ofDy.box), titled("dx", ofDx.box), titled("dw", ofDw.box), titled("db", ofDb.box),
);
update();
