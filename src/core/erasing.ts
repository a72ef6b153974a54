// Erasing on demand: an order that was reported, or everything personal of somebody who asks for it. What the clock
// erases is housekeeping.ts.

import type { Context } from './context.js';
import type { NewNotice } from './ports/messenger.js';
import { UnreachableError, UpstreamError } from './errors.js';
import type { Checkout, Order, Person } from './model.js';
import type { ErasingHindrance, ShownMessage } from './ports/support-store.js';

/** Rows come first: a file that no row names is removed by housekeeping too. */
async function removeFiles(ctx: Context, files: readonly string[]): Promise<void> {
  for (const file of files) await ctx.files.remove(file);
}

/** A chat that cannot be reached or written to keeps its messages: what is erased does not depend on it. */
async function tryInChat(ctx: Context, what: string, call: () => Promise<boolean>) {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof UnreachableError) && !(error instanceof UpstreamError)) throw error;
    ctx.log.warn({ err: error, what }, 'a message could not be taken out of a chat');
    return false;
  }
}

/** Answers how many of them are gone. */
async function removeMessages(ctx: Context, messages: readonly ShownMessage[]): Promise<number> {
  let removed = 0;
  for (const { address, messageId } of messages) {
    const messenger = ctx.messengers.get(address.platform);
    if (messenger === undefined || address.chatId === '') continue;
    const remove = () => messenger.removeMessage(address, messageId);
    if (await tryInChat(ctx, 'message', remove)) removed += 1;
  }
  return removed;
}

async function retireInvoices(ctx: Context, invoices: readonly Checkout[]): Promise<void> {
  for (const checkout of invoices) {
    const provider = ctx.paymentProviders.get(checkout.provider);
    const { messageId } = checkout;
    if (provider === undefined || messageId === null) continue;
    await tryInChat(ctx, 'invoice', async () => {
      await provider.retireCheckout(checkout, messageId);
      return true;
    });
  }
}

/** What became of "Stop and erase". `messagesRemoved`: how many messages the chat no longer shows. */
export interface StopOutcome {
  outcome: 'erased' | 'already' | 'busy' | 'not_found';
  messagesRemoved: number;
}

function removedNotice(order: Order, wasDelivered: boolean): NewNotice[] {
  return [
    {
      key: `order:${order.id}:removed`,
      to: { personId: order.personId },
      content: { kind: 'order_removed', wasDelivered },
    },
  ];
}

/**
 * An admin stops an order and erases what it holds: photos, files, PixVerse's address, the platform's handle, and the
 * messages where the chat still lets go of them. Safe to repeat.
 */
export async function stopAndErase(ctx: Context, orderId: string): Promise<StopOutcome> {
  const erased = await ctx.store.eraseOrder(orderId, ctx.now(), removedNotice);
  if (!('order' in erased)) return { outcome: erased.outcome, messagesRemoved: 0 };
  await removeFiles(ctx, erased.files);
  const messagesRemoved = await removeMessages(ctx, erased.messages);
  ctx.log.info({ orderId, outcome: erased.outcome, messagesRemoved }, 'an order was erased');
  ctx.wake();
  return { outcome: erased.outcome, messagesRemoved };
}

/** What erasing would cost a person, and what stands against it now. */
export async function describeErasing(
  ctx: Context,
  person: Person,
): Promise<{ hindrance: ErasingHindrance | null; credits: number }> {
  const [hindrance, credits] = await Promise.all([
    ctx.store.erasingHindrance(person.id),
    ctx.store.balance(person.id),
  ]);
  return { hindrance, credits };
}

/**
 * Erases everything personal of somebody. What has not reached PixVerse is cancelled and given back before; money that
 * is on its way back needs the account for a little longer. Safe to repeat.
 */
export async function erasePerson(
  ctx: Context,
  person: Person,
): Promise<'erased' | ErasingHindrance> {
  const prepared = await ctx.store.prepareErasing(person.id, ctx.now());
  ctx.wake();
  if (prepared.hindrance !== null) return prepared.hindrance;
  // While the rows still know where they are.
  await retireInvoices(ctx, prepared.invoices);
  await removeMessages(ctx, prepared.cards);
  const erased = await ctx.store.erasePerson(person.id, ctx.config.free, ctx.now());
  if (erased.outcome !== 'erased') return erased.outcome;
  await removeFiles(ctx, erased.files);
  ctx.log.info({ personId: person.id, videos: erased.files.length }, 'a person was erased');
  return 'erased';
}
