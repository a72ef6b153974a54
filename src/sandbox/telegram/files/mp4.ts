// What an MP4 says about itself in its boxes: size, length, tracks. Nothing is decoded.

export interface Mp4Facts {
  width: number;
  height: number;
  /** Whole seconds, rounded; Telegram shows no fractions. */
  duration: number;
  hasAudio: boolean;
}

interface Box {
  type: string;
  body: Buffer;
}

/** Boxes of one level; stops at the first that does not fit. */
function readBoxes(bytes: Buffer): Box[] {
  const boxes: Box[] = [];
  let at = 0;
  while (at + 8 <= bytes.length) {
    let size = bytes.readUInt32BE(at);
    let header = 8;
    if (size === 1 && at + 16 <= bytes.length) {
      size = Number(bytes.readBigUInt64BE(at + 8));
      header = 16;
    } else if (size === 0) {
      size = bytes.length - at;
    }
    if (size < header || at + size > bytes.length) break;
    boxes.push({
      type: bytes.toString('latin1', at + 4, at + 8),
      body: bytes.subarray(at + header, at + size),
    });
    at += size;
  }
  return boxes;
}

function find(boxes: Box[], type: string): Buffer | undefined {
  return boxes.find((box) => box.type === type)?.body;
}

function readDuration(mvhd: Buffer): number {
  const isLong = mvhd[0] === 1;
  const timescale = mvhd.readUInt32BE(isLong ? 20 : 12);
  const length = isLong ? Number(mvhd.readBigUInt64BE(24)) : mvhd.readUInt32BE(16);
  return timescale === 0 ? 0 : Math.round(length / timescale);
}

/** The shown size: width and height change places when the track is turned by a quarter. */
function readSize(tkhd: Buffer): { width: number; height: number } {
  const matrix = tkhd[0] === 1 ? 52 : 40;
  const isTurned = tkhd.readInt32BE(matrix) === 0 && tkhd.readInt32BE(matrix + 4) !== 0;
  const width = tkhd.readUInt32BE(matrix + 36) >>> 16;
  const height = tkhd.readUInt32BE(matrix + 40) >>> 16;
  return isTurned ? { width: height, height: width } : { width, height };
}

function readTrack(trak: Buffer): { handler: string; width: number; height: number } | undefined {
  const boxes = readBoxes(trak);
  const tkhd = find(boxes, 'tkhd');
  const mdia = find(boxes, 'mdia');
  const hdlr = mdia && find(readBoxes(mdia), 'hdlr');
  if (tkhd === undefined || hdlr === undefined) return undefined;
  return { handler: hdlr.toString('latin1', 8, 12), ...readSize(tkhd) };
}

/** Null for anything that is not an MP4 with a picture. */
export function readMp4(bytes: Buffer): Mp4Facts | null {
  try {
    const boxes = readBoxes(bytes);
    if (boxes[0]?.type !== 'ftyp') return null;
    const moov = readBoxes(find(boxes, 'moov') ?? Buffer.alloc(0));
    const mvhd = find(moov, 'mvhd');
    const tracks = moov.filter((box) => box.type === 'trak').map((box) => readTrack(box.body));
    const picture = tracks.find((track) => track?.handler === 'vide');
    if (mvhd === undefined || picture === undefined) return null;
    return {
      width: picture.width,
      height: picture.height,
      duration: readDuration(mvhd),
      hasAudio: tracks.some((track) => track?.handler === 'soun'),
    };
  } catch (error) {
    // A box that is shorter than its fields.
    if (error instanceof RangeError) return null;
    throw error;
  }
}
