// What operators are told, as notices to every admin. Each alert is repeated at most once an hour.

import type { Context } from './context.js';
import type { NewNotice, AlertKind } from './ports/messenger.js';

const REPEAT_MS = 60 * 60_000;
const ADMIN_LOCALE = 'en';

/**
 * Notices for all admins, to be stored with the change that caused them.
 *
 * @param detail ids and codes only
 * @param subject what the alert is about, when several may be told in one hour: an order id
 */
export function adminAlert(
  ctx: Context,
  alert: AlertKind,
  detail: string,
  subject = '',
): NewNotice[] {
  const hour = Math.floor(ctx.now() / REPEAT_MS);
  return ctx.config.adminIds.map((admin) => ({
    key: `alert:${alert}:${subject}:${hour}`,
    to: {
      address: { platform: admin.platform, chatId: admin.platformUserId },
      locale: ADMIN_LOCALE,
    },
    content: { kind: 'admin_alert', alert, detail },
  }));
}
