/* Does a picture say where it was taken? Reads only the few bytes that tell, never the whole file.

Sources: Exif 2.32 (CIPA DC-008, 4.6.6), XMP part 3, ISO/IEC 14496-12 (boxes) and 23008-12 (Exif items),
PNG third edition (eXIf), WebP container. Some phones take a place away by writing zeros over it, so zeros
count as none. */
const YES = "yes";
const NO = "no";
const UNKNOWN = "unknown"; // no format that is known here, or damaged
const GPS = 0x8825;
const LATITUDE = 2;
const LONGITUDE = 4;
const MOST_PARTS = 1000;
const LONGEST_PART = 1 << 20;

export async function placed(blob) {
  try {
    const head = await at(blob, 0, 16);
    if (head.getUint16(0) === 0xffd8) return await jpeg(blob);
    if (["II*\0", "MM\0*"].includes(text(head, 0, 4))) return (await tiff(blob, 0)) ? YES : NO;
    if (text(head, 0, 8) === "\x89PNG\r\n\x1a\n") return await chunks(blob, 8, pngPart);
    if (text(head, 0, 4) === "RIFF" && text(head, 8, 12) === "WEBP") return await chunks(blob, 12, webpPart);
    if (text(head, 4, 8) === "ftyp") return await boxes(blob);
  } catch (fault) {
    if (!(fault instanceof RangeError)) throw fault; // an offset beyond the end: damaged
  }
  return UNKNOWN;
}

async function at(blob, start, length) {
  return new DataView(await blob.slice(start, start + Math.min(length, LONGEST_PART)).arrayBuffer());
}

function text(view, from, to) {
  return String.fromCharCode(...new Uint8Array(view.buffer, from, to - from));
}

const whole = (view) => new TextDecoder("latin1").decode(view.buffer);
const inXmp = (said) => /GPSLatitude\b/.test(said) && /GPSLongitude\b/.test(said);

async function jpeg(blob) {
  let start = 2;
  for (let part = 0; part < MOST_PARTS; part += 1) {
    const head = await at(blob, start, 16);
    if (head.getUint8(0) !== 0xff) return UNKNOWN;
    const marker = head.getUint8(1);
    if (marker === 0xff) start += 1; // a filling byte
    else if (marker === 0xda || marker === 0xd9) return NO;
    else {
      const length = head.getUint16(2);
      if (marker === 0xe1 && text(head, 4, 10) === "Exif\0\0" && (await tiff(blob, start + 10))) return YES;
      if (marker === 0xe1 && text(head, 4, 9) === "http:" && inXmp(whole(await at(blob, start, length)))) return YES;
      start += 2 + length;
    }
  }
  return UNKNOWN;
}

/* Whether the GPS part of a TIFF structure that begins at `base` has a latitude and a longitude. */
async function tiff(blob, base) {
  const head = await at(blob, base, 8);
  const little = head.getUint16(0) === 0x4949;
  const tags = await directory(blob, base, head.getUint32(4, little), little);
  if (!tags.has(GPS)) return false;
  const found = await directory(blob, base, tags.get(GPS).getUint32(8, little), little);
  const latitude = found.has(LATITUDE) && (await degrees(blob, base, found.get(LATITUDE), little));
  const longitude = found.has(LONGITUDE) && (await degrees(blob, base, found.get(LONGITUDE), little));
  const both = Number.isFinite(latitude) && Number.isFinite(longitude);
  return both && (latitude !== 0 || longitude !== 0);
}

/* The entries of a directory by their tags, each 12 bytes. */
async function directory(blob, base, offset, little) {
  const count = (await at(blob, base + offset, 2)).getUint16(0, little);
  const view = await at(blob, base + offset + 2, count * 12);
  const tags = new Map();
  for (let here = 0; here + 12 <= view.byteLength; here += 12) {
    tags.set(view.getUint16(here, little), new DataView(view.buffer, here, 12));
  }
  return tags;
}

async function degrees(blob, base, entry, little) {
  const [RATIONAL, ASCII] = [5, 2];
  const type = entry.getUint16(2, little);
  const count = entry.getUint32(4, little);
  const view = await at(blob, base + entry.getUint32(8, little), type === RATIONAL ? 8 * count : count);
  if (type === ASCII) return parseFloat(whole(view));
  if (type !== RATIONAL) return NaN;
  let sum = 0;
  for (let part = 0; part < Math.min(count, 3); part += 1) {
    const [over, under] = [view.getUint32(8 * part, little), view.getUint32(8 * part + 4, little)];
    if (over && !under) return NaN;
    sum += over ? over / under / 60 ** part : 0;
  }
  return sum;
}

/* PNG and WebP: a length and a name before each part; `look` says what a part tells. */
async function chunks(blob, start, look) {
  for (let part = 0; part < MOST_PARTS && start + 8 <= blob.size; part += 1) {
    const [here, next] = await look(blob, start);
    if (here) return YES;
    start = next;
  }
  return start + 8 > blob.size ? NO : UNKNOWN;
}

async function pngPart(blob, start) {
  const head = await at(blob, start, 8);
  const [length, name] = [head.getUint32(0), text(head, 4, 8)];
  const body = start + 8;
  const here =
    (name === "eXIf" && (await tiff(blob, body))) ||
    (name === "iTXt" && inXmp(whole(await at(blob, body, length))));
  return [here, body + length + 4];
}

async function webpPart(blob, start) {
  const head = await at(blob, start, 8);
  const [name, length] = [text(head, 0, 4), head.getUint32(4, true)];
  const body = start + 8;
  let here = false;
  if (name === "EXIF") {
    const prefixed = text(await at(blob, body, 6), 0, 6) === "Exif\0\0";
    here = await tiff(blob, prefixed ? body + 6 : body);
  } else if (name === "XMP ") here = inXmp(whole(await at(blob, body, length)));
  return [here, body + length + (length % 2)];
}

/* HEIC and AVIF: the box "meta" says which item is Exif, and where its bytes lie. */
async function boxes(blob) {
  for (let start = 0, part = 0; part < MOST_PARTS && start + 8 <= blob.size; part += 1) {
    const head = await at(blob, start, 16);
    const size = head.getUint32(0) === 1 ? Number(head.getBigUint64(8)) : head.getUint32(0);
    if (text(head, 4, 8) === "meta") return await meta(blob, await at(blob, start, size));
    if (size < 8) break;
    start += size;
  }
  return NO;
}

function inner(view, from, to) {
  const found = new Map();
  for (let here = from; here + 8 <= to; ) {
    const size = view.getUint32(here);
    if (size < 8) break;
    found.set(text(view, here + 4, here + 8), here + 8);
    here += size;
  }
  return found;
}

async function meta(blob, view) {
  const found = inner(view, 12, view.byteLength);
  if (!found.has("iinf") || !found.has("iloc")) return NO;
  const item = exifItem(view, found.get("iinf"));
  const place = item === null ? null : located(view, found.get("iloc"), item);
  if (place === null) return NO;
  const skipped = (await at(blob, place, 4)).getUint32(0); // bytes between this number and the TIFF header
  return (await tiff(blob, place + 4 + skipped)) ? YES : NO;
}

function exifItem(view, start) {
  const wide = view.getUint8(start) > 0;
  const count = wide ? view.getUint32(start + 4) : view.getUint16(start + 4);
  let here = start + (wide ? 8 : 6);
  for (let each = 0; each < count; each += 1) {
    const version = view.getUint8(here + 8);
    const id = version === 2 ? view.getUint16(here + 12) : view.getUint32(here + 12);
    const name = here + (version === 2 ? 16 : 18);
    if (version >= 2 && text(view, name, name + 4) === "Exif") return id;
    here += view.getUint32(here);
  }
  return null;
}

/* Where the first piece of an item begins in the file; null where it lies elsewhere. */
function located(view, start, item) {
  const version = view.getUint8(start);
  const [sizes, more] = [view.getUint8(start + 4), view.getUint8(start + 5)];
  const [offsets, lengths, bases, indices] = [sizes >> 4, sizes & 15, more >> 4, version ? more & 15 : 0];
  let here = start + 6;
  const take = (bytes) => {
    let value = 0;
    for (let each = 0; each < bytes; each += 1) value = value * 256 + view.getUint8(here++);
    return value;
  };
  for (let left = take(version < 2 ? 2 : 4); left > 0; left -= 1) {
    const id = take(version < 2 ? 2 : 4);
    const method = version ? take(2) & 15 : 0;
    take(2); // which file the bytes lie in: this one
    const base = take(bases);
    const first = here;
    const extents = take(2);
    if (id === item) {
      take(indices);
      return method === 0 && extents ? base + take(offsets) : null;
    }
    here = first + 2 + extents * (indices + offsets + lengths);
  }
  return null;
}
