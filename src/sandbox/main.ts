// `npm start` without tokens: the real app between stand-ins of Telegram and PixVerse, and a page to chat with it.

import { mkdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { createFaultBoard } from './page-faults.js';
import { type PageServer, startPage } from './page-server.js';
import { CHAT_USER, openWorld, type World } from './world.js';

const DEFAULT_HOST = '127.0.0.1';
const DEFAULT_PORT = 3000;
const DEFAULT_SECONDS = 15;
/** After a signal the process is gone within ten seconds whatever still hangs. */
const MAX_STOP_MS = 9_500;
/** Somebody to be besides the first person, to whom the bot speaks another language. */
const SECOND_USER = { id: 1002, first_name: 'Lucía', username: 'lucia', language_code: 'es' };

/** What keeps the sandbox from starting, in words for the terminal. */
class StartFault extends Error {
  override readonly name = 'StartFault';
}

/** @throws StartFault */
function readAddress(): { host: string; port: number } {
  const host = process.env['HOST'] ?? DEFAULT_HOST;
  const text = process.env['PORT'] ?? String(DEFAULT_PORT);
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new StartFault(`PORT must be a whole number from 0 to 65535, not "${text}".`);
  }
  return { host: host === '' ? DEFAULT_HOST : host, port };
}

function toStartFault(error: unknown, { host, port }: { host: string; port: number }): Error {
  const { code } = error as { code?: string };
  if (code === 'EADDRINUSE') {
    return new StartFault(
      `Port ${port} of ${host} is taken: set PORT to a free one, for example PORT=${port + 1}.`,
    );
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EACCES') {
    return new StartFault(`${host}:${port} cannot be listened on (${code}): change HOST or PORT.`);
  }
  return error instanceof Error ? error : new Error(String(error));
}

/** @throws Error with the code EADDRINUSE when somebody else listens there */
async function probePort(host: string, port: number): Promise<void> {
  await new Promise<void>((settle, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, host, () => {
      server.close(() => {
        settle();
      });
    });
  });
}

/** Each start begins anew: the stand-ins forget their chats, so the app's orders would belong to nobody. */
async function emptyFolder(): Promise<string> {
  const folder = resolve('data/sandbox');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return folder;
}

/** Ends the process with 0 after SIGINT or SIGTERM, once `close` is done. @returns whether that has begun */
function closeOnSignals(close: () => Promise<void>): () => boolean {
  let isClosing = false;
  const end = (): void => {
    if (isClosing) return;
    isClosing = true;
    setTimeout(() => process.exit(0), MAX_STOP_MS).unref();
    void close()
      .catch(() => undefined)
      .finally(() => process.exit(0));
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  return () => isClosing;
}

/** @returns where the page is @throws StartFault, or Error when the app ended at once */
async function openSandbox(opened: { world?: World; page?: PageServer }): Promise<string> {
  const { host, port } = readAddress();
  try {
    // Who listens there may be a sandbox of this very folder: it keeps its database.
    await probePort(host, port);
    const pace = { seconds: DEFAULT_SECONDS };
    const world = await openWorld({
      folder: await emptyFolder(),
      generationMs: () => pace.seconds * 1000,
      environment: { ADMIN_IDS: `telegram:${CHAT_USER.id},telegram:${SECOND_USER.id}` },
    });
    opened.world = world;
    const people = [world.user, world.telegram.user(SECOND_USER)];
    const faults = createFaultBoard(world);
    opened.page = await startPage({ world, people, faults, pace }, { host, port });
    await world.keeper.start();
    const isLocal = ['127.0.0.1', '0.0.0.0', '::', '::1'].includes(host);
    return `http://${isLocal ? 'localhost' : host}:${opened.page.port}`;
  } catch (error) {
    throw toStartFault(error, { host, port });
  }
}

/**
 * Opens the sandbox and tells its address. Ends the process with 1 and a sentence when that is not possible, and with 0
 * after SIGINT or SIGTERM.
 */
export async function runSandbox(): Promise<void> {
  const opened: { world?: World; page?: PageServer } = {};
  const close = async (): Promise<void> => {
    await Promise.all([opened.page?.close(), opened.world?.close()]);
  };
  const isClosing = closeOnSignals(close);
  try {
    const address = await openSandbox(opened);
    process.stdout.write(
      'NEXORA Hug sandbox: the real bot, with stand-ins for Telegram and PixVerse; it costs nothing.\n' +
        `Open ${address} in a browser. Ctrl+C ends it.\n`,
    );
  } catch (error) {
    if (isClosing()) return;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    await close();
    process.exit(1);
  }
}
