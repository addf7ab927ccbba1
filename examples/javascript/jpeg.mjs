// How strongly was a JPEG compressed? Read from its quantisation tables, without decoding a pixel.
// Sources: ITU-T T.81 (markers: B.1.1.3, DQT: B.2.4.1, the luminance table: K.1); libjpeg's scaling of it by a "quality".

// Table K.1 in the order in which a file holds it (zigzag).
const LUMINANCE = [
  16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40,
  26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61, 60, 57, 51,
  56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87,
  95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
];
const SOI = 0xd8, DQT = 0xdb, SOS = 0xda, FILL = 0xff;

// The luminance table of a file's beginning, 64 numbers; null where it is no JPEG or the table is not within.
export function luminance(bytes) {
  if (bytes[0] !== 0xff || bytes[1] !== SOI) return null;
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1];
    if (marker === FILL) { at += 1; continue; }
    if (marker === SOS) return null;
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    const found = marker === DQT && end <= bytes.length ? first(bytes.subarray(at + 4, end)) : null;
    if (found) return found;
    at = end;
  }
  return null;
}

// Table 0 of a DQT segment; a segment may hold several, of 8 or 16 bits a number.
function first(segment) {
  for (let at = 0; at < segment.length; ) {
    const wide = segment[at] >> 4, table = segment[at] & 15, size = wide ? 128 : 64;
    if (at + 1 + size > segment.length) return null;
    const read = (n) => (wide ? segment.readUInt16BE(at + 1 + 2 * n) : segment[at + 1 + n]);
    if (table === 0) return Array.from({ length: 64 }, (_, n) => read(n));
    at += 1 + size;
  }
  return null;
}

// The quality, 1 to 100, whose table comes closest, and the mean distance to that (0: made by libjpeg at just this).
export function quality(table) {
  let best = { quality: 0, distance: Infinity };
  for (let q = 1; q <= 100; q++) {
    const scale = q < 50 ? Math.floor(5000 / q) : 200 - 2 * q;
    const distance = LUMINANCE.reduce((sum, k, n) => {
      const made = Math.min(255, Math.max(1, Math.floor((k * scale + 50) / 100)));
      return sum + Math.abs(made - table[n]);
    }, 0) / 64;
    if (distance < best.distance) best = { quality: q, distance };
  }
  return best;
}
