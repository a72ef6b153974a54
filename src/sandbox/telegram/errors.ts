// Refusals in the words and the form of the Bot API.

export class TelegramError extends Error {
  override readonly name = 'TelegramError';
  readonly code: number;
  readonly parameters: { retry_after: number } | undefined;

  constructor(code: number, description: string, parameters?: { retry_after: number }) {
    super(description);
    this.code = code;
    this.parameters = parameters;
  }
}

export function badRequest(description: string): TelegramError {
  return new TelegramError(400, `Bad Request: ${description}`);
}

export function forbidden(description: string): TelegramError {
  return new TelegramError(403, `Forbidden: ${description}`);
}

export function conflict(description: string): TelegramError {
  return new TelegramError(409, `Conflict: ${description}`);
}
