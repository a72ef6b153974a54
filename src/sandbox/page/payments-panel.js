// What was paid at Telegram: the bot's Stars and every payment, with a way to give Stars back without the bot.

import { act } from './api.js';
import { toastError } from './dialogs.js';
import { h, timeOfDay } from './dom.js';

function refundButton(chargeId) {
  return h('button', {
    type: 'button',
    class: 'secondary',
    text: 'Refund from outside',
    title: 'As if Telegram gave the Stars back without the bot having asked',
    onclick: (event) => {
      event.target.disabled = true;
      act('refund', { chargeId }).catch((error) => {
        event.target.disabled = false;
        toastError(error);
      });
    },
  });
}

function paymentLine({ chargeId, payload, title, payer, price, isStars, at, refundedAt }) {
  const isBack = refundedAt !== null;
  const facts = [
    ['charge', chargeId],
    ['checkout', payload],
    ['paid by', payer],
    ...(isBack ? [['returned', timeOfDay(refundedAt, true)]] : []),
  ];
  return h(
    'details',
    { class: 'payment', 'data-key': chargeId },
    h(
      'summary',
      {},
      h('span', { class: 'call-time', text: timeOfDay(at, true) }),
      h('span', { class: 'call-name', text: `${price} · ${title}` }),
      h('span', { class: `badge ${isBack ? 'busy' : 'good'}`, text: isBack ? 'returned' : 'paid' }),
    ),
    h(
      'dl',
      { class: 'facts' },
      ...facts.flatMap(([term, text]) => [h('dt', { text: term }), h('dd', { text })]),
    ),
    isStars && !isBack && refundButton(chargeId),
  );
}

/** @returns {{ elements: HTMLElement[], show: (part: any) => void }} */
export function createPaymentsPanel() {
  const balance = h('strong', {});
  const payments = h('div', { class: 'lines' });
  let drawn = '';
  return {
    elements: [
      h('section', { class: 'card balance' }, h('h3', { text: 'Stars of the bot' }), balance),
      h('section', { class: 'card' }, h('h3', { text: 'Payments' }), payments),
    ],
    show: (part) => {
      balance.textContent = `⭐ ${part.starBalance.toLocaleString('en')}`;
      const key = JSON.stringify(part.payments);
      if (key === drawn) return;
      drawn = key;
      const opened = [...payments.querySelectorAll('[open]')].map((one) => one.dataset.key);
      const lines = part.payments.toReversed().map(paymentLine);
      for (const one of lines) one.open = opened.includes(one.dataset.key);
      const none = h('p', { class: 'about', text: 'Nothing was paid yet.' });
      payments.replaceChildren(...(lines.length === 0 ? [none] : lines));
    },
  };
}
