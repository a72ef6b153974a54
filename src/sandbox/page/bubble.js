// One bubble: an album or a single message, its text, its time and its buttons. Each part is drawn anew only when it
// changed, so that a video goes on playing while its caption is edited.

import { h, icon, timeOfDay } from './dom.js';
import { readMedia, renderMedia } from './media.js';
import { isServiceMessage, serviceText } from './service-line.js';
import { renderWords } from './words.js';

/**
 * Messages as bubbles: those of one album together.
 * @param {any[]} messages
 * @returns {any[][]}
 */
export function groupMessages(messages) {
  const groups = [];
  for (const message of messages) {
    const last = groups.at(-1);
    const album = message.mediaGroupId;
    if (album !== undefined && last?.[0].mediaGroupId === album) last.push(message);
    else groups.push([message]);
  }
  return groups;
}

/**
 * What a screen reader hears of a new message.
 * @param {any} message
 */
export function describe(message) {
  if (isServiceMessage(message)) return serviceText(message);
  const { invoice } = message;
  const media = readMedia(message).map(({ kind }) => (kind === 'animation' ? 'video' : kind));
  const buttons = message.buttons.flat().map(({ text }) => text);
  return [
    message.from === 'bot' ? 'NEXORA Hug:' : 'You:',
    ...media,
    message.text ?? message.caption ?? '',
    invoice === undefined ? '' : `Invoice: ${invoice.title}, ${invoice.price}`,
    buttons.length > 0 ? `Buttons: ${buttons.join(', ')}` : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function isOpening(button) {
  return button.callbackData === undefined;
}

function renderInvoice(invoice) {
  if (invoice === null) return [];
  return [
    h('span', { class: 'invoice-kind', text: 'Invoice' }),
    h('strong', { class: 'invoice-title', text: invoice.title }),
    h('p', { class: 'about', text: invoice.description }),
    h('span', { class: 'invoice-price', text: invoice.price }),
  ];
}

function renderPayButton({ text }, { id, invoice }, open) {
  const isPaid = invoice.paidCount > 0;
  return h('button', {
    type: 'button',
    class: 'key pay',
    disabled: isPaid,
    text: isPaid ? '✓ Paid' : text,
    onclick: () => open.pay(id, invoice),
  });
}

function renderButton(button, messageId, open) {
  const element = h(
    'button',
    { type: 'button', class: 'key', title: button.text },
    h('span', { class: 'key-text', text: button.text }),
    isOpening(button) && icon('link'),
  );
  element.addEventListener('click', () => {
    if (isOpening(button)) {
      open.button(button);
      return;
    }
    if (element.getAttribute('aria-busy') === 'true') return;
    element.setAttribute('aria-busy', 'true');
    void open
      .press(messageId, button.callbackData)
      .finally(() => element.removeAttribute('aria-busy'));
  });
  return element;
}

function renderKeys({ rows, ...message }, open) {
  const render = (button) =>
    button.pay ? renderPayButton(button, message, open) : renderButton(button, message.id, open);
  return rows
    .filter((row) => row.length > 0)
    .map((row) => h('div', { class: 'key-row' }, ...row.map(render)));
}

function renderMeta({ date, isEdited }) {
  const at = new Date(date);
  return h(
    'span',
    { class: 'meta' },
    isEdited && h('span', { text: 'edited ' }),
    h('time', { datetime: at.toISOString(), text: timeOfDay(date) }),
  );
}

function readParts(group) {
  const worded = group.find((one) => (one.text ?? one.caption) !== undefined) ?? group[0];
  const last = group.at(-1);
  return {
    media: group.flatMap(readMedia),
    words: {
      text: worded.text ?? worded.caption ?? '',
      entities: worded.entities ?? [],
      date: last.date,
      isEdited: group.some(({ editDate }) => editDate !== undefined),
    },
    invoice: last.invoice ?? null,
    keys: { id: last.id, rows: last.buttons, invoice: last.invoice ?? null },
  };
}

/**
 * The element of one group of messages.
 * @param {{
 *   press: (messageId: number, data: string) => Promise<void>,
 *   pay: (messageId: number, invoice: any) => void,
 *   button: (button: any) => void,
 *   command: (command: string) => void,
 *   link: (url: string) => void,
 * }} open what a press does
 * @returns {{ element: HTMLElement, draw: (group: any[]) => boolean }} `draw` tells whether anything changed
 */
export function createBubble(open) {
  const media = h('div', { class: 'media' });
  const invoice = h('div', { class: 'invoice' });
  const words = h('div', { class: 'words' });
  const keys = h('div', { class: 'keys' });
  const bubble = h('div', { class: 'bubble' }, media, invoice, words);
  const element = h('li', { class: 'unit' }, bubble, keys);
  const drawn = {};

  const drawPart = (name, part, place, render) => {
    const key = JSON.stringify(part);
    if (drawn[name] === key) return false;
    drawn[name] = key;
    place.replaceChildren(...render(part));
    return true;
  };

  const draw = (group) => {
    const parts = readParts(group);
    const hasText = parts.words.text !== '';
    const isFramed = parts.media.some(({ kind }) => kind !== 'document' && kind !== 'voice');
    element.classList.toggle('from-bot', group[0].from === 'bot');
    element.classList.toggle('from-user', group[0].from === 'user');
    element.classList.toggle('for-invoice', parts.invoice !== null);
    bubble.classList.toggle('framed', isFramed);
    bubble.classList.toggle('textless', !hasText);
    bubble.classList.toggle('wordless', !hasText && isFramed);
    element.dataset.messageId = String(group[0].id);
    const changes = [
      drawPart('media', parts.media, media, renderMedia),
      drawPart('invoice', parts.invoice, invoice, renderInvoice),
      drawPart('words', parts.words, words, (part) => [
        ...renderWords(part.text, part.entities, open),
        renderMeta(part),
      ]),
      drawPart('keys', parts.keys, keys, (part) => renderKeys(part, open)),
    ];
    return changes.includes(true);
  };

  return { element, draw };
}
