// One filter under the brush: 3x3 weights for each colour, painted by mouse, finger or keys.
"use strict";

const CHANNELS = ["red", "green", "blue"];

/** The weights of one filter as buttons in a grid; `changed()` is called after each change. */
class FilterEditor {
  constructor(grid, shape, params, changed, say) {
    Object.assign(this, { grid, shape, params, changed, say });
    this.trained = params.w_conv.slice();
    this.trainedBias = params.b_conv.slice();
    this.most = this.trained.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0.1);
    this.filter = 0;
    this.channel = null;  // null: all three alike
    this.brush = this.most;
    this.focus = 0;
    this.build();
  }

  build() {
    const { F } = this.shape;
    this.grid.style.setProperty("--extent", F);
    this.cells = Array.from({ length: F * F }, (_, i) => {
      const cell = document.createElement("button");
      cell.type = "button";
      cell.className = "weight";
      cell.addEventListener("click", (event) => event.detail === 0 && this.set(i, this.brush));  // by keyboard
      cell.addEventListener("pointerdown", (event) => {
        cell.releasePointerCapture(event.pointerId);  // a finger that moves on paints the next weight
        this.set(i, this.brush);
      });
      cell.addEventListener("pointerenter", (event) => event.buttons && this.set(i, this.brush));
      cell.addEventListener("keydown", (event) => this.key(event, i));
      this.grid.append(cell);
      return cell;
    });
  }

  /** The flat indices of a weight in all channels that are painted. */
  places(i) {
    const { C, K } = this.shape, every = this.channel === null ? [...Array(C).keys()] : [this.channel];
    return every.map((c) => (i * C + c) * K + this.filter);
  }

  value(i) {
    const places = this.places(i);
    return places.reduce((sum, place) => sum + this.params.w_conv[place], 0) / places.length;
  }

  set(i, value) {
    for (const place of this.places(i)) this.params.w_conv[place] = value;
    this.focus = i;
    this.show();
    this.changed();
  }

  /** Replace all weights of this filter, in all channels; `value(place)` gives the new one, and `bias` its bias. */
  replace(value, bias) {
    const { F, C, K } = this.shape;
    for (let i = 0; i < F * F * C; i++) this.params.w_conv[i * K + this.filter] = value(i * K + this.filter, i);
    this.params.b_conv[this.filter] = bias;
    this.show();
    this.changed();
  }

  restore() {
    this.replace((place) => this.trained[place], this.trainedBias[this.filter]);
  }

  restoreAll() {
    this.params.w_conv.set(this.trained);
    this.params.b_conv.set(this.trainedBias);
    this.show();
    this.changed();
  }

  switchOff() {
    this.replace(() => 0, 0);
  }

  flip() {
    const { F, C, K } = this.shape, old = this.params.w_conv.slice();
    this.replace((_, i) => {
      const c = i % C, n = Math.floor(i / C) % F, m = Math.floor(i / C / F);
      return old[((m * F + F - 1 - n) * C + c) * K + this.filter];
    }, this.params.b_conv[this.filter]);
  }

  show() {
    const { F } = this.shape;
    this.cells.forEach((cell, i) => {
      const value = this.value(i), strength = Math.min(1, Math.abs(value) / this.most);
      const shade = Math.round(127.5 + (value < 0 ? -127.5 : 127.5) * strength);
      cell.textContent = (value < 0 ? "\u2212" : "") + Math.abs(value).toFixed(2);
      cell.style.background = `rgb(${shade}, ${shade}, ${shade})`;
      cell.style.color = shade > 110 ? "black" : "white";
      const colour = this.channel === null ? "mean of the three colours" : CHANNELS[this.channel];
      cell.setAttribute(
        "aria-label", `row ${Math.floor(i / F)}, column ${i % F}, ${colour}: ${value.toFixed(2)}`);
      cell.tabIndex = i === this.focus ? 0 : -1;
    });
  }

  key(event, i) {
    const { F } = this.shape, row = Math.floor(i / F), column = i % F;
    const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    const step = { "+": 1, "=": 1, "-": -1 }[event.key];
    if (moves[event.key]) {
      const to = [row + moves[event.key][0], column + moves[event.key][1]];
      if (to.every((place) => place >= 0 && place < F)) {
        this.focus = to[0] * F + to[1];
        this.show();
        this.cells[this.focus].focus();
      }
    } else if (step || event.key === "0") {
      for (const place of this.places(i)) {
        this.params.w_conv[place] = step ? this.params.w_conv[place] + 0.1 * step * this.most : 0;
      }
      this.show();
      this.changed();
      this.say(this.value(i).toFixed(2));
    } else return;
    event.preventDefault();
  }
}
