// The image that the net looks at: drawn on with mouse, finger or keys, dropped, pasted, or taken from the examples.
"use strict";

const UNDO = 40;  // steps back

/** Draw pixels, `channels` bytes each (1: grey, 3: colour), on a canvas of that size. */
function paintCanvas(canvas, width, height, channels, pixels) {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d"), data = context.createImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) data.data[4 * i + c] = pixels[i * channels + (channels === 3 ? c : 0)];
    data.data[4 * i + 3] = 255;
  }
  context.putImageData(data, 0, 0);
}

/** The middle square of an image file in H x W pixels, as bytes (H, W, 3). */
async function pixelsOfFile(file, { H, W }) {
  const bitmap = await createImageBitmap(file), side = Math.min(bitmap.width, bitmap.height);
  const left = (bitmap.width - side) / 2, top = (bitmap.height - side) / 2, canvas = document.createElement("canvas");
  canvas.width = W;
  canvas.height = H;
  const context = canvas.getContext("2d");
  context.fillStyle = "white";  // behind what is transparent
  context.fillRect(0, 0, W, H);
  context.imageSmoothingQuality = "high";
  context.drawImage(await halved(bitmap, left, top, side, 2 * W), 0, 0, W, H);
  const data = context.getImageData(0, 0, W, H).data;
  return Uint8Array.from({ length: H * W * 3 }, (_, i) => data[4 * Math.floor(i / 3) + (i % 3)]);
}

/** The square, halved until it is at most `enough` pixels wide: browsers skip pixels when they shrink by more. */
async function halved(bitmap, left, top, side, enough) {
  let canvas = null;
  for (let size = Math.min(Math.ceil(side), 2048); ; size = Math.ceil(size / 2)) {
    const next = document.createElement("canvas");
    next.width = next.height = Math.max(size, 1);
    const context = next.getContext("2d");
    context.imageSmoothingQuality = "high";
    if (canvas) context.drawImage(canvas, 0, 0, next.width, next.height);
    else context.drawImage(bitmap, left, top, side, side, 0, 0, next.width, next.height);
    canvas = next;
    if (size <= enough) return canvas;
  }
}

/** The image on its canvas, and the tools beside it; `changed()` is called after each change. */
class ImageEditor {
  constructor(canvas, shape, changed, say) {
    Object.assign(this, { canvas, shape, changed, say });
    this.pixels = new Uint8Array(shape.H * shape.W * 3);
    this.past = [];
    this.colour = [255, 255, 255];
    this.brush = 3;
    this.cursor = null;  // row and column, while the keyboard draws
    this.listen();
  }

  /** Show other pixels; the ones before can be brought back. */
  put(pixels) {
    this.remember();
    this.pixels = Uint8Array.from(pixels);
    this.show();
  }

  remember() {
    this.past.push(this.pixels.slice());
    if (this.past.length > UNDO) this.past.shift();
  }

  undo() {
    if (!this.past.length) return this.say("There is nothing to undo.");
    this.pixels = this.past.pop();
    this.show();
  }

  fill() {
    this.put(this.pixels.map((_, i) => this.colour[i % 3]));
  }

  show() {
    const { H, W } = this.shape;
    paintCanvas(this.canvas, W, H, 3, this.pixels);
    if (this.cursor) {
      const context = this.canvas.getContext("2d"), [row, column] = this.cursor, light = this.lightAt(row, column);
      context.fillStyle = light ? "black" : "white";
      context.fillRect(column, row, 1, 1);
    }
    this.changed();
  }

  lightAt(row, column) {
    const at = (row * this.shape.W + column) * 3;
    return this.pixels[at] + this.pixels[at + 1] + this.pixels[at + 2] > 380;
  }

  /** Colour the pixels whose centres lie within the brush around a point, in pixels from the top left corner. */
  dab(y, x) {
    const { H, W } = this.shape, r = this.brush / 2;
    for (let row = Math.max(0, Math.floor(y - r)); row < Math.min(H, y + r); row++) {
      for (let column = Math.max(0, Math.floor(x - r)); column < Math.min(W, x + r); column++) {
        if ((row + 0.5 - y) ** 2 + (column + 0.5 - x) ** 2 > Math.max(r * r, 0.5)) continue;
        this.pixels.set(this.colour, (row * W + column) * 3);
      }
    }
  }

  listen() {
    const at = (event) => {
      const box = this.canvas.getBoundingClientRect();
      return [
        ((event.clientY - box.top) / box.height) * this.shape.H,
        ((event.clientX - box.left) / box.width) * this.shape.W,
      ];
    };
    let last = null;
    this.canvas.addEventListener("pointerdown", (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      this.cursor = null;
      this.remember();
      this.dab(...(last = at(event)));
      this.show();
    });
    this.canvas.addEventListener("pointermove", (event) => {
      if (!last) return;
      const now = at(event), steps = Math.ceil(Math.hypot(now[0] - last[0], now[1] - last[1]) * 2) || 1;
      for (let s = 1; s <= steps; s++) {
        this.dab(last[0] + ((now[0] - last[0]) * s) / steps, last[1] + ((now[1] - last[1]) * s) / steps);
      }
      last = now;
      this.show();
    });
    for (const end of ["pointerup", "pointercancel"]) this.canvas.addEventListener(end, () => (last = null));
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    this.canvas.addEventListener("blur", () => {
      if (!this.cursor) return;
      this.cursor = null;
      this.show();
    });
  }

  key(event) {
    const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    const { H, W } = this.shape, move = moves[event.key];
    if (!move && event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    const [row, column] = this.cursor || [H / 2, W / 2];
    if (move) {
      this.cursor = [Math.min(H - 1, Math.max(0, row + move[0])), Math.min(W - 1, Math.max(0, column + move[1]))];
    } else {
      this.cursor = [row, column];
      this.remember();
      this.dab(row + 0.5, column + 0.5);
    }
    this.show();
    this.say(`Row ${this.cursor[0]}, column ${this.cursor[1]}${move ? "" : ", painted"}.`);
  }
}
