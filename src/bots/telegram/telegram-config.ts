// The settings of the Telegram bot, filled by `src/config.ts`.

import type { Secret } from '../../core/secret.js';

export interface TelegramConfig {
  token: Secret;
  /** Without a slash at the end. */
  apiRoot: string;
  /** Set when updates come by webhook. */
  webhook: { secret: Secret; url: string } | null;
}
