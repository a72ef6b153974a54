// What Telegram saw: payments and the calls of the bot.

import { callList, foldCalls } from './call-list.js';
import { h } from './dom.js';
import { createPaymentsPanel } from './payments-panel.js';

function describeCall({ method, ok, error, summary, notes }) {
  return {
    name: method,
    result: ok ? 'ok' : 'refused',
    kind: ok ? 'good' : 'bad',
    detail: [error ?? '', ...notes, summary].filter((part) => part !== '').join('\n'),
  };
}

/** @returns {{ element: HTMLElement, show: (part: any) => void }} */
export function createTelegramPanel() {
  const payments = createPaymentsPanel();
  const calls = callList('Telegram was not called yet.');
  return {
    element: h(
      'div',
      {},
      ...payments.elements,
      h(
        'section',
        { class: 'card' },
        h('h3', { text: 'Calls of the bot' }),
        h('p', {
          class: 'about',
          text: 'The endless asking for updates is left out while it works.',
        }),
        calls.element,
      ),
    ),
    show: (part) => {
      payments.show(part);
      calls.show(foldCalls(part.calls, describeCall));
    },
  };
}
