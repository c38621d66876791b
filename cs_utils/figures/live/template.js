// Paint a template; the products of image and template, and with them the scores, follow at once.
const names = Object.keys(DATA.images), first = DATA.template, [high, wide] = [first.length, first[0].length];
let template = first.map((line) => [...line]), brush = 1, chosen = names[0], place = [high >> 1, wide >> 1];

const productsOf = (x) => x.map((line, i) => line.map((value, j) => value * template[i][j]));
const score = (x) => productsOf(x).flat().reduce((sum, value) => sum + value, 0);

const shown = image(high, wide, { label: "image", width: 180 });
const painting = image(high, wide, {
  label: "template: space paints 3 by 3 weights", width: 180, point: move, press: paint,
  tell: (i, j) => `row ${i}, column ${j}: ${number(template[i][j])}`,
});
const products = image(high, wide, { label: "products", width: 180 });
const scores = names.map((name) => {
  const bar = make("div", {}), text = make("output", {});
  const pick = make("button", { type: "button", onclick: () => { chosen = name; update(); } }, name);
  return { name, bar, text, pick };
});

function move(i, j) {
  place = [i, j];
  painting.outline([i - 1, j - 1, 3]);
}
function paint(i, j) {
  template = template.map((line, r) => line.map((value, c) => (
    Math.abs(r - i) <= 1 && Math.abs(c - j) <= 1 ? brush : value)));
  update();
}
function start(values, times) {
  template = values.map((line) => line.map((value) => value * times || 0)); // 0, not -0
  update();
}

function update() {
  const x = DATA.images[chosen], all = names.map((name) => score(DATA.images[name]));
  const largest = Math.max(1e-9, ...all.map(Math.abs));
  shown.show(x, ...around(x));
  painting.show(template, ...around(template));
  painting.outline([place[0] - 1, place[1] - 1, 3]);
  products.show(productsOf(x), ...around(productsOf(x)));
  scores.forEach(({ name, bar, text, pick }, k) => {
    text.textContent = number(all[k]);
    text.dataset.value = all[k];
    bar.style.left = `${50 + Math.min(0, (50 * all[k]) / largest)}%`;
    bar.style.width = `${Math.abs((50 * all[k]) / largest)}%`;
    pick.setAttribute("aria-pressed", name === chosen);
  });
  const best = names[all.indexOf(Math.max(...all))];
  say(`Under this template ${names.map((name, k) => `${name} scores ${number(all[k])}`).join(", ")}. `
    + `The highest score is that of: ${best}. The products of ${chosen} are shown.`);
}
// A bar to the left means a score below 0, a bar to the right one above.
const signed = (bar) => make("div", { class: "signed" }, bar);
const scoreLine = (pick, bar, text) => make("div", { class: "score" }, pick, signed(bar), text);

// Middle grey is 0.
const around = (values) => { const top = Math.max(1e-9, ...values.flat().map(Math.abs)); return [-top, top]; };

show(
  row(choice("brush", [["\u22121, dark", -1], ["0", 0], ["1, light", 1]], brush, (value) => { brush = value; }).box),
  row(
    "template",
    button("as it was", () => start(first, 1)),
    button("all 0", () => start(first, 0)),
    button("the image itself", () => start(DATA.images[chosen], 1)),
    button("its negative", () => start(DATA.images[chosen], -1)),
  ),
  titled("image", shown.box),
  titled("template: paint here", painting.box),
  titled("products: light adds, dark takes away", products.box),
  titled("scores", ...scores.map(({ bar, text, pick }) => scoreLine(pick, bar, text))),
);
painting.put(...place);
update();
