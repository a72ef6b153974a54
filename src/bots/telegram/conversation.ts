// The dialogue: a thin driver over the draft order. It asks and waits; the draft's row remembers. When its state is
// lost, the next message goes on from the row.

import type { Conversation } from '@grammyjs/conversations';
import type { Context as GrammyContext } from 'grammy';
import type { Message } from 'grammy/types';
import { hasConsent } from '../../core/consent.js';
import { AppError, UpstreamError, type UpstreamFault } from '../../core/errors.js';
import type { ChatAddress, Person } from '../../core/model.js';
import { addPhoto } from '../../core/orders/orders.js';
import type { PhotoFault } from '../../core/video/photos.js';
import { fetchFile, readContent } from './photo-message.js';
import { addressOf, meet, type Setting } from './setting.js';

export const DIALOGUE = 'hug';
/** Its log grows with every turn; after this many it ends, and the next message begins a new one from the row. */
const MAX_TURNS = 20;

/** What one message led to: a sentence to say, and whether a draft still waits for more. */
interface Turn {
  say: string | null;
  isWaiting: boolean;
  /** The photo could not be fetched now. Data, because an error loses its class on its way out of `external`. */
  trouble?: UpstreamFault;
}

async function takeTurnSafely(setting: Setting, message: Message): Promise<Turn> {
  try {
    return await takeTurn(setting, message);
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    return { say: null, isWaiting: false, trouble: error.fault };
  }
}

/** Answers a message by where the person's draft stands. Safe to repeat for the same message. */
async function takeTurn(setting: Setting, message: Message): Promise<Turn> {
  const { core } = setting;
  if (message.from === undefined) return { say: null, isWaiting: false };
  const person = await meet(setting, message.from);
  const address = addressOf(message.from.id);
  const content = readContent(message);
  const say =
    content.kind === 'photo'
      ? await takePhoto(setting, person, address, message, content.fileId)
      : content.kind === 'refused'
        ? await refusal(setting, person, address, content.fault)
        : await helpOn(setting, person, address);
  const draft = await core.store.findDraft(person.id, address);
  return { say, isWaiting: draft !== null };
}

async function takePhoto(
  setting: Setting,
  person: Person,
  address: ChatAddress,
  message: Message,
  fileId: string,
): Promise<string | null> {
  const { core, api, config, texts, photoRate } = setting;
  if (!photoRate(person.id)) return texts.t(person.locale, 'photos-too-fast');
  try {
    const bytes = await fetchFile(api, config, fileId);
    const { order, outcome } = await addPhoto(core, person, address, {
      bytes,
      sourceKey: `${message.chat.id}:${message.message_id}`,
      sourceOrder: message.message_id,
      albumKey: message.media_group_id ?? null,
    });
    core.log.debug({ orderId: order.id, personId: person.id, outcome }, 'photo taken');
    return null;
  } catch (error) {
    if (error instanceof AppError && error.code === 'photo_rejected') {
      return refusal(setting, person, address, (error.reason ?? 'broken') as PhotoFault);
    }
    if (error instanceof UpstreamError && !error.fault.isRetryable) {
      core.log.warn({ err: error }, 'a photo could not be fetched');
      return texts.t(person.locale, 'photo-unfetched');
    }
    throw error;
  }
}

/** Why a photo was refused; the other one stays. */
async function refusal(
  { core, texts }: Setting,
  person: Person,
  address: ChatAddress,
  fault: PhotoFault,
): Promise<string> {
  const why = texts.t(person.locale, `photo-rejected-${fault}`);
  const draft = await core.store.findDraft(person.id, address);
  const kept = draft?.photos.length ?? 0;
  if (kept === 0) return why;
  return `${why}\n${texts.t(person.locale, kept === 1 ? 'photo-stays' : 'photos-stay')}`;
}

async function helpOn(
  { core, texts }: Setting,
  person: Person,
  address: ChatAddress,
): Promise<string> {
  const { locale } = person;
  const draft = await core.store.findDraft(person.id, address);
  if (draft === null) return texts.t(locale, 'not-a-photo-idle');
  if (draft.photos.length === 0) return texts.t(locale, 'not-a-photo');
  if (draft.photos.length === 1) {
    return `${texts.t(locale, 'not-a-photo')}\n${texts.t(locale, 'not-a-photo-one')}`;
  }
  if (draft.replacing !== null) {
    return texts.t(locale, 'not-a-photo-replacing', { position: draft.replacing });
  }
  if (!(await hasConsent(core, person.id))) return texts.t(locale, 'not-a-photo-consent');
  const isPaymentDue = draft.status === 'awaiting_payment';
  return texts.t(locale, isPaymentDue ? 'not-a-photo-pay' : 'not-a-photo-choose');
}

/**
 * The builder for @grammyjs/conversations. It first handles the message it was entered with; everything that touches
 * the world stands in `external`, so that a replay repeats nothing; there is no catch around calls, because one would
 * swallow a failed replay and leave the person mute.
 */
export function hugDialogue(setting: Setting) {
  return async (conversation: Conversation, entered: GrammyContext): Promise<void> => {
    let ctx: GrammyContext = entered;
    for (let turns = 1; ; turns += 1) {
      const { message } = ctx;
      if (message !== undefined) {
        const turn = await conversation.external(() => takeTurnSafely(setting, message));
        // The update is handled again from the start; what it has done already is known by the message.
        if (turn.trouble !== undefined) throw new UpstreamError(turn.trouble);
        if (turn.say !== null) await ctx.reply(turn.say);
        if (!turn.isWaiting) return;
      }
      // Ending before the wait, not after it: what was waited for would be lost.
      if (turns >= MAX_TURNS) return;
      ctx = await conversation.waitFor('message');
    }
  };
}
