// The settings of the Telegram bot, filled by `src/config.ts`, and the outbound client made of them.

import { Api } from 'grammy';
import type { Secret } from '../../core/secret.js';

export interface TelegramConfig {
  token: Secret;
  /** Sells in local currency instead of Stars. */
  providerToken: Secret | null;
  /** Without a slash at the end. */
  apiRoot: string;
  /** Set when updates come by webhook. */
  webhook: { secret: Secret; url: string } | null;
}

/** Longer than any upload within Telegram's limits takes. */
const CALL_TIMEOUT_SECONDS = 120;

/** For calls that core plans: they are not repeated here, their owner decides. */
export function createOutboundApi(config: TelegramConfig): Api {
  return new Api(config.token.reveal(), {
    apiRoot: config.apiRoot,
    timeoutSeconds: CALL_TIMEOUT_SECONDS,
  });
}
