// Messages of every kind that the Bot API knows, as odd as it allows.

import type { Chance } from './chance.js';
import { oddString } from './chance.js';

/** What messages may refer to: files that the stand-in has, by what the bot makes of them. */
export interface Files {
  photos: readonly string[];
  /** Documents that are whole pictures, and some that are not. */
  documents: readonly string[];
}

export interface Sender {
  id: number;
  is_bot: boolean;
  first_name: string;
  last_name?: string;
  username?: string;
  language_code?: string;
}

const DATE = 1_800_000_000;
const COMMANDS = [
  ...['start', 'hug', 'videos', 'price', 'language', 'help', 'cancel', 'terms', 'privacy'],
  ...['credits', 'settings', 'START', 'hug_me', 'x'.repeat(32)],
];
const ADMIN_WORDS = ['balance', 'show', 'grant', 'revoke', 'me', '1', '-5', '1e9', 'telegram:9001'];

function file(chance: Chance, fileId: string) {
  return {
    file_id: fileId,
    file_unique_id: oddString(chance, 30),
    ...(chance.is(0.5) && { file_size: chance.pick([0, 1, 500, 30_000_000, 2 ** 40]) }),
  };
}

function photoSizes(chance: Chance, fileId: string) {
  const size = (id: string) => ({
    ...file(chance, id),
    width: chance.pick([0, 1, 90, 100_000]),
    height: chance.pick([0, 1, 90, 100_000]),
  });
  const smaller = Array.from({ length: chance.whole(0, 3) }, () => size(oddString(chance, 60)));
  return [...smaller, size(fileId)];
}

/** A command as an app sends it, with whatever behind it. */
function command(chance: Chance) {
  const name = `/${chance.pick(COMMANDS)}${chance.is(0.1) ? '@nexora_hug_sandbox_bot' : ''}`;
  const words = Array.from({ length: chance.whole(0, 4) }, () =>
    chance.is(0.5) ? chance.pick(ADMIN_WORDS) : oddString(chance, chance.pick([10, 60, 3_900])),
  );
  const text = [name, ...words]
    .join(' ')
    .slice(0, 4_000)
    .replace(/[\ud800-\udbff]$/, '');
  return { text, entities: [{ type: 'bot_command', offset: 0, length: name.length }] };
}

function text(chance: Chance) {
  const content = oddString(chance);
  if (chance.is(0.6)) return { text: content };
  const kinds = ['url', 'mention', 'bot_command', 'custom_emoji', 'blockquote', 'text_link', 'odd'];
  const entity = () => ({
    type: chance.pick(kinds),
    offset: chance.pick([0, 1, 4_000]),
    length: chance.pick([0, 1, 5, 9_999]),
  });
  return { text: content, entities: [entity(), entity()] };
}

function document(chance: Chance, files: Files) {
  const id = chance.is(0.7) ? chance.pick(files.documents) : oddString(chance, 80);
  const types = ['image/jpeg', 'application/pdf', 'video/mp4', 'image/heic', oddString(chance, 30)];
  return {
    document: {
      ...file(chance, id),
      ...(chance.is(0.7) && { mime_type: chance.pick(types) }),
      ...(chance.is(0.7) && { file_name: oddString(chance, 200) }),
    },
  };
}

/** Everything that is shown and is no photo: media, places, games, what the app itself says. */
function otherContent(chance: Chance, from: Sender): object {
  const media = () => ({
    ...file(chance, oddString(chance, 60)),
    width: 1,
    height: 1,
    duration: 0,
  });
  const words = () => oddString(chance, 100);
  const place = { latitude: chance.next() * 180 - 90, longitude: 200 };
  const option = { persistent_id: '1', text: words(), voter_count: 0 };
  const poll = { id: '1', question: words(), options: [option], total_voter_count: 0 };
  return chance.pick<() => object>([
    () => ({ animation: media(), document: media() }),
    () => ({ video: media() }),
    () => ({ video_note: { ...media(), length: 1 } }),
    () => ({ voice: media() }),
    () => ({ audio: { ...media(), title: words() } }),
    () => ({ sticker: { ...media(), type: 'regular', is_animated: true, is_video: false } }),
    () => ({ story: { chat: { id: from.id, type: 'private' }, id: 1 } }),
    () => ({ paid_media: { star_count: 1, paid_media: [{ type: 'preview' }] } }),
    () => ({ contact: { phone_number: words(), first_name: words() } }),
    () => ({ dice: { emoji: '🎲', value: 6 } }),
    () => ({ game: { title: words(), description: words(), photo: photoSizes(chance, 'x') } }),
    () => ({ poll: { ...poll, type: 'quiz', is_closed: false, is_anonymous: true } }),
    () => ({ venue: { location: place, title: words(), address: words() }, location: place }),
    () => ({ location: { ...place, live_period: 60, heading: 1 } }),
    () => ({ checklist: { title: words(), tasks: [{ id: 1, text: words() }] } }),
    () => ({ invoice: { title: words(), description: '', currency: 'XTR', total_amount: 1 } }),
    () => ({ new_chat_members: [from] }),
    () => ({ left_chat_member: from }),
    () => ({ new_chat_title: words() }),
    () => ({ new_chat_photo: photoSizes(chance, 'x') }),
    () => ({ delete_chat_photo: true }),
    () => ({ message_auto_delete_timer_changed: { message_auto_delete_time: 86_400 } }),
    () => ({ pinned_message: { message_id: 1, date: 0, chat: { id: from.id, type: 'private' } } }),
    () => ({ users_shared: { request_id: 1, users: [{ user_id: 1 }] } }),
    () => ({ chat_shared: { request_id: 1, chat_id: -1 } }),
    () => ({ connected_website: words() }),
    () => ({ write_access_allowed: { from_request: true } }),
    () => ({ passport_data: { data: [], credentials: { data: '', hash: '', secret: '' } } }),
    () => ({ web_app_data: { data: words(), button_text: words() } }),
    () => ({ proximity_alert_triggered: { traveler: from, watcher: from, distance: 1 } }),
    () => ({ boost_added: { boost_count: 1 } }),
    () => ({ giveaway: { chats: [], winners_selection_date: 1, winner_count: 1 } }),
    () => ({ video_chat_ended: { duration: 1 } }),
    () => ({ gift: { gift: { id: '1', star_count: 15 } } }),
    () => ({ something_of_next_year: { id: words() } }),
    () => ({}),
  ])();
}

function origin(chance: Chance, from: Sender): object {
  const chat = { id: -100_1, type: 'channel', title: oddString(chance, 60) };
  return chance.pick([
    { type: 'user', date: DATE, sender_user: from },
    { type: 'hidden_user', date: DATE, sender_user_name: oddString(chance, 60) },
    { type: 'chat', date: DATE, sender_chat: chat },
    { type: 'channel', date: DATE, chat, message_id: 1 },
  ]);
}

/** What may stand beside any content. */
function beside(chance: Chance, from: Sender, chat: object): object {
  return {
    ...(chance.is(0.3) && { caption: oddString(chance, 1_024) }),
    ...(chance.is(0.15) && { forward_origin: origin(chance, from) }),
    ...(chance.is(0.1) && { media_group_id: chance.pick(['a', 'b', oddString(chance, 20)]) }),
    ...(chance.is(0.1) && {
      reply_to_message: { message_id: 1, date: 0, chat, from, text: oddString(chance, 200) },
    }),
    ...(chance.is(0.05) && { via_bot: { id: 5, is_bot: true, first_name: 'Via' } }),
    ...(chance.is(0.05) && { edit_date: DATE, has_protected_content: true }),
    ...(chance.is(0.05) && { quote: { text: oddString(chance, 100), position: 99 } }),
    ...(chance.is(0.05) && { message_thread_id: 1, effect_id: '1' }),
  };
}

export function content(chance: Chance, files: Files, from: Sender): object {
  const kind = chance.next();
  if (kind < 0.25) return command(chance);
  if (kind < 0.5) return text(chance);
  if (kind < 0.55) return document(chance, files);
  if (kind < 0.58) return { photo: photoSizes(chance, chance.pick(files.photos)) };
  if (kind < 0.62) return { photo: photoSizes(chance, oddString(chance, 80)) };
  if (kind < 0.63) return { photo: [] };
  return otherContent(chance, from);
}

/** A message of this person in this chat; `messageId` grows. */
export function message(
  chance: Chance,
  files: Files,
  about: { from: Sender; chat: object; messageId: number },
): Record<string, unknown> {
  const { from, chat, messageId } = about;
  return {
    message_id: messageId,
    date: DATE,
    from,
    chat,
    ...content(chance, files, from),
    ...beside(chance, from, chat),
  };
}
