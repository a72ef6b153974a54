// What the commands share: where the data is, and how they end. Exit 0: done, 1: refused or failed, 2: wrong arguments.

import { existsSync } from 'node:fs';
import { describeFaults, readEnv, type Storage, toStorage } from '../config.js';
import { DatabaseFault } from '../db/sqlite.js';

export interface Command {
  /** What the person reads who asks for help or gives other arguments. */
  usage: (storage: Storage) => string;
  /** Names of the arguments, in order. */
  parameters: readonly string[];
  /** Said before what went wrong. */
  failed: string;
  /** @returns what was done, in plain sentences. @throws DatabaseFault with what to do */
  run: (storage: Storage, args: readonly string[]) => Promise<string>;
}

function end(code: number, text: string): void {
  (code === 0 ? process.stdout : process.stderr).write(text.endsWith('\n') ? text : `${text}\n`);
  process.exitCode = code;
}

/** Runs one command with this process's arguments and variables. */
export async function runCommand(command: Command): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const read = toStorage(readEnv(process.env));
  if ('faults' in read) {
    end(1, describeFaults(read.faults));
    return;
  }
  const { storage } = read;
  const args = process.argv.slice(2);
  const wantsHelp = args.includes('--help') || args.includes('-h');
  const isWrong = args.length !== command.parameters.length || args.some((a) => a.startsWith('-'));
  if (wantsHelp || isWrong) {
    end(wantsHelp ? 0 : 2, command.usage(storage));
    return;
  }
  try {
    end(0, await command.run(storage, args));
  } catch (error) {
    // A full disk or a folder that is not ours is no bug: it has a code and says enough.
    const isOfSystem = error instanceof Error && 'code' in error;
    if (!(error instanceof DatabaseFault) && !isOfSystem) throw error;
    end(1, `${command.failed} ${error.message}`);
  }
}
