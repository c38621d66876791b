// Paint a filter, see the map at once; point at a place, see its window, the products and their sum.
const x = DATA.image, size = DATA.filter.length, [high, wide] = [x.length, x[0].length];
let w = DATA.filter.map((line) => [...line]), y = correlate(x, w), brush = 1, place = [0, 0];
y.forEach((line, i) => line.forEach((value, j) => { // begin where there is most to see
  if (Math.abs(value) > Math.abs(y[place[0]][place[1]])) place = [i, j];
}));

const weights = grid(size, size, {
  label: "filter: space paints, plus and minus change",
  press: (i, j) => set(i, j, brush),
  change: (i, j, amount) => set(i, j, w[i][j] + amount),
});
const picture = image(high, wide, {
  label: "image: the window is around the pixel",
  point: (i, j) => look(i - (size >> 1), j - (size >> 1)),
  tell: (i, j) => `row ${i}, column ${j}: ${number(x[i][j])}`,
});
const map = image(y.length, y[0].length, {
  label: "map: each value has its window in the image",
  point: (i, j) => look(i, j),
  tell: (i, j) => `row ${i}, column ${j}: ${number(y[i][j])}`,
});
map.put(...place);
picture.put(place[0] + (size >> 1), place[1] + (size >> 1));
const products = grid(size, size, { label: "products", cell: 44 });
const pixels = grid(size, size, { label: "window", cell: 44 });
const sum = make("figcaption", {}), scale = make("div", {});

function set(i, j, value) {
  w[i][j] = clamp(value, -9, 9);
  update();
}
function look(i, j) {
  place = [clamp(i, 0, y.length - 1), clamp(j, 0, y[0].length - 1)];
  update();
}
function start(filter) {
  w = filter.map((line) => [...line]);
  update();
}

function update() {
  y = correlate(x, w);
  const [i, j] = place, [low, top] = scaleOf(y);
  const part = matrix(size, size, (m, n) => x[i + m][j + n]);
  weights.show(w);
  picture.show(x, ...scaleOf(x));
  picture.outline([i, j, size]);
  map.show(y, low, top);
  map.outline([i, j, 1]);
  pixels.show(part);
  products.show(part.map((line, m) => line.map((value, n) => value * w[m][n])));
  sum.textContent = `products, sum ${number(y[i][j])}`;
  scale.textContent = `black ${number(low)}, white ${number(top)}`;
  say(`Window at row ${i}, column ${j}: its products add up to ${number(y[i][j])}. Filter: ${inWords(w)}. `
    + `Map from ${number(Math.min(...y.flat()))} to ${number(Math.max(...y.flat()))}.`);
}

const brushes = choice("brush", [["\u22121", -1], ["0", 0], ["1", 1]], brush, (value) => { brush = value; });
const known = { "as it was": DATA.filter, ...DATA.known };
show(
  row(brushes.box),
  row("filters", ...Object.entries(known).map(([name, filter]) => button(name, () => start(filter)))),
  titled("image", picture.box),
  titled("filter", weights.box),
  titled("map", map.box, scale),
  titled("window", pixels.box),
  make("figure", {}, sum, products.box),
);
update();
