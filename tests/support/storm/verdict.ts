// What is left after a storm, compared with what the stand-ins know: each list names what is wrong, and all are empty
// when nothing was lost.

import type { GenerationRecord } from '../../../src/sandbox/pixverse/generations.js';
import type { ChatMessage } from '../../../src/sandbox/telegram/messages/view.js';
import { isVideo } from '../flow.js';
import { findOpenBooks, withDatabase } from '../app-database.js';
import { NEVER_PRINTED, SLOTS, type StormWorld } from './world.js';

interface OrderRow {
  id: string;
  status: string;
  failureCode: string | null;
  fundedBy: string | null;
  paymentId: string | null;
  traceId: string | null;
  attempts: number;
  credits: number;
  sendIntentAt: number | null;
}

interface PaymentRow {
  id: string;
  chargeId: string;
  orderId: string | null;
  outcome: string;
  refundStatus: string | null;
}

interface Books {
  orders: OrderRow[];
  payments: PaymentRow[];
  /** Trace id → order id, of every generation that was recorded. */
  traces: Map<string, string>;
  /** Sums of ledger entries. */
  bookedOfOrder: Map<string, number>;
}

export interface Verdict {
  funded: number;
  delivered: number;
  /** Ended without a video although PixVerse neither failed, nor refused, nor hung, nor did the person cancel. */
  needlessRefunds: string[];
  /** Lines of the app's log at level error, by message. */
  errorsLogged: Record<string, number>;
  violations: Record<string, string[]>;
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

const ENDED_BADLY: readonly number[] = [6, 7, 8];

function readBooks(world: StormWorld): Books & { violations: Record<string, string[]> } {
  return withDatabase(world, (run) => {
    const names = (query: string) => run(query).map((row) => String(Object.values(row)[0]));
    const rows = <Row>(query: string) => run(query) as unknown as Row[];
    const traces = rows<{ traceId: string; orderId: string }>(
      'select trace_id as traceId, order_id as orderId from videos',
    );
    const booked = rows<{ orderId: string; sum: number }>(
      `select order_id as orderId, sum(delta) as sum from ledger
       where kind in ('order_spend','order_return') group by order_id`,
    );
    return {
      orders: rows<OrderRow>(
        `select id, status, failure_code as failureCode, funded_by as fundedBy,
         payment_id as paymentId, trace_id as traceId, generation_attempts as attempts,
         quote_credits as credits, send_intent_at as sendIntentAt from orders`,
      ),
      payments: rows<PaymentRow>(
        `select id, charge_id as chargeId, order_id as orderId, outcome,
         refund_status as refundStatus from payments`,
      ),
      traces: new Map(traces.map(({ traceId, orderId }) => [traceId, orderId])),
      bookedOfOrder: new Map(booked.map(({ orderId, sum }) => [orderId, sum])),
      violations: {
        'an update is still to be handled': names('select id from inbox where done_at is null'),
        'an order is still open': names(
          `select id from orders where status in ('queued','submitting','generating','generated')`,
        ),
        'a refund is still due': names(`select id from payments where refund_status = 'due'`),
        'a notice was never sent': names('select id from notices where sent_at is null'),
      },
    };
  });
}

/** Every charge at Telegram is known, and what went back there went back here. */
function compareMoney(world: StormWorld, { orders, payments }: Books): Record<string, string[]> {
  const known = new Map(payments.map((payment) => [payment.chargeId, payment]));
  const charged = world.telegram.payments();
  const orderOf = (payment: PaymentRow) => orders.find(({ paymentId }) => paymentId === payment.id);
  const bought = (payment: PaymentRow) => orderOf(payment)?.status === 'delivered';
  const isBack = (chargeId: string) =>
    charged.some((one) => one.chargeId === chargeId && one.refundedAt !== null);
  const settled = payments.filter(({ outcome }) => outcome === 'settled');
  return {
    'a charge is not booked': charged.map((c) => c.chargeId).filter((id) => !known.has(id)),
    'a booked charge never happened': payments
      .map(({ chargeId }) => chargeId)
      .filter((id) => !charged.some((charge) => charge.chargeId === id)),
    'a refund differs from its record': payments
      .filter((payment) => isBack(payment.chargeId) !== (payment.refundStatus === 'refunded'))
      .map(({ id }) => id),
    'paid, neither delivered nor back': settled
      .filter((payment) => orderOf(payment) !== undefined)
      .filter((payment) => !bought(payment) && !isBack(payment.chargeId))
      .map(({ id }) => id),
    'delivered and given back': settled
      .filter((payment) => bought(payment) && isBack(payment.chargeId))
      .map(({ id }) => id),
    'a second payment was kept': payments
      .filter(({ outcome, chargeId }) => outcome === 'surplus' && !isBack(chargeId))
      .map(({ id }) => id),
  };
}

/** Per order: its price while it is delivered, nothing otherwise. */
function checkLedger({ orders, bookedOfOrder }: Books): Record<string, string[]> {
  const isWrong = ({ id, status, credits }: OrderRow) =>
    (bookedOfOrder.get(id) ?? 0) !== (status === 'delivered' ? -credits : 0);
  return { 'the ledger of an order does not close': orders.filter(isWrong).map(({ id }) => id) };
}

/** The generations of PixVerse by order; those of a trace id that no row knows stand under the empty name. */
function generationsByOrder(world: StormWorld, books: Books): Map<string, GenerationRecord[]> {
  const running = new Map(books.orders.map(({ traceId, id }) => [traceId, id]));
  return groupBy(
    world.pixverse.generations(),
    ({ traceId }) => books.traces.get(traceId) ?? running.get(traceId) ?? '',
  );
}

/** The largest number of generations that were under way at one time. */
function mostAtOnce(generations: readonly GenerationRecord[]): number {
  const moves = generations.flatMap(({ submittedAt, endedAt }) => [
    { at: submittedAt, by: 1 },
    { at: endedAt ?? Infinity, by: -1 },
  ]);
  // What ends and what begins in the same millisecond do not overlap.
  moves.sort((one, other) => one.at - other.at || one.by - other.by);
  let now = 0;
  return Math.max(0, ...moves.map(({ by }) => (now += by)));
}

function checkGenerations(world: StormWorld, books: Books): Record<string, string[]> {
  const byOrder = generationsByOrder(world, books);
  const generations = world.pixverse.generations().filter(({ status }) => status !== 5);
  const most = mostAtOnce(generations);
  return {
    'a generation belongs to no order': (byOrder.get('') ?? []).map(({ traceId }) => traceId),
    'a second generation, though the first did not fail': books.orders
      .filter(({ id }) => {
        const own = byOrder.get(id) ?? [];
        return own.slice(0, -1).some(({ status }) => !ENDED_BADLY.includes(status));
      })
      .map(({ id }) => id),
    'more generations than attempts': books.orders
      .filter(({ id, attempts }) => (byOrder.get(id) ?? []).length > attempts)
      .map(({ id }) => id),
    'more at once than allowed': most > SLOTS ? [String(most)] : [],
  };
}

function orderOfVideo(message: ChatMessage): string {
  const again = message.buttons.flat().find((one) => one.callbackData?.startsWith('again:'));
  return again?.callbackData?.split(':')[1] ?? '';
}

/** Videos in the chats: one for each delivered order, none for any other. */
function checkChats(world: StormWorld, { orders }: Books, kills: number): Record<string, string[]> {
  const shown = world.telegram.users().flatMap((user) => user.chat().filter(isVideo));
  const copies = groupBy(shown, orderOfVideo);
  const count = (id: string) => copies.get(id)?.length ?? 0;
  const sent = orders.filter((order) => order.sendIntentAt !== null);
  const surplus = sent.reduce((sum, { id }) => sum + Math.max(0, count(id) - 1), 0);
  return {
    'delivered, but not in the chat': orders
      .filter(({ id, status }) => status === 'delivered' && count(id) === 0)
      .map(({ id }) => id),
    'in the chat, but not delivered': orders
      .filter(({ id, status }) => status !== 'delivered' && count(id) > 0)
      .map(({ id }) => id),
    'an edited card stands twice': orders
      .filter(({ id, sendIntentAt }) => sendIntentAt === null && count(id) > 1)
      .map(({ id }) => id),
    'more copies than kills': surplus > kills ? [String(surplus)] : [],
  };
}

function checkOutput({ output }: StormWorld): Record<string, string[]> {
  const isLeak = (line: string) =>
    NEVER_PRINTED.some((secret) =>
      typeof secret === 'string' ? line.includes(secret) : secret.test(line),
    );
  return { 'the log tells a secret': output.filter(isLeak) };
}

function findNeedlessRefunds(world: StormWorld, books: Books): string[] {
  const byOrder = generationsByOrder(world, books);
  const isNeedless = ({ id, status, failureCode }: OrderRow): boolean => {
    if (status !== 'failed' || failureCode === 'moderated' || failureCode === 'photo_refused') {
      return false;
    }
    const last = byOrder.get(id)?.at(-1);
    return last === undefined || last.status === 1;
  };
  return books.orders.filter(isNeedless).map(({ id, failureCode }) => `${id} ${failureCode ?? ''}`);
}

function countErrors({ output }: StormWorld): Record<string, number> {
  const messages = output.flatMap((line) => {
    if (!line.startsWith('{"level":"error"')) return [];
    const { msg, err } = JSON.parse(line) as { msg: string; err?: { message?: string } };
    return [`${msg}: ${err?.message ?? ''}`.slice(0, 160)];
  });
  const grouped = [...groupBy(messages, (message) => message)];
  return Object.fromEntries(grouped.map(([message, all]) => [message, all.length]));
}

/** The app must be stopped. */
export function judge(world: StormWorld, kills: number): Verdict {
  const books = readBooks(world);
  const all = {
    ...findOpenBooks(world),
    ...books.violations,
    ...compareMoney(world, books),
    ...checkLedger(books),
    ...checkGenerations(world, books),
    ...checkChats(world, books, kills),
    ...checkOutput(world),
  };
  return {
    funded: books.orders.filter(({ fundedBy }) => fundedBy !== null).length,
    delivered: books.orders.filter(({ status }) => status === 'delivered').length,
    needlessRefunds: findNeedlessRefunds(world, books),
    errorsLogged: countErrors(world),
    violations: Object.fromEntries(Object.entries(all).filter(([, found]) => found.length > 0)),
  };
}
