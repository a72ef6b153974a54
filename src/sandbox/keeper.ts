// Keeps the real app as a child process: starts it, kills it, starts it again. The stand-ins go on meanwhile, as the
// real services would.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** `starting` until the app says that it is ready. */
export type AppState = 'stopped' | 'starting' | 'running';

export interface KeeperOptions {
  /** Working folder of the app: an `.env` of the project is not read there. */
  folder: string;
  /** The variables that point the app at the stand-ins, as `interface` names of the app. */
  environment: Record<string, string>;
  /** Every line that the app prints. */
  onLine?: (line: string) => void;
}

export interface Keeper {
  state(): AppState;
  /** Starts the app if it does not run; resolves when it is ready. @throws Error when it ends before */
  start(): Promise<void>;
  /** kill -9. Resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM. Resolves with the exit code. */
  stop(): Promise<number | null>;
  /** The value of a variable of the app, from its next start on. */
  variable(name: string): string | null;
  /**
   * Gives a variable another value, null for none. An app that runs is stopped and started with it.
   * @throws Error as `start`
   */
  setVariable(name: string, value: string | null): Promise<void>;
  /** Stops the app for good. */
  close(): Promise<void>;
  /** The newest lines of the app's output. */
  lines(): string[];
  onChange(listener: () => void): () => void;
}

const KEPT_LINES = 400;
/** The one line on standard output that says so. */
const READY_LINE = /^NEXORA Hug is ready/;

/** The compiled app: beside the compiled sandbox, or in dist/ when this runs from its source. */
function programFile(): string {
  const isSource = import.meta.url.endsWith('.ts');
  return fileURLToPath(new URL(isSource ? '../../dist/main.js' : '../main.js', import.meta.url));
}

/** A port of the loopback interface that is free now. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  });
}

function launch(
  folder: string,
  environment: ReadonlyMap<string, string>,
  onLine: (line: string) => void,
): ChildProcess {
  const { PATH, HOME, TMPDIR } = process.env;
  const started = spawn(process.execPath, ['--enable-source-maps', programFile()], {
    cwd: folder,
    env: {
      ...(PATH !== undefined && { PATH }),
      ...(HOME !== undefined && { HOME }),
      ...(TMPDIR !== undefined && { TMPDIR }),
      ...Object.fromEntries(environment),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [started.stdout, started.stderr]) {
    createInterface({ input: stream }).on('line', onLine);
  }
  return started;
}

function ended(process: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    if (process.exitCode !== null || process.signalCode !== null) resolve(process.exitCode);
    else process.once('exit', resolve);
  });
}

export function createKeeper(options: KeeperOptions): Keeper {
  let child: ChildProcess | null = null;
  let state: AppState = 'stopped';
  let isClosed = false;
  const environment = new Map(Object.entries(options.environment));
  const lines: string[] = [];
  const listeners = new Set<() => void>();
  mkdirSync(options.folder, { recursive: true });

  const setState = (next: AppState): void => {
    state = next;
    for (const listener of listeners) listener();
  };

  const keep = (line: string): void => {
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.shift();
    options.onLine?.(line);
  };

  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> => {
    const running = child;
    if (running === null) return null;
    running.kill(signal);
    return ended(running);
  };

  const start = (): Promise<void> => {
    if (isClosed) return Promise.reject(new Error('the sandbox is closing'));
    if (child !== null) return Promise.resolve();
    const started = launch(options.folder, environment, keep);
    child = started;
    setState('starting');
    return new Promise((resolve, reject) => {
      createInterface({ input: started.stdout as NodeJS.ReadableStream }).on('line', (line) => {
        if (!READY_LINE.test(line)) return;
        if (child === started) setState('running');
        resolve();
      });
      started.once('exit', (code) => {
        if (child === started) child = null;
        setState('stopped');
        reject(new Error(`the app ended (${code ?? 'killed'}):\n${lines.slice(-15).join('\n')}`));
      });
    });
  };

  return {
    state: () => state,
    start,
    kill: async () => {
      await end('SIGKILL');
    },
    stop: () => end('SIGTERM'),
    variable: (name) => environment.get(name) ?? null,
    setVariable: async (name, value) => {
      if (value === null) environment.delete(name);
      else environment.set(name, value);
      if (child === null) return;
      await end('SIGTERM');
      await start();
    },
    close: async () => {
      isClosed = true;
      await end('SIGTERM');
    },
    lines: () => [...lines],
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
