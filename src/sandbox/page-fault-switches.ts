// The faults that the page offers, as data: each with a name and a sentence.

import type { Fault as PixverseFault } from './pixverse/faults.js';
import type { Fault as TelegramFault } from './telegram/faults.js';

export interface SwitchText {
  id: string;
  name: string;
  /** One sentence about what happens. */
  about: string;
  /** Strikes once and switches itself off; without it, it stays until it is switched off. */
  isOnce?: true;
}

export type FaultSwitch = SwitchText &
  (
    | { service: 'pixverse'; faults: PixverseFault[] }
    /** No two switches share a kind and a method: Telegram's faults are switched off by these. */
    | { service: 'telegram'; faults: TelegramFault[] }
  );

const PIXVERSE_SWITCHES: readonly FaultSwitch[] = [
  {
    service: 'pixverse',
    id: 'pixverse-slow',
    name: 'Slow',
    about: 'Every answer of PixVerse takes six seconds longer.',
    faults: [
      { on: 'upload', kind: 'slow', ms: 6000 },
      { on: 'submit', kind: 'slow', ms: 6000 },
      { on: 'result', kind: 'slow', ms: 6000 },
    ],
  },
  {
    service: 'pixverse',
    id: 'pixverse-429',
    name: 'Too many requests (429)',
    about: 'Photos and orders are turned away; the bot asks again, with growing waits.',
    faults: [
      { on: 'upload', kind: 'http_429', retryAfterSeconds: 2 },
      { on: 'submit', kind: 'http_429', retryAfterSeconds: 2 },
    ],
  },
  {
    service: 'pixverse',
    id: 'pixverse-502',
    name: 'Bad gateway (502)',
    about: 'Orders end at a broken gateway, and the bot cannot know whether they were accepted.',
    faults: [{ on: 'submit', kind: 'http_502' }],
  },
  {
    service: 'pixverse',
    id: 'pixverse-cut-before',
    name: 'Cut before accepting',
    about: 'The connection breaks before the next order reaches PixVerse.',
    isOnce: true,
    faults: [{ on: 'submit', kind: 'cut_before', times: 1 }],
  },
  {
    service: 'pixverse',
    id: 'pixverse-cut-after',
    name: 'Cut after accepting',
    about: 'PixVerse accepts the next order but its answer is lost: it must not be made twice.',
    isOnce: true,
    faults: [{ on: 'submit', kind: 'cut_after', times: 1 }],
  },
  {
    service: 'pixverse',
    id: 'pixverse-photo-declined',
    name: 'Photo declined',
    about: 'The content rules decline the next photo that is uploaded.',
    isOnce: true,
    faults: [{ on: 'upload', kind: 'moderation', times: 1 }],
  },
  {
    service: 'pixverse',
    id: 'pixverse-moderated',
    name: 'Generation moderated (7)',
    about: 'The content rules decline every video when it is made.',
    faults: [{ on: 'generation', kind: 'ends_as', status: 7 }],
  },
  {
    service: 'pixverse',
    id: 'pixverse-failed',
    name: 'Generation failed (8)',
    about: 'Every generation fails; the bot orders it once more before it gives up.',
    faults: [{ on: 'generation', kind: 'ends_as', status: 8 }],
  },
  {
    service: 'pixverse',
    id: 'pixverse-stuck',
    name: 'Stuck',
    about: 'The next generation never ends; after half an hour the bot gives the order back.',
    isOnce: true,
    faults: [{ on: 'generation', kind: 'stuck', times: 1 }],
  },
  {
    service: 'pixverse',
    id: 'pixverse-stall',
    name: 'Download stalls',
    about: 'The next finished file stops halfway; the bot waits two minutes and fetches it again.',
    isOnce: true,
    faults: [{ on: 'media', kind: 'stall', times: 1 }],
  },
  {
    service: 'pixverse',
    id: 'pixverse-no-credits',
    name: 'Out of credits',
    about:
      'The account is empty. The bot notices at its next start or order; the order is given back and sales pause.',
    faults: [{ on: 'account', kind: 'out_of_credits' }],
  },
  {
    service: 'pixverse',
    id: 'pixverse-webhook-lost',
    name: 'Webhook lost',
    about: 'PixVerse no longer tells when a video is done, so the bot has to ask.',
    faults: [{ on: 'webhook', kind: 'lost' }],
  },
];

const TELEGRAM_SWITCHES: readonly FaultSwitch[] = [
  {
    service: 'telegram',
    id: 'telegram-slow',
    name: 'Slow',
    about: 'Every call of the bot takes three seconds longer.',
    faults: [{ kind: 'slow', method: '*', ms: 3000 }],
  },
  {
    service: 'telegram',
    id: 'telegram-429',
    name: 'Too many requests (429)',
    about: 'Every call is turned away with the wish to wait five seconds.',
    faults: [{ kind: 'too_many_requests', method: '*', retryAfter: 5 }],
  },
  {
    service: 'telegram',
    id: 'telegram-502',
    name: 'Bad gateway (502)',
    about: 'Every call ends at a broken gateway: nothing reaches the chat.',
    faults: [{ kind: 'bad_gateway', method: '*' }],
  },
  {
    service: 'telegram',
    id: 'telegram-cut-before',
    name: 'Cut before acting',
    about: 'The connection of every call breaks before anything is done.',
    faults: [{ kind: 'cut_before', method: '*' }],
  },
  {
    service: 'telegram',
    id: 'telegram-cut-after',
    name: 'Cut after acting',
    about: 'The next video lands in the chat, but the bot does not hear of it.',
    isOnce: true,
    faults: [{ kind: 'cut_after', method: 'editMessageMedia', times: 1 }],
  },
  {
    service: 'telegram',
    id: 'telegram-twice',
    name: 'Everything twice',
    about: 'Each message and each tap reaches the bot two times.',
    faults: [{ kind: 'duplicate_updates' }, { kind: 'repeat_taps' }],
  },
];

/** What concerns money; all of it is Telegram's. */
const PAYING_SWITCHES: readonly FaultSwitch[] = [
  {
    service: 'telegram',
    id: 'paying-invoice-refused',
    name: 'Invoice refused (400)',
    about: 'Telegram does not take the next invoice: nothing is sold, and the admins hear of it.',
    isOnce: true,
    faults: [{ kind: 'bad_request', method: 'sendInvoice', times: 1 }],
  },
  {
    service: 'telegram',
    id: 'paying-unanswered',
    name: 'Payment unanswered',
    about: 'The bot cannot say yes to a payment: after ten seconds nothing is charged.',
    faults: [{ kind: 'bad_gateway', method: 'answerPreCheckoutQuery' }],
  },
  {
    service: 'telegram',
    id: 'paying-double',
    name: 'Paid twice',
    about: 'The next invoice is paid on two devices at once: one of the payments must come back.',
    isOnce: true,
    faults: [{ kind: 'double_payments', times: 1 }],
  },
  {
    service: 'telegram',
    id: 'paying-refund-cut',
    name: 'Refund cut after acting',
    about: 'The next Stars go back, but the bot does not hear of it: it must not give twice.',
    isOnce: true,
    faults: [{ kind: 'cut_after', method: 'refundStarPayment', times: 1 }],
  },
  {
    service: 'telegram',
    id: 'paying-refund-down',
    name: 'No refunds (500)',
    about: 'Stars cannot be given back for a while: the bot tries until it works.',
    faults: [{ kind: 'server_error', method: 'refundStarPayment' }],
  },
];

/** All switches, by the heading that they stand under. */
export const FAULT_GROUPS: Readonly<Record<string, readonly FaultSwitch[]>> = {
  PixVerse: PIXVERSE_SWITCHES,
  Telegram: TELEGRAM_SWITCHES,
  Paying: PAYING_SWITCHES,
};
