// What core asks of the database about support and erasing. Part of `Store`: every function is one transaction.

import type { ChatAddress, Checkout, Order, Payment, Platform } from '../model.js';
import type { NewNotice } from './messenger.js';
import type { FreeLimits } from './money-store.js';

/** A question or a report for the admins. */
export interface Ticket {
  id: string;
  personId: string;
  platform: Platform;
  /** Empty once the person's data are erased. */
  chatId: string;
  kind: 'paysupport' | 'report';
  orderId: string | null;
  /** What the person wrote; null for a report, and once erased. */
  text: string | null;
  createdAt: number;
  answeredAt: number | null;
}

export interface NewTicket {
  /** The same id again is the same ticket. */
  id: string;
  personId: string;
  address: ChatAddress;
}

/** Something that an admin can give back with one tap: a payment, or the credits that an order took. */
export type Refundable = { payment: Payment } | { order: Order };

/** What an admin needs to know of a person who asks. Each list is newest first. */
export interface SupportCase {
  orders: Order[];
  payments: Payment[];
  refundable: Refundable[];
}

/** A message of ours in a chat. */
export interface ShownMessage {
  address: ChatAddress;
  messageId: string;
}

/**
 * `busy`: a step of the order is under way this moment. `already`: nothing was left to erase; its messages are answered
 * all the same, so that they can be taken away again.
 */
export type EraseOrderOutcome =
  | { outcome: 'not_found' | 'busy' }
  | {
      outcome: 'erased' | 'already';
      order: Order;
      messages: ShownMessage[];
      /** Video files that no row names any more. */
      files: string[];
    };

/** Why a person's data cannot be erased now. */
export type ErasingHindrance = 'at_pixverse' | 'money_on_its_way';

export interface ErasingPrepared {
  hindrance: ErasingHindrance | null;
  /** Cards of orders that were cancelled for it. */
  cards: ShownMessage[];
  /** Closed checkouts that the chat still shows. */
  invoices: Checkout[];
}

export interface SupportStore {
  /** The next text of this chat is taken for this; an earlier wish is forgotten. */
  writePrompt(address: ChatAddress, purpose: string, expiresAt: number): Promise<void>;
  readPrompt(address: ChatAddress, now: number): Promise<string | null>;
  /** Answers whether there was one that still held. */
  dropPrompt(address: ChatAddress, now: number): Promise<boolean>;

  /** Stores a question, unless `max` of this person since `since` wait for an answer. Drops the chat's prompt. */
  openTicket(
    ticket: NewTicket & { text: string },
    limit: { max: number; since: number },
    notices: NewNotice[],
    now: number,
  ): Promise<'opened' | 'same' | 'too_many'>;
  /** Stores the one report of an order. */
  openReport(
    ticket: NewTicket & { orderId: string },
    notices: NewNotice[],
    now: number,
  ): Promise<'opened' | 'already'>;
  readTicket(ticketId: string): Promise<Ticket | null>;
  /** Records an answer with its notices and drops the prompt of `from`. `erased`: nobody is left to receive it. */
  answerTicket(
    ticketId: string,
    from: ChatAddress,
    notices: NewNotice[],
    now: number,
  ): Promise<'answered' | 'erased' | 'not_found'>;
  /** The newest `limit` orders and payments of a person, and what of them can be given back. */
  readSupportCase(personId: string, limit: number): Promise<SupportCase>;

  /**
   * Stops an order and everything unfinished that has its photos, gives back what those took, and erases the photos,
   * files, addresses and handles. Safe to repeat.
   */
  eraseOrder(
    orderId: string,
    now: number,
    noticesFor: (order: Order, wasDelivered: boolean) => NewNotice[],
  ): Promise<EraseOrderOutcome>;
  erasingHindrance(personId: string): Promise<ErasingHindrance | null>;
  /** Cancels what has not reached PixVerse, gives it back and closes checkouts, unless something hinders. */
  prepareErasing(personId: string, now: number): Promise<ErasingPrepared>;
  /**
   * Erases everything personal of somebody; what is left are books and statistics of nobody. Its accounts are
   * remembered by fingerprint alone. Safe to repeat.
   * @returns names of video files that no row names any more
   */
  erasePerson(
    personId: string,
    limits: FreeLimits,
    now: number,
  ): Promise<{ outcome: 'erased'; files: string[] } | { outcome: ErasingHindrance }>;
}
