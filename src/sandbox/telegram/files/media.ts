// Turns what a call or a person sends into the media of a message, by the rules of Telegram's servers.

import type { Document, PhotoSize } from 'grammy/types';
import { badRequest } from '../errors.js';
import type { Upload } from '../request/body.js';
import { readMp4 } from './mp4.js';
import {
  makePreview,
  makeSizes,
  type Picture,
  readThumbnail,
  refuseOversized,
  USUAL_SIDE,
} from './photos.js';
import type { FileStore, FileType, MediaContent, StoredFile } from './store.js';

export type MediaKind = 'photo' | 'video' | 'animation' | 'document';

/** What may accompany a file. Sizes and times that are given win over those in the file. */
export interface MediaDetails {
  width?: number;
  height?: number;
  duration?: number;
  startTimestamp?: number;
  thumbnail?: Upload;
  cover?: PhotoSize[];
  /** In an album a silent video stays a video. */
  inAlbum?: boolean;
  mimeType?: string;
}

/** Files in and what is worth a line in the call log out. */
export interface MediaDesk {
  files: FileStore;
  note: (text: string) => void;
}

const TYPE_OF_KIND: Record<MediaKind, FileType> = {
  photo: 'Photo',
  video: 'Video',
  animation: 'Animation',
  document: 'Document',
};

function toSize(file: StoredFile, picture: Picture): PhotoSize {
  return {
    file_id: file.fileId,
    file_unique_id: file.uniqueId,
    width: picture.width,
    height: picture.height,
    file_size: file.sizeBytes,
  };
}

/** Stores all sizes of a photo, smallest first. */
export async function storePhoto(
  desk: MediaDesk,
  bytes: Buffer,
  maxSide = USUAL_SIDE,
): Promise<PhotoSize[]> {
  if (bytes.length === 0) throw badRequest('file must be non-empty');
  const pictures = await makeSizes(bytes, maxSide);
  const facts = { type: 'Photo', mimeType: 'image/jpeg', fileName: undefined } as const;
  const stored = await Promise.all(
    pictures.map(async (picture) => {
      const file = await desk.files.save(picture.bytes, facts);
      return { file, size: toSize(file, picture) };
    }),
  );
  const photo = stored.map(({ size }) => size);
  for (const { file } of stored) file.content = { photo };
  return photo;
}

async function storeThumbnail(
  desk: MediaDesk,
  thumbnail: Upload | undefined,
): Promise<{ thumbnail?: PhotoSize }> {
  if (thumbnail === undefined) return {};
  const picture = await readThumbnail(thumbnail.bytes);
  if (typeof picture === 'string') {
    desk.note(`thumbnail ignored: ${picture}`);
    return {};
  }
  return { thumbnail: await storePreview(desk, picture) };
}

async function storePreview(desk: MediaDesk, picture: Picture): Promise<PhotoSize> {
  const facts = { type: 'Thumbnail', mimeType: 'image/jpeg', fileName: undefined } as const;
  return toSize(await desk.files.save(picture.bytes, facts), picture);
}

function describe(file: StoredFile): Document {
  return {
    file_id: file.fileId,
    file_unique_id: file.uniqueId,
    ...(file.fileName !== undefined && { file_name: file.fileName }),
    mime_type: file.mimeType,
    file_size: file.sizeBytes,
  };
}

const MIME_OF_EXTENSION: Record<string, string> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  gif: 'image/gif',
  heic: 'image/heic',
  pdf: 'application/pdf',
  mp4: 'video/mp4',
  txt: 'text/plain',
};

function guessMime(fileName: string): string {
  const extension = fileName.split('.').at(-1)?.toLowerCase() ?? '';
  return MIME_OF_EXTENSION[extension] ?? 'application/octet-stream';
}

async function storeDocument(
  desk: MediaDesk,
  upload: Upload,
  details: MediaDetails,
): Promise<MediaContent> {
  const mimeType = details.mimeType ?? guessMime(upload.fileName);
  const facts = { type: 'Document', mimeType, fileName: upload.fileName } as const;
  const file = await desk.files.save(upload.bytes, facts);
  const given = await storeThumbnail(desk, details.thumbnail);
  const picture = mimeType.startsWith('image/') ? await makePreview(upload.bytes) : null;
  const made = picture === null ? {} : { thumbnail: await storePreview(desk, picture) };
  file.content = { document: { ...describe(file), ...made, ...given } };
  return file.content;
}

/** A video with sound stays a video, a silent one becomes an animation, anything else a document. */
async function storeFilm(
  desk: MediaDesk,
  upload: Upload,
  details: MediaDetails,
): Promise<MediaContent> {
  const isGif = upload.bytes.toString('latin1', 0, 4) === 'GIF8';
  const facts = readMp4(upload.bytes);
  if (facts === null && !isGif) {
    desk.note('not an MP4: sent as a document');
    return storeDocument(desk, upload, details);
  }
  const isVideo = facts !== null && (facts.hasAudio || details.inAlbum === true);
  const file = await desk.files.save(upload.bytes, {
    type: isVideo ? 'Video' : 'Animation',
    mimeType: facts === null ? 'image/gif' : 'video/mp4',
    fileName: upload.fileName,
  });
  const film = {
    ...describe(file),
    width: details.width ?? facts?.width ?? 0,
    height: details.height ?? facts?.height ?? 0,
    duration: details.duration ?? facts?.duration ?? 0,
    ...(await storeThumbnail(desk, details.thumbnail)),
  };
  if (isVideo) file.content = { video: film };
  else file.content = { animation: film, document: describe(file) };
  return isVideo ? { video: { ...film, ...videoExtras(details) } } : file.content;
}

function videoExtras(details: MediaDetails): { cover?: PhotoSize[]; start_timestamp?: number } {
  return {
    ...(details.cover !== undefined && { cover: details.cover }),
    ...(details.startTimestamp !== undefined && { start_timestamp: details.startTimestamp }),
  };
}

/** Stores an upload as what it is sent as. */
export async function storeMedia(
  desk: MediaDesk,
  kind: MediaKind,
  upload: Upload,
  details: MediaDetails,
): Promise<MediaContent> {
  if (kind === 'photo') {
    if (upload.bytes.length > 0) await refuseOversized(upload.bytes);
    return { photo: await storePhoto(desk, upload.bytes) };
  }
  if (kind === 'document') return storeDocument(desk, upload, details);
  return storeFilm(desk, upload, details);
}

/**
 * The media of a file that was sent before.
 * @throws TelegramError 400 for an unknown id, one of another type, or an address on the internet
 */
export function reuseMedia(
  desk: MediaDesk,
  kind: MediaKind,
  fileId: string,
  details: MediaDetails,
): MediaContent {
  if (/^https?:/i.test(fileId)) throw badRequest('failed to get HTTP URL content');
  const file = desk.files.find(fileId);
  if (file === undefined) throw badRequest('wrong file identifier/HTTP URL specified');
  const type = TYPE_OF_KIND[kind];
  if (file.type !== type) throw badRequest(`can't use file of type ${file.type} as ${type}`);
  const { video } = file.content;
  return video === undefined ? file.content : { video: { ...video, ...videoExtras(details) } };
}
