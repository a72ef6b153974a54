// The records that core works with, as plain data. How they are stored is `db/schema/`.
// Time points (`…At`) are epoch milliseconds UTC; null means "not yet" or "never".

import type { OrderStatus } from './orders/status.js';

export type Platform = 'telegram' | 'discord' | 'web';

/** Where a message goes: a chat on a platform. For a private Telegram chat the chat id is the user id. */
export interface ChatAddress {
  platform: Platform;
  chatId: string;
}

/** A human being. Personal data (names, ids) is in identities only, so that it can be erased. */
export interface Person {
  id: string;
  /** Language tag of a catalogue in `texts/`. */
  locale: string;
  /** True once the person chose it, so that the client's language no longer overrides it. */
  isLocaleChosen: boolean;
  /** ISO 4217, chosen by the person; null while we go by hints. */
  currency: string | null;
  /** When the person last chose a currency. */
  currencyChosenAt: number | null;
  /** Variant id that is listed first for this person: a sticky experiment. */
  offerFirst: string;
  /** Where the person came from: the payload of their first deep link. */
  source: string | null;
  createdAt: number;
}

/** An account on a platform. A person has one or more. */
export interface Identity {
  platform: Platform;
  platformUserId: string;
  personId: string;
  /** The private chat in which this account can be written to. */
  chatId: string;
  username: string | null;
  displayName: string | null;
  /** Language tag as the client sent it, for hints about language and country. */
  languageHint: string | null;
  /** Since when this account cannot be written to. */
  unreachableSince: number | null;
}

/** The price a person was shown, frozen on the order. */
export interface Quote {
  /** ISO 4217 or `XTR` (Telegram Stars). */
  currency: string;
  /** Decimal digits of the minor unit, from our own table. */
  exponent: number;
  amountMinor: number;
  /** Our credits that this variant costs. */
  credits: number;
  /** Version of the price table the amount came from. */
  tableVersion: string;
}

/** Why an order failed, as stored and as told to the person. */
export type FailureCode =
  | 'moderated'
  | 'photo_refused'
  | 'generation_failed'
  | 'timeout'
  | 'upstream_unavailable'
  | 'upstream_refused'
  | 'out_of_pixverse_credits'
  | 'undeliverable'
  /** Stopped by an admin after a report. */
  | 'removed'
  | 'internal';

/** How the video is made: two Fusion subjects, or one side-by-side picture set in motion. */
export type Route = 'fusion' | 'composite';

export type PhotoPosition = 1 | 2;

/** A photo in its place in an order. Its bytes are fetched separately (`Store.readPhoto`). */
export interface OrderPhoto {
  photoId: string;
  position: PhotoPosition;
  /** What it was sent in; the same key again is the same photo. */
  sourceKey: string;
  /** Orders photos of one album, which may arrive in either order. */
  sourceOrder: number;
  albumKey: string | null;
  width: number;
  height: number;
  /** PixVerse's id of the uploaded picture; digits, may exceed 2^53. */
  pixverseImageId: string | null;
  /** Set once the bytes are gone. */
  erasedAt: number | null;
}

/** A finished or running generation as the history keeps it. */
export interface Video {
  id: string;
  orderId: string;
  personId: string;
  /** PixVerse's `video_id`; digits, may exceed 2^53. */
  pixverseVideoId: string;
  traceId: string;
  route: Route;
  variant: string;
  status: 'generating' | 'done' | 'moderated' | 'failed' | 'deleted' | 'given_up';
  /** PixVerse's result address; personal data, never logged, erased with the file. */
  url: string | null;
  resolution: string;
  durationSeconds: number;
  /** The price as quoted; 0 when it was the free video. */
  amountMinor: number;
  currency: string;
  /** File below `DATA_DIR`; null before it is fetched and after it is erased. */
  filePath: string | null;
  sizeBytes: number | null;
  width: number | null;
  height: number | null;
  /** Estimated time PixVerse took, for the poll plan and the honest clock. */
  generationMs: number | null;
  createdAt: number;
  updatedAt: number;
}

/** An order: the row is the program counter. */
export interface Order {
  id: string;
  personId: string;
  platform: Platform;
  chatId: string;
  status: OrderStatus;
  failureCode: FailureCode | null;

  photos: OrderPhoto[];
  /** The position that the next photo replaces. */
  replacing: PhotoPosition | null;

  variant: string | null;
  quote: Quote | null;
  /** `payment`: credits that were bought for this very order. */
  fundedBy: 'free' | 'credits' | 'payment' | null;
  /** The newest page to pay this order on. */
  checkoutId: string | null;
  /** The payment whose credits funded it. */
  paymentId: string | null;

  route: Route;
  /** Generations that were submitted or may have been. */
  generationAttempts: number;
  /** Trace id of the running submit: stored before it is sent. */
  traceId: string | null;
  /** True once that submit was taken up a second time: its first answer was lost, so PixVerse may have the order. */
  isSubmitAmbiguous: boolean;
  pixverseVideoId: string | null;
  /** PixVerse's id of the side-by-side picture, route `composite` only. */
  compositeImageId: string | null;
  /** How often photos were sent to PixVerse again because it could not read them or no longer knew them. */
  reuploads: number;
  /** How often a generation that PixVerse failed was submitted anew. */
  reruns: number;

  /** When the next step is due; null when nothing is to be done. */
  nextAttemptAt: number | null;
  /** Failures of the present step in a row. */
  stepFailures: number;
  /** Failures in the present status that repeating is not expected to cure: bugs and refusals. */
  hardFailures: number;
  /** Since when PixVerse answers that all our slots are taken. */
  slotsRefusedSince: number | null;
  /** Until when a late video is still looked for. */
  lateLookUntil: number | null;

  cardMessageId: string | null;
  /** Which pictures the shown card has, to know whether an edit must replace them. */
  cardPictureKey: string | null;
  /** What the shown card says, to leave out edits that change nothing. */
  cardShownKey: string | null;
  /** When the card must be shown anew. */
  cardDueAt: number | null;
  /** True when the card must move below the person's last message. */
  isCardRepost: boolean;

  /** A video message was about to be sent (not edited) at this time. */
  sendIntentAt: number | null;
  /** Video messages that were sent, or may have been, without an answer. */
  unansweredSends: number;
  deliveredMessageId: string | null;
  /** The platform's own handle of the delivered file, understood by its messenger only. */
  fileRef: string | null;
  isGift: boolean;

  createdAt: number;
  updatedAt: number;
  queuedAt: number | null;
  submittedAt: number | null;
  lastLookAt: number | null;
  generatedAt: number | null;
  deliveredAt: number | null;
  endedAt: number | null;
}

/**
 * `purchase`: a payment became credits. `payment_refund`: credits leave because their payment goes back.
 * `refund_kept`: that payment could not go back, so the credits return.
 */
export type LedgerKind =
  | 'order_spend'
  | 'order_return'
  | 'admin_grant'
  | 'admin_revoke'
  | 'purchase'
  | 'payment_refund'
  | 'refund_kept';

/** One signed row of the append-only ledger. A balance is the sum of a person's rows. */
export interface LedgerEntry {
  id: number;
  personId: string;
  /** Credits; never zero. */
  delta: number;
  kind: LedgerKind;
  /** What caused it; unique, so that it is booked once. */
  cause: string;
  orderId: string | null;
  /** The admin who did it, as `platform:id`. */
  actor: string | null;
  reason: string | null;
  createdAt: number;
}

/** A payment service as this program knows it. */
export type ProviderId = 'telegram_stars' | 'telegram_provider';

/** The page to pay on: an invoice in the chat. Its id is the payload that comes back with the payment. */
export interface Checkout {
  id: string;
  personId: string;
  provider: ProviderId;
  platform: Platform;
  chatId: string;
  /** What is bought: the video of this order in this variant … */
  orderId: string | null;
  variant: string | null;
  /** … or a pack of credits. */
  packId: string | null;
  /** Frozen; `credits` is what the payment becomes. */
  quote: Quote;
  status: 'open' | 'paid' | 'expired' | 'cancelled';
  /** The message that shows it; null before it is shown and after it was taken away. */
  messageId: string | null;
  /** When the next thing is to be done: show it, close it, take it away. */
  dueAt: number | null;
  failures: number;
  createdAt: number;
  expiresAt: number;
}

/** Why a payment goes back. */
export type RefundCause =
  'order_failed' | 'order_cancelled' | 'surplus' | 'mismatch' | 'admin' | 'elsewhere';

/**
 * A payment that a provider reported, once per charge.
 * `settled`: became credits. `surplus`: what it was for had been paid. `mismatch`: not the amount, currency or payer of
 * its checkout. `unknown`: no checkout of ours; it waits for an operator.
 */
export interface Payment {
  id: string;
  provider: ProviderId;
  /** The provider's id of the charge: the key for giving it back. */
  chargeId: string;
  checkoutId: string | null;
  personId: string | null;
  orderId: string | null;
  /** The provider's id of who paid, needed for giving it back; erased with the person's data. */
  payerRef: string | null;
  currency: string;
  exponent: number;
  amountMinor: number;
  /** What it became, or would become. */
  credits: number;
  outcome: 'settled' | 'surplus' | 'mismatch' | 'unknown';
  /** Can this provider give money back? */
  isRefundable: boolean;
  /** `due`: on its way back. `kept`: could not go back and stays as credits. */
  refundStatus: 'due' | 'refunded' | 'kept' | null;
  refundCause: RefundCause | null;
  nextRefundAt: number | null;
  refundFailures: number;
  refundedAt: number | null;
  /** Credits that could not be taken back because they were spent: only after a refund that began elsewhere. */
  unrecoveredCredits: number;
  receivedAt: number;
}
