// Draws media/icon.png: the sixteen levels of a 4-bit quantile format as a staircase. Run by hand when the drawing changes.
import { writeFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';

const size = 256;
/** Each pixel is the mean of this many samples squared, which smooths the edges. */
const samples = 4;

const background = [20, 33, 61];
const cold = [76, 201, 240];
const warm = [252, 163, 17];

/** NF4, from -1 to 1: near zero the steps are narrow, as weights are dense there. */
const levels = [-1, -0.6962, -0.5251, -0.3949, -0.2844, -0.1848, -0.0911, 0, 0.0796, 0.1609, 0.2461, 0.3379, 0.4407, 0.5626, 0.723, 1];

const margin = 36;
const gap = 3;
const pitch = (size - 2 * margin + gap) / levels.length;

writeFileSync(new URL('../media/icon.png', import.meta.url), png(size, size, pixel));

/** The colour of a pixel, as red, green, blue and alpha. */
function pixel(x, y) {
  const sum = [0, 0, 0, 0];
  for (let i = 0; i < samples * samples; i++) {
    const sampled = colourAt(x + ((i % samples) + 0.5) / samples, y + (Math.floor(i / samples) + 0.5) / samples);
    for (let c = 0; c < 4; c++) sum[c] += sampled[c];
  }
  return sum.map((s) => Math.round(s / (samples * samples)));
}

function colourAt(x, y) {
  if (!insideRounded(x, y, 0, 0, size, size, 48)) return [0, 0, 0, 0];
  const step = Math.floor((x - margin) / pitch);
  const level = levels[step];
  if (level === undefined) return [...background, 255];
  const left = margin + step * pitch;
  const middle = size / 2;
  const end = middle - level * (size / 2 - margin);
  const top = Math.min(end, middle) - 3;
  const bottom = Math.max(end, middle) + 3;
  if (!insideRounded(x, y, left, top, left + pitch - gap, bottom, 3)) return [...background, 255];
  return [...cold.map((c, i) => c + ((warm[i] - c) * step) / (levels.length - 1)), 255];
}

/** Whether a point is inside a rectangle whose corners have the given radius. */
function insideRounded(x, y, left, top, right, bottom, radius) {
  if (x < left || x > right || y < top || y > bottom) return false;
  const dx = Math.max(left + radius - x, x - (right - radius), 0);
  const dy = Math.max(top + radius - y, y - (bottom - radius), 0);
  return dx * dx + dy * dy <= radius * radius;
}

function png(width, height, colour) {
  const rows = Buffer.alloc(height * (1 + 4 * width));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) rows.set(colour(x, y), y * (1 + 4 * width) + 1 + 4 * x);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits per channel, red, green, blue and alpha.
  header.set([8, 6, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type, data) {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(typed));
  return Buffer.concat([length, typed, check]);
}
