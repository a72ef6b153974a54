// The app as a process, in what it sells, how long a generation takes, and whether the person has blocked the bot.

import { act } from './api.js';
import { toastError } from './dialogs.js';
import { h } from './dom.js';

const WORD_OF_STATE = {
  running: 'Running',
  starting: 'Starting …',
  stopped: 'Stopped',
  unknown: 'Unknown',
};

function card(title, about, ...children) {
  return h(
    'section',
    { class: 'card' },
    h('h3', { text: title }),
    h('p', { class: 'about', text: about }),
    ...children,
  );
}

const CURRENCIES = [
  ['stars', 'Telegram Stars'],
  ['local', 'Local currency'],
];

/** A choice whose every change starts the app anew. */
function createSales() {
  const buttons = CURRENCIES.map(([sellsIn, text]) =>
    h('button', { type: 'button', text, onclick: () => run(act('sales', { sellsIn })) }),
  );
  return {
    element: h('div', { class: 'segments', role: 'group', 'aria-label': 'Sells in' }, ...buttons),
    show: ({ state, sellsIn }) => {
      buttons.forEach((button, index) => {
        button.disabled = state !== 'running' && state !== 'stopped';
        if (sellsIn !== undefined) {
          button.setAttribute('aria-pressed', String(CURRENCIES[index][0] === sellsIn));
        }
      });
    },
  };
}

function run(action) {
  action.catch(toastError);
}

/**
 * @param {{ person: () => number }} options
 * @returns {{
 *   element: HTMLElement, showApp: (app: any) => void, showPace: (pace: any) => void,
 *   showPerson: (chat: any) => void,
 * }}
 */
export function createAppPanel({ person }) {
  const state = h('span', { class: 'state', role: 'status' });
  const kill = h('button', {
    type: 'button',
    class: 'danger',
    text: 'Kill it (-9)',
    onclick: () => run(act('app', { action: 'kill' })),
  });
  const start = h('button', {
    type: 'button',
    class: 'primary',
    text: 'Start it again',
    onclick: () => run(act('app', { action: 'start' })),
  });
  const sales = createSales();
  const choices = h('div', { class: 'segments', role: 'group', 'aria-label': 'Generation time' });
  const blocked = h('input', { type: 'checkbox', role: 'switch', id: 'is-blocked' });
  blocked.addEventListener('change', () =>
    run(act('access', { person: person(), isBlocked: blocked.checked })),
  );
  const blockedLabel = h('span', {});

  const element = h(
    'div',
    {},
    card(
      'The app',
      'The real program in a process of its own. Kill it while a video is being made: nothing is lost, and once it is started again the order goes on.',
      h('div', { class: 'card-row' }, state, h('span', { class: 'spacer' }), kill, start),
    ),
    card(
      'Sells in',
      'Telegram Stars, or with a payment provider the currency of each person (/currency). A change starts the app anew.',
      sales.element,
    ),
    card(
      'How long a generation takes',
      'For the next video. The film is really drawn, so the shortest may take a little longer.',
      choices,
    ),
    card(
      'Blocking',
      'Whoever has blocked the bot gets nothing; the video is kept until they come back.',
      h('label', { class: 'switch-line' }, blocked, blockedLabel),
    ),
  );

  return {
    element,
    showApp: (app) => {
      const next = app.state;
      state.textContent = WORD_OF_STATE[next];
      state.dataset.state = next;
      sales.show(app);
      kill.disabled = next === 'stopped' || next === 'unknown';
      start.disabled = next !== 'stopped';
    },
    showPace: ({ seconds, choices: all }) => {
      choices.replaceChildren(
        ...all.map((one) =>
          h('button', {
            type: 'button',
            'aria-pressed': String(one === seconds),
            text: `${one} s`,
            onclick: () => run(act('pace', { seconds: one })),
          }),
        ),
      );
    },
    showPerson: ({ people, person: id, isBlocked }) => {
      blocked.checked = isBlocked;
      const name = people.find((one) => one.id === id)?.name ?? '';
      blockedLabel.textContent = `${name} has blocked the bot`;
    },
  };
}
