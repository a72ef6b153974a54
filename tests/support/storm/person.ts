// One person in the storm: does what the chat asks for, taps again when nothing happens, pays, and waits for a video or
// for the card that says how it ended.

import type { ChatMessage } from '../../../src/sandbox/telegram/messages/view.js';
import type { SandboxUser } from '../../../src/sandbox/telegram/people/user.js';
import { isVideo, textOf } from '../flow.js';
import type { Chance } from './chance.js';

/** Nothing happened for so long: people tap once more. */
const NUDGE_MS = 5_000;
const PATIENCE_MS = 600_000;

const PAYS_TWICE = 0.03;
const CANCELS = 0.02;
const SENDS_ALBUM = 0.3;

export interface PersonReport {
  videos: number;
  /** Orders that ended without a video, as their cards say. */
  failures: number;
  cancels: number;
  /** Orders that were paid, by invoice or from credits. */
  paid: number;
}

export interface PersonOptions {
  chance: Chance;
  photos: readonly [Buffer, Buffer];
  /** How many orders this person pays for. */
  orders: number;
  onOrderEnd: () => void;
}

interface Found {
  message: ChatMessage;
  data: string;
}

/** What this person knows of one order. */
interface Walk {
  user: SandboxUser;
  options: PersonOptions;
  /** Messages that were there before this order. */
  before: ReadonlySet<number>;
  /** Orders that have ended. */
  over: ReadonlySet<string>;
  deadline: number;
}

/** Waits for a change of the chat after which `isSo` holds; false when it does not in time. */
function until(user: SandboxUser, isSo: () => boolean, timeoutMs: number): Promise<boolean> {
  if (isSo()) return Promise.resolve(true);
  return new Promise((resolve) => {
    const end = (value: boolean): void => {
      stop();
      clearTimeout(timer);
      resolve(value);
    };
    const stop = user.onChange(() => {
      if (isSo()) end(true);
    });
    const timer = setTimeout(() => {
      end(false);
    }, timeoutMs);
  });
}

const orderIdIn = (data: string): string => data.split(':')[1] ?? '';

/** The newest button of these kinds. A card that stands twice after a kill keeps its buttons; they are passed over. */
function findButton({ user, over }: Walk, kinds: RegExp): Found | undefined {
  for (const message of user.chat().toReversed()) {
    for (const button of message.buttons.flat()) {
      const data = button.callbackData ?? '';
      const isOver = /^(choose|agree):/.test(data) && over.has(orderIdIn(data));
      if (kinds.test(data) && !isOver) return { message, data };
    }
  }
  return undefined;
}

const hasEnded = (message: ChatMessage): boolean =>
  message.from === 'bot' && /^(😔|Cancelled)/.test(textOf(message));

/** Taps until it had its effect. @throws Error with the end of the chat when it never has */
async function tapUntil(walk: Walk, kinds: RegExp, isDone: () => boolean): Promise<void> {
  const { user, deadline } = walk;
  while (!isDone()) {
    if (Date.now() > deadline) throw lost(user, `nothing follows ${String(kinds)}`);
    const found = findButton(walk, kinds);
    if (found !== undefined) {
      // What the bot says to a tap is of no interest: the chat shows what it did.
      void user.press(found.message.id, found.data).answer;
    }
    await until(
      user,
      () => isDone() || (found === undefined && findButton(walk, kinds) !== undefined),
      NUDGE_MS,
    );
  }
}

function lost(user: SandboxUser, what: string): Error {
  const end = user.chat().slice(-5);
  return new Error(
    `person ${user.id}: ${what}; the chat ends with ${JSON.stringify(end, null, 1)}`,
  );
}

async function sendPhotos(user: SandboxUser, options: PersonOptions): Promise<void> {
  const [first, second] = options.photos;
  if (options.chance.is(SENDS_ALBUM)) {
    await user.sendAlbum([first, second]);
    return;
  }
  await user.sendPhoto(first);
  await user.sendPhoto(second);
}

/** The message that ends the present order, if there is one yet. */
function endOf({ user, before }: Walk): ChatMessage | undefined {
  return user.chat().findLast((m) => !before.has(m.id) && (isVideo(m) || hasEnded(m)));
}

/** A kill while an invoice is shown leaves a second copy of it: each is a way to pay. Newest first. */
function openInvoices({ user, before }: Walk): ChatMessage[] {
  return user
    .chat()
    .filter((m) => m.invoice?.paidCount === 0 && !before.has(m.id))
    .toReversed();
}

/** Is the present order asked to choose or to pay? Otherwise it is under way. */
function isWaitedFor(walk: Walk): boolean {
  return openInvoices(walk).length > 0 || findButton(walk, /^choose:/) !== undefined;
}

/** Pays until one payment went through. Ends as well when the order is over or takes credits instead. */
async function pay(walk: Walk): Promise<void> {
  const { user, options, deadline } = walk;
  const hasInvoice = () => openInvoices(walk).length > 0;
  for (let tries = 0; endOf(walk) === undefined; tries += 1) {
    if (Date.now() > deadline) throw lost(user, 'could not pay');
    const invoices = openInvoices(walk);
    const invoice = invoices[tries % Math.max(1, invoices.length)];
    if (invoice === undefined) {
      if (!isWaitedFor(walk)) return;
      const isOver = () => hasInvoice() || !isWaitedFor(walk) || endOf(walk) !== undefined;
      await tapUntil(walk, /^choose:/, isOver);
      continue;
    }
    const payments = options.chance.is(PAYS_TWICE) ? [invoice.id, invoice.id] : [invoice.id];
    const outcomes = await Promise.all(payments.map((id) => user.pay(id)));
    if (outcomes.some(({ status }) => status === 'paid')) return;
    await until(user, () => openInvoices(walk)[0]?.id !== invoice.id, 500);
  }
}

/** One order from its photos to its end. */
async function order(walk: Walk, isFirst: boolean, report: PersonReport): Promise<ChatMessage> {
  const { user, options, deadline } = walk;
  const again = isFirst ? undefined : findButton(walk, /^(again|retry):/);
  const isOffered = () => findButton(walk, /^(choose|agree):/) !== undefined;
  if (again === undefined) {
    await sendPhotos(user, options);
    await until(user, isOffered, deadline - Date.now());
  } else {
    await tapUntil(walk, /^(again|retry):/, isOffered);
  }
  const isOver = () => endOf(walk) !== undefined;
  if (findButton(walk, /^agree:/) !== undefined) {
    const isAgreed = () => findButton(walk, /^choose:/) !== undefined;
    await tapUntil(walk, /^agree:/, isAgreed);
  }
  const isAsked = () =>
    openInvoices(walk).length > 0 || findButton(walk, /^choose:/) === undefined || isOver();
  const variant = options.chance.is(0.5) ? 'standard' : 'premium';
  await tapUntil(walk, new RegExp(`^choose:.*:${variant}$`), isAsked);
  await pay(walk);
  report.paid += 1;
  if (options.chance.is(CANCELS)) user.sendText('/cancel');
  const isEnded = await until(user, isOver, deadline - Date.now());
  const end = endOf(walk);
  if (!isEnded || end === undefined) throw lost(user, 'neither a video nor a reason');
  return end;
}

/** Goes on until all orders of this person have ended. @throws Error when one of them never does */
export async function liveThroughStorm(
  user: SandboxUser,
  options: PersonOptions,
): Promise<PersonReport> {
  const report: PersonReport = { videos: 0, failures: 0, cancels: 0, paid: 0 };
  const before = new Set<number>();
  const over = new Set<string>();
  for (let index = 0; index < options.orders; index += 1) {
    const walk = { user, options, before, over, deadline: Date.now() + PATIENCE_MS };
    const end = await order(walk, index === 0, report);
    if (isVideo(end)) report.videos += 1;
    else if (textOf(end).startsWith('😔')) report.failures += 1;
    else report.cancels += 1;
    for (const message of user.chat()) {
      before.add(message.id);
      for (const { callbackData = '' } of message.buttons.flat()) over.add(orderIdIn(callbackData));
    }
    options.onOrderEnd();
  }
  return report;
}
