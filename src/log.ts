// The log: JSON lines in production, readable otherwise. What must stay secret cannot get into it.

import { type Logger, pino, stdSerializers } from 'pino';
import type { Log } from './core/log.js';
import type { Secret } from './core/secret.js';

/** Field names whose value is never written, whatever it is. */
const HIDDEN_FIELDS = [
  'token',
  'apiKey',
  'secret',
  'authorization',
  'url',
  'payload',
  'text',
  'caption',
  'username',
  'displayName',
  'chatId',
  'fileRef',
  'headers',
  'config',
  'request',
  'response',
  'body',
];

/** Bot tokens and bearer-like strings, wherever they stand. File addresses of Telegram carry the token. */
const SECRET_PATTERNS = [/\b\d{3,20}:[A-Za-z0-9_-]{30,}\b/g, /https?:\/\/[^\s"']+/g];

/** A shorter value is no secret worth the name, and taking it out would garble every text. */
const MIN_SECRET_LENGTH = 6;

/** Takes known secrets and anything that looks like a token or an address out of a text. */
export function scrubText(text: string, secrets: readonly Secret[]): string {
  let scrubbed = text;
  for (const secret of secrets) {
    const value = secret.reveal();
    if (value.length >= MIN_SECRET_LENGTH) scrubbed = scrubbed.replaceAll(value, '[secret]');
  }
  for (const pattern of SECRET_PATTERNS) scrubbed = scrubbed.replace(pattern, '[hidden]');
  return scrubbed;
}

/** An error as it may be logged: name, message, code, stack and causes; none of the objects libraries hang on it. */
function serializeError(error: unknown, secrets: readonly Secret[], depth = 0): object {
  if (!(error instanceof Error)) return { message: scrubText(String(error), secrets) };
  const { code } = error as { code?: unknown };
  return {
    name: error.name,
    message: scrubText(error.message, secrets),
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(error.stack !== undefined && { stack: scrubText(error.stack, secrets) }),
    ...(error.cause !== undefined &&
      depth < 3 && { cause: serializeError(error.cause, secrets, depth + 1) }),
  };
}

/**
 * @param options.secrets values that are taken out of every error text
 * @param options.isReadable for a terminal; JSON lines otherwise
 */
export function createLog(options: {
  level: string;
  isReadable: boolean;
  secrets: readonly Secret[];
  destination?: NodeJS.WritableStream;
}): { log: Log; flush: () => void } {
  const settings = {
    level: options.level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: {
      ...stdSerializers,
      err: (error: unknown) => serializeError(error, options.secrets),
    },
    redact: { paths: HIDDEN_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: '[hidden]' },
  };
  const logger: Logger =
    options.destination !== undefined
      ? pino(settings, options.destination)
      : options.isReadable
        ? pino({ ...settings, transport: { target: 'pino-pretty', options: { colorize: true } } })
        : pino(settings);
  return {
    log: logger,
    flush: () => {
      logger.flush();
    },
  };
}
