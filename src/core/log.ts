// What core writes its log to; `src/log.ts` makes one.

/** Structured log: fields first, then a constant sentence. Fields never hold secrets, texts or addresses of files. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): Log;
}
