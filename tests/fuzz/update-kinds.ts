// Updates of every kind, each with what the bot owes for it.

import { type Chance, mutate, oddString } from './chance.js';
import { type Files, message, type Sender } from './messages.js';

export interface Case {
  update: { update_id: number } & Record<string, unknown>;
  personId: number;
  /** A sign of the bot in the private chat, an answered query, or nothing that could be told. */
  owes: 'sign' | 'callback' | 'nothing';
  /** Telegram could send this: nothing about it may be an error. */
  isProper: boolean;
}

/** What cases may refer to. */
export interface Surroundings {
  files: Files;
  orders: readonly { id: string; chatId: string }[];
  groupId: number;
}

const VERBS = ['agree', 'swap', 'keep', 'cancel', 'again', 'other', 'retry', 'video'];
const DATE = 1_800_000_000;

/** Data that this person's app was never given: of other people's orders, of nobody's, and none of ours at all. */
export function forgedData(chance: Chance, from: Sender, { orders }: Surroundings): string {
  const others = orders.filter(({ chatId }) => chatId !== String(from.id));
  const id = chance.is(0.8) && others.length > 0 ? chance.pick(others).id : 'abcdefghijklmnop';
  return chance.pick([
    () => `${chance.pick(VERBS)}:${id}`,
    () => `${chance.pick(VERBS)}:${id}`,
    () => `choose:${id}:${chance.pick(['premium', 'standard', 'gold', '__proto__'])}`,
    () => `choose:${id}:${chance.pick(['premium', 'standard'])}`,
    () => `replace:${id}:${chance.pick(['0', '1', '2', '3'])}`,
    () => `page:${chance.pick(['0', '5', '999999', '-1', '1e3'])}`,
    () => `language:${chance.pick(['en', 'es', 'xx', 'es-419', '__proto__', 'toString'])}`,
    () => 'start',
    () => oddString(chance, 64),
  ])();
}

function privateChat(from: Sender): object {
  const { id, first_name, username } = from;
  return { id, type: 'private', first_name, ...(username !== undefined && { username }) };
}

function callback(chance: Chance, from: Sender, around: Surroundings, updateId: number): object {
  const chat = privateChat(from);
  const shown = chance.pick<object>([
    { message: { message_id: 1, date: 0, chat } },
    { message: { message_id: chance.whole(1, 500), date: DATE, chat, text: 'x' } },
    { message: { message_id: 1, date: DATE, chat: { id: around.groupId, type: 'supergroup' } } },
  ]);
  const data = forgedData(chance, from, around);
  return {
    id: `fuzz${updateId}`,
    from,
    chat_instance: '1',
    ...shown,
    ...(chance.is(0.9) ? { data } : { game_short_name: oddString(chance, 30) }),
  };
}

function member(chance: Chance, from: Sender, groupId: number): object {
  const user = { id: 700_000_001, is_bot: true, first_name: 'Hug' };
  const state = () => ({
    status: chance.pick(['member', 'kicked', 'left', 'restricted', 'administrator', 'creator']),
    user,
  });
  const chat = chance.is(0.7) ? privateChat(from) : { id: groupId, type: 'supergroup', title: 'G' };
  return { chat, from, date: DATE, old_chat_member: state(), new_chat_member: state() };
}

/** Kinds that the bot did not ask for: they come all the same when a list of kinds is old. */
function unasked(chance: Chance, from: Sender, around: Surroundings, messageId: number): object {
  const chat = privateChat(from);
  const channel = { id: -1_001_234, type: 'channel', title: oddString(chance, 60) };
  const inChannel = () => {
    const { from: _author, ...post } = message(chance, around.files, {
      from,
      chat: channel,
      messageId,
    });
    return { ...post, sender_chat: channel };
  };
  const inChat = () => message(chance, around.files, { from, chat, messageId });
  const words = () => oddString(chance, 200);
  return chance.pick<() => object>([
    () => ({ edited_message: { ...inChat(), edit_date: DATE } }),
    () => ({ edited_message: { ...inChat(), edit_date: DATE } }),
    () => ({ channel_post: inChannel() }),
    () => ({ edited_channel_post: inChannel() }),
    () => ({ business_connection: { id: '1', user: from, user_chat_id: 1, date: DATE } }),
    () => ({ business_message: { ...inChat(), business_connection_id: '1' } }),
    () => ({ edited_business_message: inChat() }),
    () => ({ deleted_business_messages: { business_connection_id: '1', chat, message_ids: [1] } }),
    () => ({ message_reaction: { chat, message_id: 1, user: from, date: DATE, new_reaction: [] } }),
    () => ({ message_reaction_count: { chat: channel, message_id: 1, date: DATE, reactions: [] } }),
    () => ({ inline_query: { id: '1', from, query: words(), offset: words() } }),
    () => ({ chosen_inline_result: { result_id: '1', from, query: words() } }),
    () => ({ poll: { id: '1', question: words(), options: [], is_closed: true } }),
    () => ({ poll_answer: { poll_id: '1', user: from, option_ids: [0] } }),
    () => ({ chat_member: member(chance, from, around.groupId) }),
    () => ({ chat_join_request: { chat: channel, from, user_chat_id: 1, date: DATE } }),
    () => ({ chat_boost: { chat: channel, boost: { boost_id: '1' } } }),
    () => ({ removed_chat_boost: { chat: channel, boost_id: '1' } }),
    () => ({ something_of_next_year: { from, chat } }),
    () => ({}),
  ])();
}

/** What Telegram tells of a payment, for things that nobody sold. */
function payment(chance: Chance, { orders }: Surroundings, updateId: number) {
  const order = orders.length > 0 ? chance.pick(orders).id : 'abcdefghijklmnop';
  return {
    currency: chance.pick(['XTR', 'XTR', 'USD', 'JPY', 'ZZZ']),
    total_amount: chance.pick([0, 1, 150, 250, 2 ** 31 - 1]),
    invoice_payload: chance.pick([order, 'abcdefghijklmnop', oddString(chance, 32), ' ']),
    telegram_payment_charge_id: `charge-${chance.is(0.9) ? updateId : 1}`,
    provider_payment_charge_id: '',
  };
}

/** Questions before a payment, receipts and refunds, of invoices that are not theirs or not ours. */
function aboutMoney(
  chance: Chance,
  from: Sender,
  around: Surroundings,
  ids: { updateId: number; messageId: number },
): Omit<Case, 'personId'> {
  const { updateId, messageId } = ids;
  const about = { update_id: updateId };
  const paid = payment(chance, around, updateId);
  if (chance.is(0.5)) {
    const { currency, total_amount, invoice_payload } = paid;
    const asked = { currency, total_amount, invoice_payload };
    const pre_checkout_query = { id: `fuzz${updateId}`, from, ...asked };
    return { owes: 'callback', isProper: true, update: { ...about, pre_checkout_query } };
  }
  const told = chance.is(0.7) ? { successful_payment: paid } : { refunded_payment: paid };
  const message = { message_id: messageId, date: DATE, chat: privateChat(from), from, ...told };
  return { owes: 'nothing', isProper: true, update: { ...about, message } };
}

/** One case for this person, of a kind that chance picks. */
export function createCase(
  chance: Chance,
  from: Sender,
  around: Surroundings,
  ids: { updateId: number; messageId: number },
): Case {
  const { updateId, messageId } = ids;
  const about = { update_id: updateId };
  const base = { personId: from.id, isProper: true };
  const kind = chance.next();
  const inChat = () => message(chance, around.files, { from, chat: privateChat(from), messageId });
  if (kind < 0.5) return { ...base, owes: 'sign', update: { ...about, message: inChat() } };
  if (kind < 0.65) {
    const callback_query = callback(chance, from, around, updateId);
    return { ...base, owes: 'callback', update: { ...about, callback_query } };
  }
  if (kind < 0.68) {
    const my_chat_member = member(chance, from, around.groupId);
    return { ...base, owes: 'nothing', update: { ...about, my_chat_member } };
  }
  if (kind < 0.72) {
    const chat = { id: around.groupId, type: 'supergroup', title: oddString(chance, 60) };
    const inGroup = message(chance, around.files, { from, chat, messageId });
    return { ...base, owes: 'nothing', update: { ...about, message: inGroup } };
  }
  if (kind < 0.76) return { ...aboutMoney(chance, from, around, ids), personId: from.id };
  if (kind < 0.8) {
    const update = { ...about, ...unasked(chance, from, around, messageId) };
    return { ...base, owes: 'nothing', update };
  }
  const whole = chance.pick<object>([
    { message: inChat() },
    { callback_query: callback(chance, from, around, updateId) },
    { my_chat_member: member(chance, from, around.groupId) },
    unasked(chance, from, around, messageId),
  ]);
  const update = { ...about, ...mutate(chance, whole) };
  return { personId: from.id, isProper: false, owes: 'nothing', update };
}
