// Questions and reports for the admins, and what the next text of a chat is taken for.

import { and, count, desc, eq, gt, gte, isNull, lt } from 'drizzle-orm';
import type { ChatAddress, Order, Payment } from '../../core/model.js';
import type {
  NewTicket,
  Refundable,
  SupportCase,
  SupportStore,
} from '../../core/ports/support-store.js';
import { prompts, tickets } from '../schema/messages.js';
import { payments } from '../schema/money.js';
import { orders } from '../schema/orders.js';
import { identities } from '../schema/people.js';
import { hasEntry } from './ledger.js';
import { insertNotices } from './notices.js';
import { withPhotos } from './rows.js';
import type { Transact, Tx } from './transact.js';

type TicketStore = Pick<
  SupportStore,
  | 'writePrompt'
  | 'readPrompt'
  | 'dropPrompt'
  | 'openTicket'
  | 'openReport'
  | 'readTicket'
  | 'answerTicket'
  | 'readSupportCase'
>;

function promptOf(address: ChatAddress) {
  return and(eq(prompts.platform, address.platform), eq(prompts.chatId, address.chatId));
}

function insertTicket(
  tx: Tx,
  { id, personId, address }: NewTicket,
  what: { text: string } | { orderId: string },
  now: number,
): boolean {
  const kind = 'text' in what ? ('paysupport' as const) : ('report' as const);
  const written = tx
    .insert(tickets)
    .values({ id, personId, ...address, ...what, kind, createdAt: now })
    .onConflictDoNothing()
    .run();
  return written.changes > 0;
}

/** Questions of a person since then that nobody has answered. */
function countUnanswered(tx: Tx, personId: string, since: number): number {
  const waiting = tx
    .select({ tickets: count() })
    .from(tickets)
    .where(
      and(
        eq(tickets.personId, personId),
        eq(tickets.kind, 'paysupport'),
        isNull(tickets.answeredAt),
        gte(tickets.createdAt, since),
      ),
    )
    .get();
  return waiting?.tickets ?? 0;
}

function hasAccount(tx: Tx, personId: string): boolean {
  const account = tx
    .select({ chatId: identities.chatId })
    .from(identities)
    .where(eq(identities.personId, personId))
    .get();
  return account !== undefined;
}

/** A payment that became credits, or waits for an operator, and has not begun its way back. */
function isRefundable(payment: Payment): boolean {
  const canBeAsked = payment.outcome === 'settled' || payment.outcome === 'unknown';
  return payment.isRefundable && payment.refundStatus === null && canBeAsked;
}

/** Of a payment that cannot go back, only the credits it bought can be returned. */
function isPaidInCredits({ fundedBy, paymentId }: Order, payments: readonly Payment[]): boolean {
  const payment = payments.find(({ id }) => id === paymentId);
  return fundedBy === 'credits' || (payment !== undefined && !payment.isRefundable);
}

function readSupportCase(tx: Tx, personId: string, limit: number): SupportCase {
  const ownOrders = tx
    .select()
    .from(orders)
    .where(eq(orders.personId, personId))
    .orderBy(desc(orders.createdAt), desc(orders.id))
    .limit(limit)
    .all()
    .map((row) => withPhotos(tx, row));
  const ownPayments = tx
    .select()
    .from(payments)
    .where(eq(payments.personId, personId))
    .orderBy(desc(payments.receivedAt), desc(payments.id))
    .limit(limit)
    .all();
  const paid = ownPayments
    .filter(isRefundable)
    .map((payment) => ({ at: payment.receivedAt, refundable: { payment } }));
  const spent = ownOrders
    .filter(
      (order) =>
        order.status === 'delivered' &&
        isPaidInCredits(order, ownPayments) &&
        !hasEntry(tx, `order:${order.id}:return`),
    )
    .map((order) => ({ at: order.createdAt, refundable: { order } }));
  const refundable = [...paid, ...spent]
    .sort((a, b) => b.at - a.at)
    .map((one): Refundable => one.refundable);
  return { orders: ownOrders, payments: ownPayments, refundable };
}

export function createTicketStore(transact: Transact): TicketStore {
  return {
    writePrompt: (address, purpose, expiresAt) =>
      transact((tx) => {
        tx.insert(prompts)
          .values({ ...address, purpose, expiresAt })
          .onConflictDoUpdate({
            target: [prompts.platform, prompts.chatId],
            set: { purpose, expiresAt },
          })
          .run();
      }),

    readPrompt: (address, now) =>
      transact(
        (tx) =>
          tx
            .select({ purpose: prompts.purpose })
            .from(prompts)
            .where(and(promptOf(address), gt(prompts.expiresAt, now)))
            .get()?.purpose ?? null,
      ),

    dropPrompt: (address, now) =>
      transact((tx) => {
        const dropped = tx.delete(prompts).where(promptOf(address)).returning().get();
        return dropped !== undefined && dropped.expiresAt > now;
      }),

    openTicket: (ticket, limit, notices, now) =>
      transact((tx) => {
        tx.delete(prompts).where(promptOf(ticket.address)).run();
        const isKnown = tx.select().from(tickets).where(eq(tickets.id, ticket.id)).get();
        if (isKnown !== undefined) return 'same';
        if (countUnanswered(tx, ticket.personId, limit.since) >= limit.max) return 'too_many';
        insertTicket(tx, ticket, { text: ticket.text }, now);
        insertNotices(tx, notices, now);
        return 'opened';
      }),

    openReport: (ticket, notices, now) =>
      transact((tx) => {
        if (!insertTicket(tx, ticket, { orderId: ticket.orderId }, now)) return 'already';
        insertNotices(tx, notices, now);
        return 'opened';
      }),

    readTicket: (ticketId) =>
      transact((tx) => tx.select().from(tickets).where(eq(tickets.id, ticketId)).get() ?? null),

    answerTicket: (ticketId, from, notices, now) =>
      transact((tx) => {
        tx.delete(prompts).where(promptOf(from)).run();
        const ticket = tx.select().from(tickets).where(eq(tickets.id, ticketId)).get();
        if (ticket === undefined) return 'not_found';
        if (!hasAccount(tx, ticket.personId)) return 'erased';
        tx.update(tickets)
          .set({ answeredAt: ticket.answeredAt ?? now })
          .where(eq(tickets.id, ticketId))
          .run();
        insertNotices(tx, notices, now);
        return 'answered';
      }),

    readSupportCase: (personId, limit) => transact((tx) => readSupportCase(tx, personId, limit)),
  };
}

/** Drops prompts that ended before `before`. */
export function prunePrompts(tx: Tx, before: number): void {
  tx.delete(prompts).where(lt(prompts.expiresAt, before)).run();
}

/** The ids of a person's tickets. */
export function ticketIdsOf(tx: Tx, personId: string): string[] {
  return tx
    .select({ id: tickets.id })
    .from(tickets)
    .where(eq(tickets.personId, personId))
    .all()
    .map((row) => row.id);
}
