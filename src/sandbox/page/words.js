// The text of a message with what Telegram finds or is told in it: links, commands, marks.

import { h } from './dom.js';

const TAG_OF_MARK = {
  bold: 'strong',
  italic: 'em',
  underline: 'u',
  strikethrough: 's',
  code: 'code',
  pre: 'code',
  blockquote: 'q',
  expandable_blockquote: 'q',
};

function wrap(node, entity, words, open) {
  const tag = TAG_OF_MARK[entity.type];
  if (tag !== undefined) return h(tag, {}, node);
  switch (entity.type) {
    case 'bot_command':
      return h(
        'button',
        { type: 'button', class: 'link', onclick: () => open.command(words) },
        node,
      );
    case 'url':
      return h('button', { type: 'button', class: 'link', onclick: () => open.link(words) }, node);
    case 'text_link':
      return h(
        'button',
        { type: 'button', class: 'link', onclick: () => open.link(entity.url) },
        node,
      );
    case 'spoiler':
      return h('span', { class: 'spoiler', tabindex: '0' }, node);
    default:
      return h('span', { class: 'found' }, node);
  }
}

/**
 * The nodes of a text.
 * @param {string} text
 * @param {{ type: string, offset: number, length: number, url?: string }[]} entities in UTF-16 units, outer first
 * @param {{ command: (command: string) => void, link: (url: string) => void }} open
 * @returns {Node[]}
 */
export function renderWords(text, entities, open) {
  const edges = entities.flatMap(({ offset, length }) => [offset, offset + length]);
  const cuts = [...new Set([0, ...edges, text.length])].sort((a, b) => a - b);
  return cuts.slice(0, -1).map((start, index) => {
    const end = cuts[index + 1];
    const around = entities.filter((one) => one.offset <= start && one.offset + one.length >= end);
    return around.reduceRight(
      (node, one) => wrap(node, one, text.slice(one.offset, one.offset + one.length), open),
      document.createTextNode(text.slice(start, end)),
    );
  });
}
