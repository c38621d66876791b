// The page: an image goes in; maps, pooled maps, scores and the examples' results follow at once.
"use strict";

(() => {
  const byId = (name) => document.getElementById(name), net = JSON.parse(byId("net").textContent);
  const { shape, classes, limit } = net, { H, W, C, K, F } = shape;
  const params = Object.fromEntries(Object.entries(net.params).map(([name, text]) => [name, floatsOf(text)]));
  const images = bytesOf(net.images), number = net.labels.length;
  const example = (i) => images.subarray(i * H * W * C, (i + 1) * H * W * C);
  const element = (tag, parent, props = {}) => parent.appendChild(Object.assign(document.createElement(tag), props));

  /** Tell a screen reader, once things are quiet: of each kind of news the latest. */
  let waiting = 0, sayLater = 0, news = {}, lastScores = "";
  const say = (text, kind = "action") => {
    news[kind] = text;
    clearTimeout(sayLater);
    sayLater = setTimeout(() => {
      byId("status").textContent = Object.values(news).join(" ");
      news = {};
    }, 250);
  };
  /** Compute and show once per frame, however often something changed. */
  let netIsNew = true;
  const later = () => {
    waiting = waiting || requestAnimationFrame(() => {
      waiting = 0;
      update();
    });
  };

  const editor = new ImageEditor(byId("image"), shape, later, say);
  const filters = new FilterEditor(byId("weights"), shape, params, () => ((netIsNew = true), later()), say);

  // ---- what the net says ----
  const rows = classes.map((name) => {
    const row = element("tr", byId("scores").tBodies[0]);
    element("th", row, { scope: "row", textContent: name });
    const bar = element("div", element("td", row, { className: "bar" }));
    return { row, bar, score: element("td", row), probability: element("td", row) };
  });
  const percent = (p) => `${(100 * p).toFixed(p > 0.0995 && p < 0.9995 ? 0 : 1)} %`;

  function showScores({ scores }) {
    const chances = softmax(scores), order = [...chances.keys()].sort((a, b) => scores[b] - scores[a]);
    rows.forEach(({ row, bar, score, probability }, i) => {
      row.className = i === order[0] ? "first" : "";
      bar.style.width = `${100 * chances[i]}%`;
      score.textContent = scores[i].toFixed(2).replace("-", "\u2212");
      probability.textContent = percent(chances[i]);
    });
    const [first, second] = order;
    byId("verdict").textContent = `The net says: ${classes[first]}, ${percent(chances[first])}`;
    const [best, next] = [first, second].map((i) => `${classes[i]}, ${percent(chances[i])}`);
    return `The net says ${best}, then ${next}.`;
  }

  // ---- maps ----
  const cards = Array.from({ length: K }, (_, k) => {
    const card = element("button", byId("cards"), { type: "button", className: "card" });
    card.setAttribute("role", "radio");
    const title = element("b", card, { textContent: `filter ${k}` });
    const canvases = ["kernel", "map", "small"].map((name) => element("canvas", card, { className: name }));
    card.addEventListener("click", () => choose(k));
    card.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      choose((k + step + K) % K);
      cards[filters.filter].card.focus();
    });
    return { card, title, canvases };
  });

  function choose(k) {
    filters.filter = k;
    filters.show();
    cards.forEach(({ card }, i) => {
      card.setAttribute("aria-checked", i === k);
      card.tabIndex = i === k ? 0 : -1;
    });
    const shades = "white adds, black takes away, grey is 0";
    byId("which").textContent = `Filter ${k}: ${F}x${F} weights for each colour; ${shades}.`;
  }

  const grey = (values, most) => Uint8Array.from(values, (value) => (most > 0 ? (255 * Math.max(0, value)) / most : 0));
  const everyKth = (values, k) => values.filter((_, i) => i % K === k);

  function showMaps({ maps, pooled }) {
    const most = Math.max(0, ...pooled);
    cards.forEach(({ card, title, canvases: [kernel, map, small] }, k) => {
      const w = everyKth(params.w_conv, k), largestWeight = Math.max(1e-12, ...w.map(Math.abs));
      paintCanvas(kernel, F, F, C, Uint8Array.from(w, (weight) => 127.5 + (127.5 * weight) / largestWeight));
      paintCanvas(map, W, H, 1, grey(everyKth(maps, k), most));
      const ofPooled = everyKth(pooled, k), top = Math.max(0, ...ofPooled);
      paintCanvas(small, W / 2, H / 2, 1, grey(ofPooled, most));
      const changed = w.some((weight, i) => weight !== filters.trained[i * K + k]);
      title.textContent = `filter ${k}${changed ? " (painted)" : ""}`;
      const share = Math.round((100 * ofPooled.filter((value) => value > 0).length) / ofPooled.length);
      const answers = `answers in ${share} % of its pooled map, at most ${top.toFixed(1)}`;
      card.setAttribute("aria-label", `filter ${k}${changed ? ", painted" : ""}: ${answers}`);
    });
  }

  // ---- examples ----
  const thumbs = Array.from({ length: number }, (_, i) => {
    const thumb = element("button", byId("thumbs"), { type: "button", className: "thumb", tabIndex: i ? -1 : 0 });
    paintCanvas(element("canvas", thumb), W, H, C, example(i));
    thumb.addEventListener("click", () => editor.put(example(i)));
    thumb.addEventListener("focus", () => thumbs.forEach((other) => (other.tabIndex = other === thumb ? 0 : -1)));
    thumb.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      thumbs[(i + step + number) % number].focus();
    });
    return thumb;
  });
  let rightAsTrained = null;

  function showExamples() {
    let right = 0;
    thumbs.forEach((thumb, i) => {
      const found = largest(forward(shape, params, example(i)).scores), label = net.labels[i];
      right += found === label;
      thumb.classList.toggle("wrong", found !== label);
      const words = `${classes[label]}; the net says ${found === label ? "so too" : classes[found]}`;
      thumb.title = words;
      thumb.setAttribute("aria-label", `example ${i + 1}: ${words}`);
    });
    rightAsTrained = rightAsTrained ?? right;
    const before = right === rightAsTrained ? "" : `; as trained, ${rightAsTrained}`;
    byId("accuracy").textContent = `${right} of ${number} right${before}`;
    return `${byId("accuracy").textContent}.`;
  }

  // ---- all of it ----
  function update() {
    const now = forward(shape, params, editor.pixels), words = showScores(now);
    showMaps(now);
    if (words !== lastScores) say((lastScores = words), "scores");
    if (netIsNew) say(showExamples(), "examples");
    netIsNew = false;
    byId("effect").textContent = `${byId("verdict").textContent}. Of the examples, ${byId("accuracy").textContent}.`;
    window.shown = { ...now, pixels: editor.pixels, params };
  }

  // ---- tools ----
  const palette = {
    ...{ black: "#000000", white: "#ffffff", grey: "#808080", red: "#d32f2f" },
    ...{ yellow: "#f9c92b", green: "#2e8b3d", blue: "#2563c9", brown: "#7a4a21" },
  };
  const setColour = (code) => {
    editor.colour = [1, 3, 5].map((at) => parseInt(code.slice(at, at + 2), 16));
    byId("colour").value = code;
    for (const button of byId("colours").children) button.setAttribute("aria-pressed", button.dataset.code === code);
  };
  for (const [name, code] of Object.entries(palette)) {
    const button = element("button", byId("colours"), { type: "button", title: name });
    button.setAttribute("aria-label", name);
    button.dataset.code = code;
    button.style.background = code;
    button.addEventListener("click", () => setColour(code));
  }
  byId("colour").addEventListener("input", (event) => setColour(event.target.value));
  byId("brush").addEventListener("change", (event) => (editor.brush = +event.target.value));
  byId("fill").addEventListener("click", () => editor.fill());
  byId("undo").addEventListener("click", () => editor.undo());

  const open = async (file) => {
    if (!file) return;
    try {
      editor.put(await pixelsOfFile(file, shape));
    } catch {
      say(`${file.name} could not be read as an image.`);
      byId("verdict").textContent = `${file.name} could not be read as an image.`;
    }
  };
  byId("file").addEventListener("change", (event) => open(event.target.files[0]));
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => (event.preventDefault(), open(event.dataTransfer.files[0])));
  document.addEventListener("paste", (event) => open(event.clipboardData.files[0]));

  const weight = byId("weight");
  Object.assign(weight, { min: -filters.most, max: filters.most, step: filters.most / 20, value: filters.most });
  const setWeight = () => (byId("weight-is").textContent = (filters.brush = +weight.value).toFixed(2));
  weight.addEventListener("input", setWeight);
  byId("channel").addEventListener("change", (event) => {
    filters.channel = event.target.value === "" ? null : +event.target.value;
    filters.show();
  });
  const acts = { off: "switchOff", flip: "flip", restore: "restore", "restore-all": "restoreAll" };
  for (const [name, act] of Object.entries(acts)) {
    byId(name).addEventListener("click", () => filters[act]());
  }

  // ---- fool it ----
  element("option", byId("target"), { value: "", textContent: "anything else" });
  classes.forEach((name, i) => element("option", byId("target"), { value: i, textContent: name }));
  byId("fool").addEventListener("click", () => {
    const before = editor.pixels.slice(), was = largest(forward(shape, params, before).scores);
    const target = byId("target").value === "" ? null : +byId("target").value;
    const tell = (text) => say((byId("fooled").textContent = text));
    byId("comparison").hidden = true;
    if (target === was) return tell(`It says ${classes[was]} already.`);
    const found = fool(shape, params, before, target, limit);
    if (!found) {
      const wish = target === null ? "anything else" : classes[target];
      return tell(`No luck: within ${limit} of 255 the button found no change that makes it say ${wish}.`);
    }
    const { pixels } = found, changes = pixels.map((value, i) => Math.abs(value - before[i]));
    const moved = changes.filter((change) => change > 0).length, is = largest(forward(shape, params, pixels).scores);
    editor.put(pixels);
    paintCanvas(byId("was"), W, H, C, before);
    paintCanvas(byId("is"), W, H, C, pixels);
    const difference = Uint8ClampedArray.from(pixels, (value, i) => 128 + 20 * (value - before[i]));
    paintCanvas(byId("difference"), W, H, C, difference);
    byId("was").setAttribute("aria-label", `The image before: ${classes[was]}.`);
    byId("is").setAttribute("aria-label", `The image after, which looks the same: ${classes[is]}.`);
    byId("difference").setAttribute("aria-label", "The change, 20 times as strong, on grey.");
    byId("comparison").hidden = false;
    const most = `none by more than ${Math.max(...changes)} of 255`;
    tell(`Fooled: ${classes[was]} became ${classes[is]}. ${moved} of ${pixels.length} numbers changed, ${most}.`);
  });

  setColour(palette.white);
  setWeight();
  choose(0);
  editor.pixels = Uint8Array.from(example(0));
  editor.show();
})();
