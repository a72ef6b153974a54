// A line in the middle of the chat, such as a payment that was made: no bubble of anybody.

import { h } from './dom.js';

/**
 * @param {any} message
 * @returns {boolean}
 */
export function isServiceMessage(message) {
  return message.payment !== undefined || message.refund !== undefined;
}

/**
 * What such a line says.
 * @param {any} message
 */
export function serviceText({ payment, refund }) {
  const { price, title } = payment ?? refund;
  const what = title === '' ? price : `${price} for ${title}`;
  return payment === undefined ? `${what} were returned` : `You paid ${what}`;
}

/** @returns {{ element: HTMLElement, draw: (group: any[]) => boolean }} as a bubble */
export function createServiceLine() {
  const words = h('span', {});
  const element = h('li', { class: 'service' }, words);
  return {
    element,
    draw: ([message]) => {
      const text = serviceText(message);
      if (words.textContent === text) return false;
      words.textContent = text;
      element.dataset.kind = message.payment === undefined ? 'refund' : 'payment';
      element.dataset.messageId = String(message.id);
      return true;
    },
  };
}
