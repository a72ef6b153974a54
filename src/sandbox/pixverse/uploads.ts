// Uploaded pictures: read from the form, checked as strictly as the service checks them, kept as files.

import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { extname, join } from 'node:path';
import busboy from 'busboy';
import sharp from 'sharp';
import { Refusal, newId } from './wire.js';

export interface StoredImage {
  id: string;
  file: string;
  mime: string;
  /** As it is seen, so after turning it upright. */
  width: number;
  height: number;
}

interface FormFile {
  name: string;
  /** Undefined, whatever busboy's types say, for a part without a name. */
  filename: string | undefined;
  mime: string;
  bytes: Buffer;
}

interface Form {
  files: FormFile[];
  texts: Map<string, string>;
}

type Format = 'jpeg' | 'png' | 'webp';

/** An upload has to be smaller than this. */
export const MAX_IMAGE_BYTES = 20 * 1024 * 1024;
const MAX_SIDE = 4000;
const MIN_SHORT_SIDE = 300;
const MAX_RATIO = 2.5;

const MIME_FORMATS: Readonly<Record<string, Format>> = {
  'image/jpeg': 'jpeg',
  'image/jpg': 'jpeg',
  'image/png': 'png',
  'image/webp': 'webp',
};
const EXTENSION_FORMATS: Readonly<Record<string, Format>> = {
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
  '.png': 'png',
  '.webp': 'webp',
};

function readForm(headers: IncomingHttpHeaders, body: Buffer): Promise<Form> {
  return new Promise((resolve, reject) => {
    const fail = (): void => {
      reject(new Refusal(400013, 'the body is not multipart/form-data'));
    };
    let parser: busboy.Busboy;
    try {
      parser = busboy({ headers, limits: { files: 5, fields: 20 } });
    } catch {
      fail();
      return;
    }
    const form: Form = { files: [], texts: new Map() };
    parser.on('field', (name, value) => form.texts.set(name, value));
    parser.on('file', (name, stream, info) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        form.files.push({
          name,
          filename: info.filename,
          mime: info.mimeType,
          bytes: Buffer.concat(chunks),
        });
      });
    });
    parser.on('error', fail);
    parser.on('close', () => {
      resolve(form);
    });
    parser.end(body);
  });
}

/** The one picture of the form: `image` as a file, neither twice nor as an address to fetch. */
function pickImage(form: Form): FormFile {
  const images = form.files.filter(({ name }) => name === 'image');
  const hasAddress = form.texts.has('image_url');
  if (images.length > 1 || (hasAddress && images.length > 0)) {
    throw new Refusal(400017, 'image or image_url, and one of them');
  }
  if (hasAddress) throw new Refusal(500042, 'addresses are not fetched here, upload the bytes');
  if (form.texts.has('image')) throw new Refusal(400013, 'image must be a file with a file name');
  const [image] = images;
  if (image === undefined) throw new Refusal(400011, 'image');
  if (image.filename === undefined || image.filename === '') {
    throw new Refusal(400013, 'image must have a file name');
  }
  return image;
}

/** What the first bytes promise; null for anything the service does not take. */
function sniff(bytes: Buffer): Format | null {
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'jpeg';
  if (bytes.toString('latin1', 0, 8) === '\x89PNG\r\n\x1a\n') return 'png';
  const isWebp =
    bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP';
  return isWebp ? 'webp' : null;
}

/** Size as the picture is seen; throws where it cannot be decoded to its end. */
async function measure(bytes: Buffer): Promise<{ width: number; height: number }> {
  const options = { failOn: 'error', limitInputPixels: MAX_SIDE * MAX_SIDE * 4 } as const;
  const { autoOrient, pages } = await sharp(bytes, options).metadata();
  if (pages !== undefined && pages > 1) throw new Refusal(500032, 'the image is animated');
  await sharp(bytes, options).resize(16, 16, { fit: 'fill' }).raw().toBuffer();
  return autoOrient;
}

async function checkImage({ filename, mime, bytes }: FormFile) {
  if (bytes.length === 0) throw new Refusal(500031, 'the file is empty');
  if (bytes.length >= MAX_IMAGE_BYTES) throw new Refusal(500030);
  const format = sniff(bytes);
  if (format === null) throw new Refusal(500032, 'neither jpeg, png nor webp');
  const named = EXTENSION_FORMATS[extname(filename ?? '').toLowerCase()];
  if (MIME_FORMATS[mime.toLowerCase()] !== format || named !== format) {
    throw new Refusal(
      500032,
      `${mime} and the file name must match the bytes, which are ${format}`,
    );
  }
  const size = await measure(bytes).catch((error: unknown) => {
    throw error instanceof Refusal ? error : new Refusal(500031);
  });
  const [shortSide, longSide] = [
    Math.min(size.width, size.height),
    Math.max(size.width, size.height),
  ];
  if (longSide > MAX_SIDE) throw new Refusal(500030, `${longSide} pixels`);
  if (shortSide < MIN_SHORT_SIDE) throw new Refusal(500033, `${shortSide} pixels`);
  if (longSide / shortSide > MAX_RATIO) throw new Refusal(500033, 'too narrow');
  return { ...size, format };
}

/**
 * Checks an upload and keeps it.
 *
 * @param folder where the file is put
 * @param isDeclined asked once the picture is found good: does the review decline it?
 * @throws Refusal with the code of what is wrong
 */
export async function takeUpload(
  headers: IncomingHttpHeaders,
  body: Buffer,
  folder: string,
  isDeclined: () => boolean,
): Promise<StoredImage> {
  const image = pickImage(await readForm(headers, body));
  const { width, height, format } = await checkImage(image);
  if (isDeclined()) throw new Refusal(500052);
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${randomUUID()}.${format}`);
  await writeFile(file, image.bytes);
  return { id: newId(), file, mime: `image/${format}`, width, height };
}
