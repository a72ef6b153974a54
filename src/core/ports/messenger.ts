// What core asks of a chat platform. Each platform's `messenger.ts` answers; core never learns how.
//
// Every function throws UnreachableError when the person cannot be written to, and UpstreamError otherwise.

import type { Statistics } from '../figures.js';
import type { ChatAddress, FailureCode, PhotoPosition, Platform, Quote } from '../model.js';
import type { OrderStatus } from '../orders/status.js';

/** A variant as it is offered on the card. */
export interface Offer {
  variant: string;
  quote: Quote;
  /** Which way of paying a tap would use. */
  pay: 'free' | 'credits' | 'price';
}

/** An amount for people to read. */
export interface Money {
  currency: string;
  exponent: number;
  amountMinor: number;
}

/** What happened to the money of an order that failed or was cancelled. */
export type MoneyBack =
  | { way: 'free_returned' | 'free_used_up' | 'credits_returned' | 'nothing_taken' }
  /** What was paid for this order goes back, or is back. */
  | { way: 'payment_due' | 'payment_returned'; paid: Money }
  /** What was paid cannot go back by itself: it is credits now. */
  | { way: 'payment_as_credits'; paid: Money; credits: number };

/** What the one card of an order says. */
export type CardContent =
  | { stage: 'one_photo'; missing: PhotoPosition }
  | { stage: 'consent' }
  | {
      stage: 'choose';
      offers: Offer[];
      replacing: PhotoPosition | null;
      balance: number;
      /** An invoice for this is open, below the card. */
      awaiting: { variant: string; quote: Quote } | null;
    }
  | { stage: 'queued'; position: number; waitMs: number | null }
  | { stage: 'making'; percent: number; leftMs: number | null }
  | { stage: 'uploading' }
  | { stage: 'failed'; failureCode: FailureCode; money: MoneyBack; canRetry: boolean }
  | { stage: 'cancelled'; money: MoneyBack; canRetry: boolean }
  | { stage: 'expired' };

/** The picture of both photos on the card. `key` changes when the picture does. */
export interface CardPicture {
  key: string;
  render: () => Promise<Buffer>;
}

export interface CardRequest {
  orderId: string;
  address: ChatAddress;
  locale: string;
  content: CardContent;
  /** Absent at stages before there are two photos, and once the photos are erased. */
  picture: CardPicture | null;
  /** The message that shows the card now, if any. */
  messageId: string | null;
  /** The picture that message shows now. */
  shownPictureKey: string | null;
  /** Put the card below the person's last message instead of editing it where it stands. */
  isRepost: boolean;
}

/** What the chat shows after `showCard`. */
export interface CardShown {
  messageId: string;
  /** Key of the picture that the message has now; null for a text. */
  pictureKey: string | null;
}

export interface VideoFile {
  path: string;
  sizeBytes: number;
  width: number;
  height: number;
  durationSeconds: number;
  /** JPEG still, long side about 1280. */
  cover: Buffer | null;
}

export interface VideoRequest {
  orderId: string;
  address: ChatAddress;
  locale: string;
  variant: string;
  isGift: boolean;
  /** From an earlier delivery on this platform: sent instead of the bytes. */
  fileRef: string | null;
  file: VideoFile | null;
}

export interface VideoShown {
  messageId: string;
  fileRef: string | null;
}

/** A line that must reach somebody once something happened. Stored first, sent at least once. */
export type NoticeContent =
  | { kind: 'video_ready'; orderId: string; isGift: boolean }
  | { kind: 'photo_declined'; orderId: string; position: PhotoPosition; reason: string }
  | { kind: 'extra_photo'; orderId: string }
  | { kind: 'credits_changed'; delta: number; balance: number; reason: string | null }
  | { kind: 'credits_bought'; credits: number; balance: number }
  /** A payment came after its order or invoice was closed: it is credits now. */
  | { kind: 'payment_late'; credits: number; balance: number }
  /** Paid twice, or not what the invoice asked for. */
  | { kind: 'payment_surplus' | 'payment_mismatch'; paid: Money; isGoingBack: boolean }
  | { kind: 'payment_returned'; paid: Money }
  /** Could not go back, so it is credits. */
  | { kind: 'payment_kept'; paid: Money; credits: number }
  | { kind: 'invoice_failed' }
  | SupportNotice
  /** A UTC day, for admins. */
  | { kind: 'daily_summary'; statistics: Statistics }
  | { kind: 'admin_alert'; alert: AlertKind; detail: string };

/** A line to be stored in the transaction that caused it. */
export interface NewNotice {
  /** Unique: the same notice is stored once. */
  key: string;
  /** To this chat, or else to every chat of the person; one out of reach gets it once its person is seen again. */
  to: { address: ChatAddress; locale: string } | { personId: string };
  content: NoticeContent;
}

/** An order or a payment as the admins see it. */
export interface TicketLine {
  id: string;
  /** A status of an order, or of a payment: `settled`, `due`, … */
  status: string;
  at: number;
  paid: Money | null;
  variant: string | null;
}

/** Between a person and the admins. `from` is `platform:id`. */
export type SupportNotice =
  | { kind: 'ticket_received'; contact: string | null }
  | {
      kind: 'ticket';
      ticketId: string;
      from: string;
      text: string;
      orders: TicketLine[];
      payments: TicketLine[];
      /** What one tap gives back: a payment, or the credits of an order. */
      refunds: { id: string; paid: Money | null; credits: number }[];
    }
  | { kind: 'report'; ticketId: string; from: string; orderId: string; status: OrderStatus }
  | { kind: 'support_answer'; text: string }
  | { kind: 'answer_sent'; ticketId: string }
  | { kind: 'order_removed'; wasDelivered: boolean };

/** What operators are told. `detail` holds ids and codes only. */
export type AlertKind =
  | 'pixverse_auth'
  | 'pixverse_out_of_credits'
  | 'pixverse_unknown_code'
  | 'pixverse_refused'
  | 'pixverse_slots'
  | 'submit_given_up'
  | 'order_timeout'
  | 'order_given_up'
  | 'payment_mismatch'
  | 'payment_unknown'
  | 'payment_overpaid'
  | 'invoice_refused'
  | 'refund_refused'
  | 'refund_stuck'
  | 'pixverse_low_credits'
  | 'sales_paused'
  | 'sales_resumed'
  | 'books_open'
  | 'internal_error';

export interface Messenger {
  readonly platform: Platform;
  /** A larger video is made smaller before it is handed over. */
  readonly maxVideoBytes: number;
  /**
   * Makes the chat show this card: edits `messageId`, or sends a new message where there is none, where it can no
   * longer be edited or where a repost is asked. Repeating it with the same content changes nothing to be seen.
   */
  showCard(request: CardRequest): Promise<CardShown>;
  /**
   * Turns the card's message into the video. Safe to repeat.
   * Answers `not_editable` when there is no such message or the platform cannot do it: then `sendVideo`.
   */
  putVideoInCard(request: VideoRequest, messageId: string): Promise<VideoShown | 'not_editable'>;
  /** Sends the video as a message of its own. Not safe to repeat where the platform has no idempotency key. */
  sendVideo(request: VideoRequest): Promise<VideoShown>;
  /** Sends a line. May be repeated after a crash. */
  sendNotice(address: ChatAddress, locale: string, notice: NoticeContent): Promise<void>;
  /** Takes a message of ours out of the chat. Safe to repeat; false where the platform keeps it. */
  removeMessage(address: ChatAddress, messageId: string): Promise<boolean>;
}
