// Albums of people: several messages that only a common id holds together.

import type { User } from 'grammy/types';
import { storeMedia, storePhoto } from '../files/media.js';
import { type ChatRecord, createAlbumId } from '../messages/chats.js';
import { deliver, post } from '../messages/incoming.js';
import { readPlainCaption } from '../messages/text.js';
import type { TelegramState } from '../state.js';

export interface AlbumOptions {
  caption?: string;
  /** Time between the updates of two photos. */
  gapMs?: number;
  /** Indices of the photos in the order in which their updates come; their ids stay in order. */
  order?: number[];
  asDocuments?: boolean;
}

/** Puts an album into the chat at once, and tells the bot of its photos one by one. */
export async function sendAlbum(
  state: TelegramState,
  record: ChatRecord,
  from: User,
  photos: Buffer[],
  { caption, gapMs = 0, order, asDocuments = false }: AlbumOptions,
): Promise<number[]> {
  const desk = { files: state.files, note: () => undefined };
  const media_group_id = createAlbumId();
  const contents = await Promise.all(
    photos.map(async (bytes, index) =>
      asDocuments
        ? storeMedia(
            desk,
            'document',
            { bytes, fileName: `photo_${index + 1}.jpg` },
            { mimeType: 'image/jpeg' },
          )
        : { photo: await storePhoto(desk, bytes) },
    ),
  );
  const stored = contents.map((content, index) =>
    post(state, record, from, {
      ...content,
      media_group_id,
      ...(index === 0 && caption !== undefined && readPlainCaption(caption)),
    }),
  );
  let arrivals = order?.flatMap((index) => stored[index] ?? []) ?? stored;
  if (state.faults.take('reversed_albums') !== undefined) arrivals = arrivals.toReversed();
  for (const [index, message] of arrivals.entries()) {
    if (index > 0 && gapMs > 0) await state.clock.sleep(gapMs, state.closing);
    deliver(state, record, message);
  }
  return stored.map(({ message }) => message.message_id);
}
