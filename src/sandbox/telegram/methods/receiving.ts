// The methods by which a bot gets its updates, its files and its own description.

import { badRequest } from '../errors.js';
import { readWebhookSettings } from '../updates/webhook.js';
import type { Methods } from './call.js';

/** Telegram's limit of a download by a bot. */
const MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024;

export const receivingMethods: Methods<
  'getUpdates' | 'setWebhook' | 'deleteWebhook' | 'getWebhookInfo' | 'getMe' | 'getFile'
> = {
  getUpdates: (state, input, call) => state.updates.poll(input, call.gone),

  setWebhook: (state, input, call) => {
    const settings = input.url === '' ? null : readWebhookSettings(input);
    if (input.drop_pending_updates === true) state.updates.backlog.drop();
    state.updates.allow(input.allowed_updates);
    const wasSet = state.webhook.set(settings);
    if (settings !== null) call.describe('Webhook was set');
    else call.describe(wasSet ? 'Webhook was deleted' : 'Webhook is already deleted');
    return true;
  },

  deleteWebhook: (state, input, call) => {
    if (input.drop_pending_updates === true) state.updates.backlog.drop();
    const wasSet = state.webhook.set(null);
    call.describe(wasSet ? 'Webhook was deleted' : 'Webhook is already deleted');
    return true;
  },

  getWebhookInfo: (state) => state.webhook.info(),
  getMe: (state) => state.bot,

  getFile: (state, input) => {
    const file = state.files.find(input.file_id);
    if (file === undefined) throw badRequest('invalid file_id');
    if (file.sizeBytes > MAX_DOWNLOAD_BYTES) throw badRequest('file is too big');
    return {
      file_id: file.fileId,
      file_unique_id: file.uniqueId,
      file_size: file.sizeBytes,
      file_path: state.files.openDownload(file),
    };
  },
};
