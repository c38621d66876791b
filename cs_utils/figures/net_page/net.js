// The net of lesson 06: what `convnet_scores` computes, and the gradient of a score by the image.
// Arrays are flat, channels last, as NumPy stores (H, W, C) and (F, F, C, K).
"use strict";

/** float32 numbers from base64, as `np.ndarray.tobytes` gives them on every machine with little-endian numbers. */
function floatsOf(base64) {
  return new Float32Array(bytesOf(base64).buffer);
}

function bytesOf(base64) {
  const text = atob(base64), bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** (pixels / 255 - mean) / std, channel by channel. */
function standardized(shape, pixels) {
  const { C, mean, std } = shape, x = new Float64Array(pixels.length);
  for (let i = 0; i < x.length; i++) x[i] = (pixels[i] / 255 - mean[i % C]) / std[i % C];
  return x;
}

/** Convolution with a border of (F - 1) / 2 zeros: maps (H, W, K), before ReLU. */
function convolved({ H, W, C, K, F }, params, x) {
  const pad = (F - 1) / 2, w = Float64Array.from(params.w_conv), maps = new Float64Array(H * W * K);
  for (let at = 0; at < maps.length; at += K) maps.set(params.b_conv, at);
  for (let m = 0; m < F; m++) {
    for (let n = 0; n < F; n++) {
      for (let row = Math.max(0, pad - m); row < Math.min(H, H + pad - m); row++) {
        for (let column = Math.max(0, pad - n); column < Math.min(W, W + pad - n); column++) {
          const out = (row * W + column) * K, pixel = ((row + m - pad) * W + column + n - pad) * C;
          for (let c = 0; c < C; c++) {
            const value = x[pixel + c], weights = ((m * F + n) * C + c) * K;
            for (let k = 0; k < K; k++) maps[out + k] += value * w[weights + k];
          }
        }
      }
    }
  }
  return maps;
}

/** Max pooling 2x2 of the maps after ReLU: (H / 2, W / 2, K). */
function pooledOf({ H, W, K }, maps) {
  const pooled = new Float64Array((H / 2) * (W / 2) * K);  // 0 is what ReLU leaves at least
  for (let row = 0; row < H; row++) {
    for (let column = 0; column < W; column++) {
      const from = (row * W + column) * K, to = ((row >> 1) * (W / 2) + (column >> 1)) * K;
      for (let k = 0; k < K; k++) if (maps[from + k] > pooled[to + k]) pooled[to + k] = maps[from + k];
    }
  }
  return pooled;
}

/** All that the net computes for an image of bytes: maps before ReLU, pooled maps, scores. */
function forward(shape, params, pixels) {
  const maps = convolved(shape, params, standardized(shape, pixels)), pooled = pooledOf(shape, maps);
  const scores = Float64Array.from(params.b_fc), classes = scores.length;
  for (let i = 0; i < pooled.length; i++) {
    if (pooled[i] !== 0) for (let j = 0; j < classes; j++) scores[j] += pooled[i] * params.w_fc[i * classes + j];
  }
  return { maps, pooled, scores };
}

/** The gradient of the sum of dscores * scores by the bytes of the image, (H, W, C). */
function gradientByImage(shape, params, { maps, pooled }, dscores) {
  const { H, W, C, K, F, std } = shape, pad = (F - 1) / 2, classes = dscores.length, dx = new Float64Array(H * W * C);
  const dpooled = pooled.map((_, i) => {
    let sum = 0;
    for (let j = 0; j < classes; j++) sum += dscores[j] * params.w_fc[i * classes + j];
    return sum;
  });
  for (let row = 0; row < H; row++) {
    for (let column = 0; column < W; column++) {
      const from = (row * W + column) * K, to = ((row >> 1) * (W / 2) + (column >> 1)) * K;
      for (let k = 0; k < K; k++) {
        // max pooling hands the gradient to every place that holds the maximum, ReLU stops it where there is none
        if (maps[from + k] <= 0 || maps[from + k] !== pooled[to + k]) continue;
        for (let m = Math.max(0, pad - row); m < F && row + m - pad < H; m++) {
          for (let n = Math.max(0, pad - column); n < F && column + n - pad < W; n++) {
            const pixel = ((row + m - pad) * W + column + n - pad) * C, weights = (m * F + n) * C * K + k;
            for (let c = 0; c < C; c++) dx[pixel + c] += dpooled[to + k] * params.w_conv[weights + c * K];
          }
        }
      }
    }
  }
  return dx.map((value, i) => value / (255 * std[i % C]));
}

function largest(scores) {
  return scores.reduce((best, score, i) => (score > scores[best] ? i : best), 0);
}

function softmax(scores) {
  const top = Math.max(...scores), powers = Array.from(scores, (score) => Math.exp(score - top));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

const STEPS = 6;  // for each size of change

/**
 * Look for a small change of an image that changes the class.
 *
 * For changes of at most 1, then 2, 3, ... `limit` of 255 in each number, a few steps along the sign of the gradient of
 * score(wanted) - score(class now), as the "fast gradient sign method" takes them (Goodfellow et al., 2015). `target`
 * is the class wanted, or null for whichever other class is closest. Returns the pixels and the size of the change, or
 * null.
 */
function fool(shape, params, pixels, target, limit) {
  const changed = Uint8Array.from(pixels), start = largest(forward(shape, params, pixels).scores);
  for (let size = 1; size <= limit; size++) {
    for (let step = 0; step < STEPS; step++) {
      const now = forward(shape, params, changed), rest = now.scores.slice();
      rest[start] = -Infinity;
      const wanted = target === null ? largest(rest) : target, dscores = new Float64Array(rest.length);
      dscores[wanted] += 1;
      dscores[start] -= 1;
      const gradient = gradientByImage(shape, params, now, dscores);
      for (let i = 0; i < changed.length; i++) {
        const least = Math.max(0, pixels[i] - size), most = Math.min(255, pixels[i] + size);
        changed[i] = Math.min(most, Math.max(least, changed[i] + Math.sign(gradient[i])));
      }
      const found = largest(forward(shape, params, changed).scores);
      if (target === null ? found !== start : found === target) return { pixels: changed, size };
    }
  }
  return null;
}
