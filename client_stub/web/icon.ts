/** The app's icon as PNG, for the systems that take no SVG: public/icon.svg drawn pixel by pixel, edge to edge. */

import { deflateSync, crc32 } from "node:zlib";

type Point = [number, number];
const GROUND = [0x0f, 0x66, 0x74];
const ENDS: Point[] = [[7, 21], [25, 11]];
const ROAD: Point[] = Array.from({ length: 41 }, (_, i) => bezier([[7, 21], [11, 12], [21, 22], [25, 11]], i / 40));
const GRID = 2; // samples a side of each pixel

function bezier([a, b, c, d]: Point[], s: number): Point {
  const at = (k: 0 | 1) => a![k] * (1 - s) ** 3 + 3 * b![k] * s * (1 - s) ** 2 + 3 * c![k] * s ** 2 * (1 - s) + d![k] * s ** 3;
  return [at(0), at(1)];
}

function isWhite(x: number, y: number): boolean {
  if (y < 6 || y > 26) return false;
  const near = (points: Point[], far: number) => points.some(([a, b]) => (a - x) ** 2 + (b - y) ** 2 < far ** 2);
  return near(ENDS, 3) || near(ROAD, 1.25);
}

/** How white a pixel is: 0 to 1. The drawing fills the middle four fifths, so that a round mask leaves it whole. */
function whiteness(px: number, py: number, size: number): number {
  let white = 0;
  for (let i = 0; i < GRID * GRID; i++) {
    const at = (p: number, k: number) => (((p + (k + 0.5) / GRID) / size - 0.5) / 0.8 + 0.5) * 32;
    if (isWhite(at(px, i % GRID), at(py, Math.floor(i / GRID)))) white += 1;
  }
  return white / GRID ** 2;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [head, tail] = [Buffer.alloc(4), Buffer.alloc(4)];
  head.writeUInt32BE(data.length);
  tail.writeUInt32BE(crc32(body));
  return Buffer.concat([head, body, tail]);
}

/** A PNG of `size` × `size` pixels. */
export function icon(size: number): Buffer {
  const rows = Buffer.alloc(size * (1 + size * 3));
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const white = whiteness(x, y, size);
      GROUND.forEach((part, k) => (rows[y * (1 + size * 3) + 1 + x * 3 + k] = Math.round(part + (255 - part) * white)));
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 2], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}
