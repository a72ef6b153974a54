// The sheet that asks before an invoice is paid, and tells what came of it.

import { toast } from './dialogs.js';
import { byId, h } from './dom.js';

const TIMEOUT_TEXT = 'The bot did not answer within ten seconds, so nothing was charged.';

function describeMethod({ currency }) {
  return currency === 'XTR' ? 'Your Telegram Stars' : 'Test card •••• 4242';
}

function renderWhat({ title, description, price, ...invoice }) {
  const line = (term, text, kind) => [h('dt', { text: term }), h('dd', { text, class: kind })];
  return [
    h('h2', { id: 'sheet-title', text: 'Confirm your payment' }),
    h(
      'div',
      { class: 'sheet-what' },
      h('img', { src: '/page/heart.svg', alt: '', width: '40', height: '40' }),
      h('div', {}, h('strong', { text: title }), h('p', { class: 'about', text: description })),
    ),
    h(
      'dl',
      { class: 'sheet-lines' },
      ...line('Pay with', describeMethod(invoice)),
      ...line('Total', price, 'total'),
    ),
  ];
}

/** @returns {Promise<{ isPaid: boolean, canRepeat: boolean, text: string }>} */
async function readOutcome(paying, { price }) {
  try {
    const outcome = await paying;
    if (outcome.status === 'paid') {
      return { isPaid: true, canRepeat: false, text: `The payment of ${price} went through.` };
    }
    return outcome.status === 'timeout'
      ? { isPaid: false, canRepeat: true, text: TIMEOUT_TEXT }
      : { isPaid: false, canRepeat: false, text: outcome.message };
  } catch (error) {
    return { isPaid: false, canRepeat: false, text: error.message };
  }
}

/**
 * Asks, pays, and shows the outcome: in the sheet while it is open, else as a toast.
 * @param {{ title: string, description: string, price: string, currency: string }} invoice
 * @param {() => Promise<{ status: 'paid' | 'refused' | 'timeout', message?: string }>} pay
 */
export function askToPay(invoice, pay) {
  const sheet = byId('sheet');
  const told = h('p', { class: 'sheet-told', role: 'alert', hidden: true });
  const cancel = h('button', {
    type: 'button',
    class: 'secondary',
    text: 'Cancel',
    onclick: () => sheet.close(),
  });
  const confirm = h('button', {
    type: 'button',
    class: 'primary',
    autofocus: true,
    text: `Pay ${invoice.price}`,
  });
  const body = h(
    'div',
    {},
    ...renderWhat(invoice),
    told,
    h('div', { class: 'sheet-actions' }, cancel, confirm),
    h('p', { class: 'about sheet-note', text: 'This is the sandbox: it costs nothing.' }),
  );

  const tell = ({ isPaid, canRepeat, text }) => {
    if (isPaid || !sheet.open || !body.isConnected) {
      if (body.isConnected) sheet.close();
      toast(text, isPaid ? 'note' : 'trouble');
      return;
    }
    told.textContent = text;
    told.hidden = false;
    confirm.hidden = !canRepeat;
    confirm.disabled = false;
    confirm.textContent = 'Try again';
    cancel.textContent = 'Close';
    (canRepeat ? confirm : cancel).focus();
  };

  confirm.addEventListener('click', () => {
    told.hidden = true;
    confirm.disabled = true;
    confirm.textContent = 'Asking the bot …';
    void readOutcome(pay(), invoice).then(tell);
  });
  sheet.replaceChildren(body);
  sheet.showModal();
}
