// What core asks of the database. Every function is one transaction: it happened whole, or not at all.
//
// The contract is tests/contract/store.ts, which every implementation must pass. No function uses a clock of its
// own: `now` is epoch ms. Functions that change an order answer null when somebody else moved it first.

import type {
  ChatAddress,
  Identity,
  Order,
  Person,
  Platform,
  RefundCause,
  Route,
  Video,
} from '../model.js';
import type { OrderStatus } from '../orders/status.js';
import type { InboxStore } from './inbox-store.js';
import type { NewNotice, NoticeContent } from './messenger.js';
import type { MoneyStore } from './money-store.js';
import type { StatisticsStore } from './statistics-store.js';
import type { SupportStore } from './support-store.js';

/** An account as it shows itself with an update. */
export interface SeenIdentity {
  platform: Platform;
  platformUserId: string;
  chatId: string;
  /** Lower case, without the @. */
  username: string | null;
  displayName: string | null;
  languageHint: string | null;
}

/** What a new person starts with; ignored for one we know. */
export interface NewPerson {
  locale: string;
  offerFirst: string;
  source: string | null;
}

export interface NewPhoto {
  bytes: Buffer;
  width: number;
  height: number;
  sourceKey: string;
  sourceOrder: number;
  albumKey: string | null;
}

/** What became of a photo: `same` is a repeat, `extra` was not kept because two are there already. */
export type AddPhotoOutcome = 'added' | 'replaced' | 'same' | 'extra';

/** Columns that `changeOrder` may set besides the status. */
export type OrderPatch = Partial<
  Pick<
    Order,
    | 'replacing'
    | 'variant'
    | 'quote'
    | 'route'
    | 'generationAttempts'
    | 'traceId'
    | 'pixverseVideoId'
    | 'compositeImageId'
    | 'reuploads'
    | 'reruns'
    | 'nextAttemptAt'
    | 'stepFailures'
    | 'hardFailures'
    | 'slotsRefusedSince'
    | 'lateLookUntil'
    | 'cardDueAt'
    | 'isCardRepost'
    | 'sendIntentAt'
    | 'unansweredSends'
    | 'deliveredMessageId'
    | 'fileRef'
    | 'isGift'
    | 'failureCode'
    | 'queuedAt'
    | 'submittedAt'
    | 'lastLookAt'
    | 'generatedAt'
    | 'deliveredAt'
    | 'endedAt'
  >
>;

export interface OrderChange {
  orderId: string;
  /** The change applies only while the order is in one of these. */
  from: readonly OrderStatus[];
  /** The new status; a move that the table does not allow throws. */
  to?: OrderStatus;
  set?: OrderPatch;
  /** Short code for the event log; needed with `to`. */
  cause: string;
  now: number;
  /**
   * Gives credits or the free video back, once. A failed free try counts against `FREE_FAILURES`. A payment for this
   * very order goes on its way back to where it came from.
   */
  giveBack?: {
    isFailure: boolean;
    /** An admin who asked for it. */
    by?: { cause: RefundCause; actor: string; reason: string | null };
  };
  /** PixVerse's content rules refused something of this person. */
  strike?: boolean;
  /** The free video of this order is used up: it was delivered. */
  useFreeClaim?: boolean;
  /** Swaps photos 1 and 2. */
  swapPhotos?: boolean;
  /** Takes this photo out of the order (PixVerse declined it). */
  dropPhotoId?: string;
  /** Forgets PixVerse's ids of the photos, so that they are uploaded again. */
  forgetImageIds?: boolean;
  /** Begins or updates the history row of the generation `pixverseVideoId`. */
  video?: NewVideo | VideoUpdate;
  notices?: NewNotice[];
}

export interface NewVideo {
  begin: true;
  pixverseVideoId: string;
  traceId: string;
  route: Route;
  variant: string;
  resolution: string;
  durationSeconds: number;
  amountMinor: number;
  currency: string;
}

export interface VideoUpdate {
  begin: false;
  pixverseVideoId: string;
  set: Partial<
    Pick<Video, 'status' | 'url' | 'filePath' | 'sizeBytes' | 'width' | 'height' | 'generationMs'>
  >;
}

/** When the earliest work of each kind is due, by epoch milliseconds; null when none is planned. */
export interface DueTimes {
  order: number | null;
  card: number | null;
  notice: number | null;
  checkout: number | null;
  refund: number | null;
  /** Does an order wait for a free place at PixVerse? It has no time. */
  hasQueued: boolean;
}

export interface DueNotice {
  id: number;
  address: ChatAddress;
  locale: string;
  content: NoticeContent;
  failures: number;
}

export interface OrderEvent {
  orderId: string;
  from: OrderStatus | null;
  to: OrderStatus;
  cause: string;
  at: number;
}

/** A video of a person's history with what is needed to send it again. */
export interface HistoryEntry {
  order: Order;
  video: Video;
}

export interface Store extends InboxStore, MoneyStore, StatisticsStore, SupportStore {
  // People
  /** Makes or refreshes the account and its person. One that was out of reach gets what was kept for it. */
  seePerson(identity: SeenIdentity, fresh: NewPerson, now: number): Promise<Person>;
  readPerson(personId: string): Promise<Person | null>;
  setPerson(
    personId: string,
    set: Partial<Pick<Person, 'locale' | 'isLocaleChosen' | 'currency' | 'currencyChosenAt'>>,
  ): Promise<void>;
  findIdentity(
    platform: Platform,
    who: { platformUserId: string } | { username: string },
  ): Promise<Identity | null>;
  /** The person's newest account on a platform. */
  findIdentityOf(personId: string, platform: Platform): Promise<Identity | null>;
  setUnreachable(address: ChatAddress, now: number): Promise<void>;
  hasConsent(personId: string, version: number): Promise<boolean>;
  /** Stores the consent once, lets the uploads of open drafts begin and their cards show the next stage. */
  recordConsent(personId: string, version: number, now: number): Promise<void>;

  // Orders
  readOrder(orderId: string): Promise<Order | null>;
  /** The person's editable order in this chat, or null. */
  findDraft(personId: string, address: ChatAddress): Promise<Order | null>;
  /** The person's funded order that is not ended, or null. */
  findRunning(personId: string): Promise<Order | null>;
  /**
   * Makes a draft, or answers the one there is. With `photosOf` it begins with the kept photos of that order, and a
   * draft with other photos is cancelled for it.
   */
  openDraft(
    draft: { orderId: string; personId: string; address: ChatAddress; photosOf: string | null },
    now: number,
  ): Promise<Order>;
  /** Puts a photo into an editable order; the smaller message of an album comes first. Null: not editable. */
  addPhoto(
    orderId: string,
    photo: NewPhoto,
    due: { cardAt: number; uploadAt: number | null },
    now: number,
  ): Promise<{ order: Order; outcome: AddPhotoOutcome } | null>;
  readPhoto(photoId: string): Promise<Buffer | null>;
  saveImageId(orderId: string, photoId: string, pixverseImageId: string): Promise<void>;
  changeOrder(change: OrderChange): Promise<Order | null>;
  /** Moves the first queued order whose pictures are uploaded to `submitting` while fewer than `maxRunning` run. */
  startNextQueued(start: {
    traceId: string;
    maxRunning: number;
    /** A generation older than this no longer holds a slot at PixVerse. */
    slotHeldMs: number;
    leaseMs: number;
    now: number;
  }): Promise<Order | null>;
  /** Takes due orders under a lease: nobody else is given them before it ends. */
  claimDueOrders(now: number, leaseMs: number, limit: number): Promise<Order[]>;
  /** Makes everything leased due at once. Only at start, when no other process can hold a lease. */
  voidLeases(now: number): Promise<void>;
  readDueTimes(): Promise<DueTimes>;
  /** 1 for the next to be started. */
  queuePosition(orderId: string): Promise<number>;
  countQueued(): Promise<number>;
  /**
   * A webhook said that something happened: the order of this generation is looked at now, or, while a step holds it,
   * right after that step.
   */
  wakeVideo(pixverseVideoId: string, now: number): Promise<Order | null>;
  setSubmitPause(until: number): Promise<void>;
  listEvents(orderId: string): Promise<OrderEvent[]>;

  // Cards
  /** Takes due cards; their `cardDueAt` becomes the end of a lease. */
  claimDueCards(now: number, leaseMs: number, limit: number): Promise<Order[]>;
  /** Records what a card shows now. `nextDueAt` counts only if nobody asked for the card since it was claimed. */
  recordCard(
    claimed: Order,
    shown: { messageId: string; pictureKey: string | null; key: string } | null,
    nextDueAt: number | null,
  ): Promise<void>;
  /** A button was pressed on a message that is not known as the order's card: it becomes the card. */
  adoptCard(orderId: string, messageId: string): Promise<void>;

  // Videos
  readVideo(pixverseVideoId: string): Promise<Video | null>;
  /** Finished videos of a person, newest first. */
  listVideos(
    personId: string,
    page: { offset: number; limit: number },
  ): Promise<{ entries: HistoryEntry[]; total: number }>;
  /** How long the newest finished generations of a variant took, newest first. */
  recentGenerationMs(variant: string, limit: number): Promise<number[]>;

  // Notices
  addNotices(notices: NewNotice[], now: number): Promise<void>;
  /** Takes due notices under a lease. */
  claimDueNotices(now: number, leaseMs: number, limit: number): Promise<DueNotice[]>;
  /** Sent, to be tried again, given up, or kept until the chat's person, now out of reach, is seen again. */
  finishNotice(
    id: number,
    outcome:
      { sentAt: number } | { retryAt: number } | { givenUpAt: number } | { unreachableAt: number },
  ): Promise<void>;

  // Housekeeping
  /** Drafts untouched since `before`. */
  listStaleDrafts(before: number, limit: number): Promise<Order[]>;
  /** Erases the bytes of photos whose orders all ended before `before`; answers how many. */
  erasePhotos(before: number, now: number): Promise<number>;
  /** Videos whose file is older than `before`. */
  listOldVideoFiles(before: number, limit: number): Promise<Video[]>;
  forgetVideoFile(videoId: string, now: number): Promise<void>;
  /** Every file name that a row still knows. */
  listVideoFilePaths(): Promise<string[]>;
  /** Drops finished updates, sent notices, prompts and dialogues older than `before`. */
  prune(before: number): Promise<void>;
}
