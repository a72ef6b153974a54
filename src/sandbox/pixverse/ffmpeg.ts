// Finds the ffmpeg command and runs it in a process of its own; a crash or a hang of it touches nobody else.

import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Longest time one encoding may take; a 1080p film needs about five seconds. */
const MAX_ENCODING_MS = 120_000;
/** How much of what ffmpeg complains about is kept for the error. */
const MAX_COMPLAINT_LENGTH = 2000;
/** A development dependency without types that may be missing: only its path is wanted. */
const INSTALLER_PACKAGE = '@ffmpeg-installer/ffmpeg';

let found: Promise<string> | undefined;

async function answersVersion(command: string): Promise<boolean> {
  const child = spawn(command, ['-version'], { stdio: 'ignore' });
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    return code === 0;
  } catch {
    return false;
  }
}

async function installedByPackage(): Promise<string | null> {
  try {
    const installer = (await import(INSTALLER_PACKAGE)) as { default?: { path?: unknown } };
    const path = installer.default?.path;
    return typeof path === 'string' ? path : null;
  } catch {
    return null;
  }
}

async function search(): Promise<string> {
  const wanted = process.env.FFMPEG_PATH;
  if (wanted !== undefined && wanted !== '') {
    if (await answersVersion(wanted)) return wanted;
    throw new Error(`FFMPEG_PATH names ${wanted}, which does not run as ffmpeg`);
  }
  if (await answersVersion('ffmpeg')) return 'ffmpeg';
  const packaged = await installedByPackage();
  if (packaged !== null && (await answersVersion(packaged))) return packaged;
  throw new Error(
    `No ffmpeg found: install it, set FFMPEG_PATH, or run npm install with ${INSTALLER_PACKAGE}`,
  );
}

/**
 * The command that runs ffmpeg: `FFMPEG_PATH`, else `ffmpeg` on the PATH, else the one from the npm package.
 * Looked for once a process.
 *
 * @throws Error with the remedy when there is none
 */
export function findFfmpeg(): Promise<string> {
  found ??= search();
  return found;
}

/**
 * Runs one encoding to its end.
 *
 * @param command what `findFfmpeg` returned
 * @param signal ends the process when it is aborted
 * @throws Error with the last of what ffmpeg wrote when it fails, is aborted or takes too long
 */
export async function runFfmpeg(
  command: string,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const child = spawn(command, ['-hide_banner', '-nostdin', '-v', 'error', '-y', ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: MAX_ENCODING_MS,
    killSignal: 'SIGKILL',
    ...(signal === undefined ? {} : { signal }),
  });
  let complaint = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => {
    complaint = (complaint + text).slice(-MAX_COMPLAINT_LENGTH);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`ffmpeg ended with ${String(code)}: ${complaint.trim()}`);
}
