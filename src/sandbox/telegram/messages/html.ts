// The HTML of the Bot API: a few tags that become entities of a plain text, anything else refused.

import type { MessageEntity } from 'grammy/types';
import { badRequest } from '../errors.js';

export interface FormattedText {
  text: string;
  entities: MessageEntity[];
}

type Attributes = Map<string, string>;

interface OpenTag {
  tag: string;
  /** Offset in the plain text, in UTF-16 units. */
  start: number;
  attributes: Attributes;
  /** Offset in the source, in bytes: Telegram names places so. */
  at: number;
}

type Simple = 'bold' | 'italic' | 'underline' | 'strikethrough' | 'spoiler' | 'code';

const SIMPLE_TAGS: Record<string, Simple> = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  u: 'underline',
  ins: 'underline',
  s: 'strikethrough',
  strike: 'strikethrough',
  del: 'strikethrough',
  'tg-spoiler': 'spoiler',
  span: 'spoiler',
  code: 'code',
};

const OTHER_TAGS = ['a', 'pre', 'blockquote', 'tg-emoji', 'tg-time'];

const NAMED: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"' };

/** Unknown names stay as they are written. */
function unescape(text: string): string {
  return text.replace(/&(#x[0-9a-f]+|#\d+|[a-z]+);/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return NAMED[name] ?? whole;
    const isHex = name.startsWith('#x') || name.startsWith('#X');
    const code = isHex ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

function readAttributes(source: string): Attributes {
  const attributes: Attributes = new Map();
  const pattern = /([a-z][\w-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/gi;
  for (const [, name, double, single, bare] of source.matchAll(pattern)) {
    attributes.set((name ?? '').toLowerCase(), unescape(double ?? single ?? bare ?? ''));
  }
  return attributes;
}

function refuse(reason: string): never {
  throw badRequest(`can't parse entities: ${reason}`);
}

/** A link without a usable address is left out, as Telegram does. */
function toLink(place: { offset: number; length: number }, text: string, href: string) {
  const url = href === '' ? text : href;
  return /^(https?|tg|ton|mailto|tel):/i.test(url) || /^[\w-]+\.[a-z]{2,}/i.test(url)
    ? { ...place, type: 'text_link' as const, url }
    : null;
}

function toEntity(open: OpenTag, text: string): MessageEntity | null {
  const place = { offset: open.start, length: text.length - open.start };
  if (place.length === 0) return null;
  const simple = SIMPLE_TAGS[open.tag];
  if (simple !== undefined) return { ...place, type: simple };
  const { attributes } = open;
  switch (open.tag) {
    case 'a':
      return toLink(place, text.slice(open.start), attributes.get('href') ?? '');
    case 'pre':
      return { ...place, type: 'pre' };
    case 'blockquote':
      return {
        ...place,
        type: attributes.has('expandable') ? 'expandable_blockquote' : 'blockquote',
      };
    case 'tg-emoji':
      return { ...place, type: 'custom_emoji', custom_emoji_id: attributes.get('emoji-id') ?? '' };
    default:
      return {
        ...place,
        type: 'date_time',
        unix_time: Number(attributes.get('unix')),
        date_time_format: (attributes.get('format') ?? '') as 'r',
      };
  }
}

function checkTag(open: OpenTag): void {
  const isKnown = open.tag in SIMPLE_TAGS || OTHER_TAGS.includes(open.tag);
  if (!isKnown) refuse(`Unsupported start tag "${open.tag}" at byte offset ${open.at}`);
  if (open.tag === 'span' && open.attributes.get('class') !== 'tg-spoiler') {
    refuse(`Tag "span" must have class "tg-spoiler" at byte offset ${open.at}`);
  }
}

/** `<pre><code class="language-x">` is one block with a language. */
function mergeCode(entities: MessageEntity[], open: OpenTag, entity: MessageEntity): boolean {
  if (open.tag !== 'pre') return false;
  const inner = entities.at(-1);
  const isWhole = inner?.offset === entity.offset && inner.length === entity.length;
  if (!isWhole || inner.type !== 'code') return false;
  entities.pop();
  const language = languageOf.get(inner);
  const block = { type: 'pre' as const, offset: entity.offset, length: entity.length };
  entities.push(language === undefined ? block : { ...block, language });
  return true;
}

/** The class of a `<code>`, until its `<pre>` closes. */
const languageOf = new WeakMap<MessageEntity, string>();

function close(open: OpenTag, text: string, entities: MessageEntity[]): void {
  const entity = toEntity(open, text);
  if (entity === null || mergeCode(entities, open, entity)) return;
  const language = /^language-(.+)$/.exec(open.attributes.get('class') ?? '')?.[1];
  if (open.tag === 'code' && language !== undefined) languageOf.set(entity, language);
  entities.push(entity);
}

/**
 * Plain text and entities of a text in Telegram's HTML.
 * @throws TelegramError 400 "can't parse entities: …" for an unknown, unclosed or crossed tag
 */
export function parseHtml(source: string): FormattedText {
  const entities: MessageEntity[] = [];
  const stack: OpenTag[] = [];
  let text = '';
  let position = 0;
  const byteOffset = (index: number) => Buffer.byteLength(source.slice(0, index));

  for (const match of source.matchAll(/<(\/?)([a-z][a-z0-9-]*)?([^<>]*)(>?)/gi)) {
    const [whole, slash, name = '', rest = '', end] = match;
    const at = byteOffset(match.index);
    text += unescape(source.slice(position, match.index));
    position = match.index + whole.length;
    const tag = name.toLowerCase();
    if (end === '') refuse(`Unclosed start tag at byte offset ${at}`);
    if (slash === '') {
      const open = { tag, start: text.length, attributes: readAttributes(rest), at };
      checkTag(open);
      stack.push(open);
      continue;
    }
    const open = stack.pop();
    if (open === undefined) refuse(`Unexpected end tag at byte offset ${at}`);
    if (tag !== '' && open.tag !== tag) {
      refuse(
        `Unmatched end tag at byte offset ${at}, expected "</${open.tag}>", found "</${tag}>"`,
      );
    }
    close(open, text, entities);
  }
  text += unescape(source.slice(position));
  const unclosed = stack.at(-1);
  if (unclosed !== undefined) {
    refuse(`Can't find end tag corresponding to start tag "${unclosed.tag}"`);
  }
  return { text, entities };
}
