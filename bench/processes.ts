// Child processes under measurement: started, timed, weighed and ended. CPU and memory are read from /proc (Linux).

import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The compiled app, which `npm run bench` builds first. */
const APP_FILE = fileURLToPath(new URL('../dist/main.js', import.meta.url));
export const PROJECT_FOLDER = fileURLToPath(new URL('..', import.meta.url));
/** How the app says that it is ready. */
const APP_READY = /^NEXORA Hug is ready/;

/** What production asks of an operator. */
export const PRODUCTION = {
  NODE_ENV: 'production',
  OPERATOR_NAME: 'Bench',
  SUPPORT_CONTACT: 'bench@example.org',
  TERMS_URL: 'https://example.org/terms',
  PRIVACY_URL: 'https://example.org/privacy',
};

/** `/proc/<pid>/stat` counts in hundredths of a second. */
const TICK_MS = 10;
const KEPT_LINES = 40;

export interface ProcessOptions {
  args: readonly string[];
  folder: string;
  env?: Readonly<Record<string, string>>;
  /** The line on standard output by which the process says that it is ready. */
  readyLine: RegExp;
}

export interface MeasuredProcess {
  /** From the spawn to the ready line. */
  readyMs: number;
  /** CPU time of the process itself up to now, its own children left out. */
  cpuMs(): Promise<number>;
  rssBytes(): Promise<number>;
  /** The most that it ever held. */
  peakRssBytes(): Promise<number>;
  /** kill -9. Resolves when it is gone. */
  kill(): Promise<void>;
}

async function readKilobytes(pid: number, field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024;
}

async function readCpuMs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name in brackets may hold blanks; user and system time are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** The variables of this machine that a program may need, and none of ours. */
export function plainEnvironment(): Record<string, string> {
  const { PATH = '', HOME = '', TMPDIR } = process.env;
  return { PATH, HOME, ...(TMPDIR !== undefined && { TMPDIR }) };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

/** Starts a Node process. @throws Error with its last lines when it ends before it is ready */
export function startProcess(options: ProcessOptions): Promise<MeasuredProcess> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, options.args, {
    cwd: options.folder,
    env: { ...plainEnvironment(), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const pid = child.pid ?? 0;
  const lines: string[] = [];
  return new Promise((resolve, reject) => {
    const read = (line: string): void => {
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
      if (!options.readyLine.test(line)) return;
      resolve({
        readyMs: performance.now() - startedAt,
        cpuMs: () => readCpuMs(pid),
        rssBytes: () => readKilobytes(pid, 'VmRSS'),
        peakRssBytes: () => readKilobytes(pid, 'VmHWM'),
        kill: () => kill(child),
      });
    };
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', read);
    }
    child.once('exit', (code) => {
      reject(new Error(`a process ended (${code ?? 'killed'}):\n${lines.join('\n')}`));
    });
  });
}

/**
 * Starts the app as in production, on any free port.
 * @param folder where its data lie, unless `env` says otherwise
 */
export function startApp(
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<MeasuredProcess> {
  return startProcess({
    args: [APP_FILE],
    folder,
    env: { ...PRODUCTION, PORT: '0', ...env },
    readyLine: APP_READY,
  });
}

/** Runs one of our TypeScript files to its end; answers the JSON that it printed. */
export function runScript(file: string, args: readonly string[]): Promise<unknown> {
  const child = spawn(process.execPath, ['--import', 'tsx', file, ...args], {
    cwd: PROJECT_FOLDER,
    env: plainEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(printed));
      else reject(new Error(`${file} ended with ${code ?? 'a signal'}`));
    });
  });
}
