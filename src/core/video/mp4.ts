// Just enough of the MP4 container (ISO/IEC 14496-12) to tell a playable video from an error page, and its size.

import { open, type FileHandle } from 'node:fs/promises';

export interface Mp4Info {
  width: number;
  height: number;
  durationSeconds: number;
  hasAudio: boolean;
  /** The index stands before the data, so that playing can begin at once. */
  isFastStart: boolean;
}

interface Box {
  type: string;
  /** Of the content, behind the header. */
  start: number;
  end: number;
}

/** The index of a five-second video is some kilobytes. */
const MAX_INDEX_BYTES = 16 * 1024 * 1024;
const MAX_TOP_BOXES = 64;

async function readTopBoxes(file: FileHandle, sizeBytes: number): Promise<Box[]> {
  const boxes: Box[] = [];
  const header = Buffer.alloc(16);
  let offset = 0;
  while (offset + 8 <= sizeBytes && boxes.length < MAX_TOP_BOXES) {
    await file.read(header, 0, 16, offset);
    const shortSize = header.readUInt32BE(0);
    const headerBytes = shortSize === 1 ? 16 : 8;
    const size =
      shortSize === 1
        ? Number(header.readBigUInt64BE(8))
        : shortSize === 0
          ? sizeBytes - offset
          : shortSize;
    if (size < headerBytes) break;
    const type = header.toString('latin1', 4, 8);
    boxes.push({ type, start: offset + headerBytes, end: offset + size });
    offset += size;
  }
  return offset === sizeBytes ? boxes : [];
}

function childBoxes(bytes: Buffer, start: number, end: number): Box[] {
  const boxes: Box[] = [];
  let offset = start;
  while (offset + 8 <= end) {
    const size = bytes.readUInt32BE(offset);
    if (size < 8 || offset + size > end) break;
    boxes.push({
      type: bytes.toString('latin1', offset + 4, offset + 8),
      start: offset + 8,
      end: offset + size,
    });
    offset += size;
  }
  return boxes;
}

/** Follows a path of box types from a parent. */
function findBox(bytes: Buffer, parent: Box, path: readonly string[]): Box | undefined {
  let current: Box | undefined = parent;
  for (const type of path) {
    if (current === undefined) return undefined;
    current = childBoxes(bytes, current.start, current.end).find((box) => box.type === type);
  }
  return current;
}

function readTrack(bytes: Buffer, track: Box): { kind: string; width: number; height: number } {
  const handler = findBox(bytes, track, ['mdia', 'hdlr']);
  const header = findBox(bytes, track, ['tkhd']);
  const kind =
    handler === undefined ? '' : bytes.toString('latin1', handler.start + 8, handler.start + 12);
  // Width and height are the last two fields, fixed point 16.16.
  const width = header === undefined ? 0 : bytes.readUInt32BE(header.end - 8) / 65_536;
  const height = header === undefined ? 0 : bytes.readUInt32BE(header.end - 4) / 65_536;
  return { kind, width, height };
}

function readDurationSeconds(bytes: Buffer, movie: Box): number {
  const header = findBox(bytes, movie, ['mvhd']);
  if (header === undefined) return 0;
  const isLong = bytes[header.start] === 1;
  const timescale = bytes.readUInt32BE(header.start + (isLong ? 20 : 12));
  const duration = isLong
    ? Number(bytes.readBigUInt64BE(header.start + 24))
    : bytes.readUInt32BE(header.start + 16);
  return timescale === 0 ? 0 : duration / timescale;
}

async function readInfo(file: FileHandle): Promise<Mp4Info | null> {
  const { size } = await file.stat();
  const boxes = await readTopBoxes(file, size);
  const types = boxes.map((box) => box.type);
  const index = boxes.find((box) => box.type === 'moov');
  if (types[0] !== 'ftyp' || index === undefined || !types.includes('mdat')) return null;
  const length = index.end - index.start;
  if (length > MAX_INDEX_BYTES) return null;
  const bytes = Buffer.alloc(length);
  await file.read(bytes, 0, length, index.start);
  const movie = { type: 'moov', start: 0, end: length };
  const tracks = childBoxes(bytes, 0, length)
    .filter((box) => box.type === 'trak')
    .map((box) => readTrack(bytes, box));
  const picture = tracks.find((track) => track.kind === 'vide');
  const durationSeconds = readDurationSeconds(bytes, movie);
  if (picture === undefined || picture.width === 0 || durationSeconds === 0) return null;
  return {
    width: picture.width,
    height: picture.height,
    durationSeconds,
    hasAudio: tracks.some((track) => track.kind === 'soun'),
    isFastStart: types.indexOf('moov') < types.indexOf('mdat'),
  };
}

/** What a file is as a video, or null when it is no complete MP4 with a picture. */
export async function readMp4(path: string): Promise<Mp4Info | null> {
  const file = await open(path, 'r');
  try {
    return await readInfo(file);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  } finally {
    await file.close();
  }
}
