// Every file that was ever sent, on disk, under the ids by which the Bot API names them.

import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Animation, Document, PhotoSize, Sticker, Video, Voice } from 'grammy/types';
import { badRequest } from '../errors.js';

export type FileType =
  'Photo' | 'Video' | 'Animation' | 'Document' | 'Sticker' | 'VoiceNote' | 'Thumbnail';

/** The part of a message that shows a file; a silent video counts as animation and document. */
export interface MediaContent {
  photo?: PhotoSize[];
  video?: Video;
  animation?: Animation;
  document?: Document;
  sticker?: Sticker;
  voice?: Voice;
}

export interface StoredFile {
  fileId: string;
  uniqueId: string;
  type: FileType;
  path: string;
  sizeBytes: number;
  fileName: string | undefined;
  mimeType: string;
  /** What a message shows when the file is sent again by its id. */
  content: MediaContent;
}

export interface FileStore {
  /** Writes the file. The caller sets its content once the ids of all its parts are known. */
  save: (
    bytes: Buffer,
    facts: Pick<StoredFile, 'type' | 'mimeType' | 'fileName'>,
  ) => Promise<StoredFile>;
  find: (fileId: string) => StoredFile | undefined;
  read: (file: StoredFile) => Promise<Buffer>;
  /** A path for downloading the file; it is known for an hour. */
  openDownload: (file: StoredFile) => string;
  findDownload: (path: string) => StoredFile | undefined;
  close: () => Promise<void>;
}

/** What real ids begin with; only for the eye. */
const ID_PREFIX: Record<FileType, string> = {
  Photo: 'AgACAgI',
  Video: 'BAACAgI',
  Animation: 'CgACAgI',
  Document: 'BQACAgI',
  Sticker: 'CAACAgI',
  VoiceNote: 'AwACAgI',
  Thumbnail: 'AAMCAgI',
};

const FOLDER: Record<FileType, string> = {
  Photo: 'photos',
  Video: 'videos',
  Animation: 'animations',
  Document: 'documents',
  Sticker: 'stickers',
  VoiceNote: 'voice',
  Thumbnail: 'thumbnails',
};

const EXTENSION: Record<string, string> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'video/mp4': 'mp4',
  'audio/ogg': 'oga',
};

const DOWNLOAD_LIFE_MS = 60 * 60 * 1000;

function extensionOf(file: StoredFile): string {
  const fromName = /\.([A-Za-z0-9]{1,8})$/.exec(file.fileName ?? '')?.[1];
  return fromName ?? EXTENSION[file.mimeType] ?? 'bin';
}

/** @param folder kept when it is given, else a temporary one that `close` removes */
export async function openFileStore(
  folder: string | undefined,
  now: () => number,
): Promise<FileStore> {
  const root = folder ?? (await mkdtemp(join(tmpdir(), 'telegram-stand-in-')));
  const files = new Map<string, StoredFile>();
  const downloads = new Map<string, { file: StoredFile; until: number }>();

  return {
    save: async (bytes, facts) => {
      if (bytes.length === 0) throw badRequest('file must be non-empty');
      const hash = createHash('sha256').update(facts.type).update(bytes).digest('base64url');
      const fileId = `${ID_PREFIX[facts.type]}${randomBytes(30).toString('base64url')}`;
      const path = join(root, fileId);
      await writeFile(path, bytes);
      const uniqueId = `AQAD${hash.slice(0, 12)}`;
      const file = { fileId, uniqueId, path, sizeBytes: bytes.length, content: {}, ...facts };
      files.set(fileId, file);
      return file;
    },
    find: (fileId) => files.get(fileId),
    read: (file) => readFile(file.path),

    openDownload: (file) => {
      const known = [...downloads].find(([, entry]) => entry.file === file)?.[0];
      const path = known ?? `${FOLDER[file.type]}/file_${downloads.size}.${extensionOf(file)}`;
      downloads.set(path, { file, until: now() + DOWNLOAD_LIFE_MS });
      return path;
    },
    findDownload: (path) => {
      const entry = downloads.get(path);
      return entry !== undefined && now() < entry.until ? entry.file : undefined;
    },

    close: async () => {
      if (folder === undefined) await rm(root, { recursive: true, force: true });
    },
  };
}
