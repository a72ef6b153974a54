// What stands before the app starts: orders that PixVerse is making, and people whose order waits for its payment.

import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { Api, InputFile } from 'grammy';
import pLimit from 'p-limit';
import { pollBounds } from '../../src/core/orders/steps/look.js';
import { variantOf } from '../../src/core/variants.js';
import { learnDurations } from '../../src/core/video/duration-model.js';
import { preparePhoto } from '../../src/core/video/photos.js';
import { Pixverse } from '../../src/core/video/pixverse.js';
import { fusionPrompt, SUBJECT_NAMES } from '../../src/core/video/prompt.js';
import { orders } from '../../src/db/schema/orders.js';
import { openDatabase } from '../../src/db/sqlite.js';
import { createSqliteStore } from '../../src/db/store/store.js';
import type { TelegramStandIn } from '../../src/sandbox/telegram/server.js';
import { benchContext, readCoreConfig } from '../context.js';
import { prepareCheckout, prepareDraft, VARIANT } from '../database/drafts.js';
import { fillFlight, flightChatId, type FlightIds } from '../database/in-flight-rows.js';
import type { Scene } from './stage.js';

const FIRST_PAYER_ID = 400_000;
const CALLS_AT_ONCE = 16;

/** How many orders PixVerse is making, and how many people are about to pay. */
export interface InFlightSize {
  orders: number;
  payers: number;
}

export function openPayer(telegram: TelegramStandIn, index: number) {
  return telegram.user({ id: FIRST_PAYER_ID + index, first_name: 'Pat', language_code: 'en' });
}

/** Submits as many generations as there are orders; each has a card in the chat of its person. */
async function beginGenerations(
  scene: Scene,
  pixverse: Pixverse,
  photo: { imageId: string; bytes: Buffer },
  count: number,
): Promise<FlightIds[]> {
  const { telegram, services } = scene;
  const api = new Api(services['TELEGRAM_BOT_TOKEN'] ?? '', { apiRoot: telegram.apiRoot });
  const variant = variantOf(VARIANT);
  const limit = pLimit(CALLS_AT_ONCE);
  const open = (index: number) =>
    telegram.user({ id: flightChatId(index), first_name: 'Sam', language_code: 'en' });
  const first = await api.sendPhoto(open(0).id, new InputFile(photo.bytes, 'preview.jpg'));
  const fileId = first.photo.at(-1)?.file_id ?? '';
  const begin = async (index: number): Promise<FlightIds> => {
    const card = await api.sendPhoto(open(index).id, fileId, { caption: 'Making it' });
    const pixverseVideoId = await pixverse.submitFusion({
      traceId: randomUUID(),
      prompt: fusionPrompt(variant),
      quality: variant.resolution,
      durationSeconds: variant.durationSeconds,
      subjects: ([1, 2] as const).map((place) => ({
        imageId: photo.imageId,
        name: SUBJECT_NAMES[place],
      })),
    });
    return { pixverseVideoId, cardMessageId: String(card.message_id) };
  };
  return Promise.all(Array.from({ length: count }, (_, index) => limit(() => begin(index))));
}

/** Writes the database with which the app starts. */
export async function prepareInFlight(
  scene: Scene,
  size: InFlightSize,
  picture: Buffer,
): Promise<void> {
  const config = readCoreConfig(scene.services);
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const options = { now: Date.now, newTraceId: randomUUID, signal };
  const pixverse = new Pixverse(config.pixverse, options);
  const { bytes } = await preparePhoto(picture);
  const imageId = await pixverse.uploadImage(bytes);
  const ids =
    size.orders === 0
      ? []
      : await beginGenerations(scene, pixverse, { imageId, bytes }, size.orders);

  const database = openDatabase(scene.databaseFile);
  const store = createSqliteStore(database.db);
  database.db.$client.pragma('synchronous = OFF');
  const now = Date.now();
  for (let index = 0; index < size.payers; index += 1) {
    const { id } = openPayer(scene.telegram, index);
    const draft = await prepareDraft(store, String(id), { bytes, imageId }, now);
    await prepareCheckout(store, draft, now);
  }
  // Their cards come with the payment: the app need not begin with drawing hundreds of previews.
  database.db.update(orders).set({ cardDueAt: null }).run();
  const bounds = pollBounds(benchContext({ config }));
  fillFlight(database.db, {
    ...{ orders: size.orders, now: Date.now(), model: learnDurations([]), bounds, ids },
  });
  database.close();
}
