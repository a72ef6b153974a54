// The text of a message: formatting, what Telegram finds in it by itself, and how long it may be.

import type { MessageEntity } from 'grammy/types';
import { badRequest } from '../errors.js';
import { type FormattedText, parseHtml } from './html.js';

const MAX_TEXT = 4096;
const MAX_CAPTION = 1024;

/** Found in any text, in this order; what overlaps something found earlier is left out. */
const FOUND: readonly (readonly [
  'bot_command' | 'url' | 'email' | 'mention' | 'hashtag',
  RegExp,
])[] = [
  ['url', /\bhttps?:\/\/[^\s<>"]+[^\s<>".,!?:;)]/giu],
  ['email', /\b[\w.+-]+@[\w-]+\.[a-z]{2,}\b/giu],
  ['bot_command', /(?<![\w/])\/[a-z0-9_]{1,64}(?:@[a-z][a-z0-9_]{3,31})?(?![\w/])/giu],
  ['mention', /(?<![\w@])@[a-z][a-z0-9_]{3,31}\b/giu],
  ['hashtag', /(?<![\p{L}\p{N}_#])#[\p{L}_][\p{L}\p{N}_]*/giu],
];

interface Place {
  offset: number;
  length: number;
}

function overlaps(one: Place, other: Place): boolean {
  return one.offset < other.offset + other.length && other.offset < one.offset + one.length;
}

/** Outer before inner, left before right. */
function sortEntities(entities: MessageEntity[]): MessageEntity[] {
  return entities.sort((a, b) => a.offset - b.offset || b.length - a.length);
}

/** Adds commands, links, mentions and the like to what the sender marked. */
function addFoundEntities({ text, entities }: FormattedText): FormattedText {
  const all = [...entities];
  const isClosed = (entity: MessageEntity) =>
    ['code', 'pre', 'text_link', 'url', 'email', 'bot_command', 'mention'].includes(entity.type);
  for (const [type, pattern] of FOUND) {
    for (const match of text.matchAll(pattern)) {
      const place = { offset: match.index, length: match[0].length };
      if (!all.some((entity) => isClosed(entity) && overlaps(entity, place))) {
        all.push({ type, ...place });
      }
    }
  }
  return { text, entities: sortEntities(all) };
}

/** White space at both ends goes; entities keep what is left of them. */
function trim({ text, entities }: FormattedText): FormattedText {
  const trimmed = text.trim();
  const cut = text.length - text.trimStart().length;
  const kept = entities.flatMap((entity) => {
    const start = Math.max(entity.offset - cut, 0);
    const end = Math.min(entity.offset + entity.length - cut, trimmed.length);
    return end > start ? [{ ...entity, offset: start, length: end - start }] : [];
  });
  return { text: trimmed, entities: kept };
}

export interface TextInput {
  text?: string;
  parse_mode?: string;
  entities?: MessageEntity[];
}

/**
 * Text and entities as they appear in the chat. Explicit entities count only without a parse mode.
 * @throws TelegramError 400 when the markup cannot be read
 */
function format({ text = '', parse_mode, entities }: TextInput): FormattedText {
  if (parse_mode !== undefined && parse_mode !== 'HTML') {
    throw badRequest(`the stand-in reads HTML only, not parse_mode ${parse_mode}`);
  }
  const formatted =
    parse_mode === 'HTML' ? parseHtml(text) : { text, entities: structuredClone(entities ?? []) };
  return addFoundEntities(trim(formatted));
}

/** Telegram counts code points. */
export function countCharacters(text: string): number {
  return Array.from(text).length;
}

/** @throws TelegramError 400 for a text that is empty or too long once its markup is gone */
export function formatMessageText(input: TextInput): { text: string; entities?: MessageEntity[] } {
  const { text, entities } = format(input);
  if (text === '') throw badRequest('message text is empty');
  if (countCharacters(text) > MAX_TEXT) throw badRequest('message is too long');
  return entities.length > 0 ? { text, entities } : { text };
}

/** @throws TelegramError 400 for a caption that is too long once its markup is gone */
export function formatCaption(input: TextInput): {
  caption?: string;
  caption_entities?: MessageEntity[];
} {
  const { text, entities } = format(input);
  if (text === '') return {};
  if (countCharacters(text) > MAX_CAPTION) throw badRequest('message caption is too long');
  return entities.length > 0 ? { caption: text, caption_entities: entities } : { caption: text };
}

/** What a person types: no markup, but commands and links are found. */
export function readPlainText(text: string): { text: string; entities?: MessageEntity[] } {
  const { entities } = addFoundEntities({ text, entities: [] });
  return entities.length > 0 ? { text, entities } : { text };
}

export function readPlainCaption(text: string): {
  caption: string;
  caption_entities?: MessageEntity[];
} {
  const { text: caption, entities } = readPlainText(text);
  return entities === undefined ? { caption } : { caption, caption_entities: entities };
}
