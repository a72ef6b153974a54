// What functions of core are handed when a benchmark calls them without the app around them.

import { toConfig } from '../src/config.js';
import type { Context } from '../src/core/context.js';
import type { Log } from '../src/core/log.js';
import { NO_METRICS } from '../src/core/metrics.js';

/** Quiet, but what the app would log as an error ends the benchmark: its figure would mean nothing. */
const quietLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (fields, message) => {
    throw new Error(message, { cause: fields });
  },
  child: () => quietLog,
};

type Given = 'config' | 'store' | 'pixverse' | 'paymentProviders' | 'now' | 'signal';

/** A context of what is given; whatever else a function asks for is missing, and it fails. */
export function benchContext(given: Partial<Pick<Context, Given>>): Context {
  const context: Partial<Context> = {
    messengers: new Map(),
    paymentProviders: new Map(),
    now: Date.now,
    random: Math.random,
    log: quietLog,
    metrics: NO_METRICS,
    wake: () => undefined,
    signal: new AbortController().signal,
    ...given,
  };
  return context as Context;
}

/** Core's settings as the app would read them. @throws Error with the faults */
export function readCoreConfig(env: Readonly<Record<string, string>>): Context['config'] {
  const read = toConfig(new Map(Object.entries(env)));
  if ('faults' in read) throw new Error(JSON.stringify(read.faults));
  return read.settings.core;
}
