// The compiled sandbox as `npm start` runs it, and a browser to look at it.

import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { type Browser, chromium } from 'playwright-core';
import { freePort } from '../../src/sandbox/keeper.js';

const PROGRAM = join(import.meta.dirname, '../../dist/main.js');
const CHROMIUM_FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface RunningSandbox {
  url: string;
  /** Its working folder. */
  folder: string;
  /** Everything that it printed. */
  printed(): string;
  /** SIGTERM. @returns the exit code */
  stop(): Promise<number | null>;
}

export function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once('exit', resolve));
}

/** Starts the program without tokens. */
export function spawnSandbox(
  folder: string,
  port: number,
): ChildProcessByStdio<null, Readable, Readable> {
  const { PATH, HOME, TMPDIR } = process.env;
  return spawn(process.execPath, [PROGRAM], {
    cwd: folder,
    env: { PATH, HOME, ...(TMPDIR !== undefined && { TMPDIR }), PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Starts the sandbox in a folder of its own and waits until it names its address. */
export async function startSandbox(): Promise<RunningSandbox> {
  const folder = await mkdtemp(join(tmpdir(), 'hug-browser-'));
  const child = spawnSandbox(folder, await freePort());
  const lines: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        const address = /^Open (http\S+)/.exec(line)?.[1];
        if (address !== undefined) resolve(address);
      });
    }
    child.once('exit', (code) => {
      reject(new Error(`the sandbox ended with ${code ?? 'a signal'}:\n${lines.join('\n')}`));
    });
  });
  return {
    url,
    folder,
    printed: () => lines.join('\n'),
    stop: async () => {
      child.kill('SIGTERM');
      const code = await ended(child);
      await rm(folder, { recursive: true, force: true });
      return code;
    },
  };
}

/** Starts Chromium with a fresh profile. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: CHROMIUM_FLAGS,
  });
}
