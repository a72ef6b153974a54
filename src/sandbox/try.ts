// `npm run try -- photo1.jpg photo2.png --variant premium --out hug.mp4`: the whole journey without a browser, in a
// world of its own in a temporary folder.

import { constants } from 'node:fs';
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { drawSamples } from './samples.js';
import type { ChatMessage } from './telegram/messages/view.js';
import { openWorld, type World } from './world.js';

const USAGE = `npm run try -- [photo1 photo2] [--variant premium|standard] [--out hug.mp4] [--seconds 3] [--log]

  photo1 photo2  two photos (JPG, PNG, WebP); without them the samples of the project are used
  --variant      premium (1080p) or standard (720p); premium unless given
  --out          where the finished video is written; hug.mp4 unless given
  --seconds      how long a generation takes here; 3 unless given
  --log          show the log of the app too
`;
const BUTTON_OF_VARIANT: Readonly<Record<string, RegExp>> = {
  premium: /Full HD Embrace/,
  standard: /Standard Embrace/,
};
const STEP_TIMEOUT_MS = 60_000;
const VIDEO_TIMEOUT_MS = 180_000;

interface Wishes {
  photos: [Buffer, Buffer];
  variant: string;
  out: string;
  seconds: number;
  hasLog: boolean;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function readPhoto(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch {
    throw new Error(`${path} cannot be read: is that where the photo is?`);
  }
}

/** Before anything is made: can the video be written where it is wanted? */
async function checkFolder(out: string): Promise<void> {
  try {
    await access(dirname(resolve(out)), constants.W_OK);
  } catch {
    throw new Error(`--out ${out}: its folder does not exist or cannot be written to`);
  }
}

/** @throws Error with a sentence about what is wrong */
async function readWishes(): Promise<Wishes> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      variant: { type: 'string', default: 'premium' },
      out: { type: 'string', default: 'hug.mp4' },
      seconds: { type: 'string', default: '3' },
      log: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) throw new Error(USAGE);
  if (BUTTON_OF_VARIANT[values.variant] === undefined) {
    throw new Error(`--variant must be premium or standard\n\n${USAGE}`);
  }
  const seconds = Number(values.seconds);
  if (!(seconds >= 0 && seconds <= 600))
    throw new Error(`--seconds must be from 0 to 600\n\n${USAGE}`);
  if (positionals.length !== 0 && positionals.length !== 2) {
    throw new Error(`two photos are needed, or none\n\n${USAGE}`);
  }
  const [first, second] = positionals;
  const photos: [Buffer, Buffer] =
    first !== undefined && second !== undefined
      ? await Promise.all([readPhoto(first), readPhoto(second)])
      : await drawSamples();
  await checkFolder(values.out);
  return { photos, variant: values.variant, out: values.out, seconds, hasLog: values.log };
}

/** Prints every message of the bot when it comes or changes. */
function printChat(world: World): void {
  const printed = new Map<number, string>();
  world.user.onChange((change) => {
    if (change.kind !== 'message' && change.kind !== 'edited') return;
    const { message } = change;
    const line = describe(message);
    if (printed.get(message.id) === line) return;
    const mark = printed.has(message.id) ? '✎ bot' : message.from === 'bot' ? '  bot' : '  you';
    printed.set(message.id, line);
    say(line.replace(/^/gm, ' '.repeat(8)).replace(/^ {8}/, `${mark} > `));
  });
}

function describe(message: ChatMessage): string {
  const media = message.photo
    ? `[photo ${message.photo.width ?? 0}×${message.photo.height ?? 0}] `
    : message.document
      ? `[file ${message.document.fileName ?? ''}] `
      : (message.video ?? message.animation)
        ? '[video] '
        : '';
  const buttons = message.buttons.map((row) => row.map((b) => `[${b.text}]`).join(' ')).join('\n');
  return [`${media}${message.text ?? message.caption ?? ''}`, buttons]
    .filter((part) => part !== '')
    .join('\n');
}

function hasButton(pattern: RegExp) {
  return (message: ChatMessage): boolean =>
    message.buttons.flat().some((button) => pattern.test(button.text));
}

async function pressWhenThere(world: World, pattern: RegExp): Promise<void> {
  const message = await world.user.waitFor(hasButton(pattern), { timeoutMs: STEP_TIMEOUT_MS });
  const button = message.buttons.flat().find((b) => pattern.test(b.text));
  say(`  you > (press) ${button?.text ?? ''}`);
  await world.user.press(message.id, button?.callbackData ?? '').answer;
}

/** Waits until the bot took a photo. @throws Error when it said why it does not */
async function photoTaken(world: World, isTaken: (message: ChatMessage) => boolean): Promise<void> {
  const isRefused = (message: ChatMessage) =>
    message.from === 'bot' && /^(That |I can't|I couldn't)/.test(message.text ?? '');
  const answer = await world.user.waitFor((m) => isTaken(m) || isRefused(m), {
    timeoutMs: STEP_TIMEOUT_MS,
  });
  if (isRefused(answer)) throw new Error('the bot refused that photo: its answer is above');
}

/** Walks the journey and answers the bytes of the video that the bot posted. */
async function walk(world: World, wishes: Wishes): Promise<Buffer> {
  const { user, telegram } = world;
  const [first, second] = wishes.photos;
  user.sendText('/start');
  await user.waitFor(hasButton(/Make a hug/), { timeoutMs: STEP_TIMEOUT_MS });
  await user.sendDocument(first, { fileName: 'photo1', mimeType: 'image/jpeg' });
  await photoTaken(world, (m) => m.text?.includes('1 of 2') === true);
  await user.sendDocument(second, { fileName: 'photo2', mimeType: 'image/jpeg' });
  await photoTaken(world, hasButton(/I confirm/));
  await pressWhenThere(world, /I confirm/);
  await pressWhenThere(world, BUTTON_OF_VARIANT[wishes.variant] ?? /./);
  const posted = await user.waitFor((m) => m.from === 'bot' && fileOf(m) !== undefined, {
    timeoutMs: VIDEO_TIMEOUT_MS,
  });
  await user.waitFor((m) => m.text?.includes('is ready') === true, { timeoutMs: STEP_TIMEOUT_MS });
  const bytes = await telegram.readFile(fileOf(posted) ?? '');
  if (bytes === undefined) throw new Error('the posted video cannot be read');
  return bytes;
}

function fileOf(message: ChatMessage): string | undefined {
  return (message.video ?? message.animation)?.fileId;
}

async function run(): Promise<void> {
  const wishes = await readWishes();
  const folder = await mkdtemp(join(tmpdir(), 'hug-try-'));
  const world = await openWorld({
    folder,
    generationMs: () => wishes.seconds * 1000,
    ...(wishes.hasLog && {
      onLine: (line: string) => {
        say(`      | ${line}`);
      },
    }),
  });
  try {
    printChat(world);
    await world.keeper.start();
    const bytes = await walk(world, wishes);
    await writeFile(wishes.out, bytes);
    say(`\n${wishes.out}: ${(bytes.length / 1024 / 1024).toFixed(2)} MB, as the bot posted it`);
  } finally {
    await world.close();
    await rm(folder, { recursive: true, force: true });
  }
}

run().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
