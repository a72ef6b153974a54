// What PixVerse saw: the balance, the generations, the calls.

import { callList, foldCalls } from './call-list.js';
import { h, timeOfDay } from './dom.js';

const STATUSES = {
  1: ['done', 'good'],
  5: ['being made', 'busy'],
  6: ['deleted', 'bad'],
  7: ['moderated', 'bad'],
  8: ['failed', 'bad'],
};

function generationLine(one) {
  const [word, kind] = STATUSES[one.status] ?? [String(one.status), 'bad'];
  const took =
    one.endedAt === null ? '' : ` · ${((one.endedAt - one.submittedAt) / 1000).toFixed(1)} s`;
  const back = one.creditsRefunded > 0 ? `, ${one.creditsRefunded} back` : '';
  return h(
    'details',
    { class: 'generation', 'data-key': one.id },
    h(
      'summary',
      {},
      h('span', { class: 'call-time', text: timeOfDay(one.submittedAt, true) }),
      h('span', {
        class: 'call-name',
        text: `${one.quality} · ${one.creditsCharged} credits${back}${took}`,
      }),
      h('span', { class: `badge ${kind}`, text: `${one.status} ${word}` }),
    ),
    h(
      'dl',
      { class: 'facts' },
      ...[
        ['video id', one.id],
        ['trace id', one.traceId],
        ['path', one.path],
        ['model', `${one.model}, ${one.durationSeconds} s, ${one.aspectRatio ?? 'as the picture'}`],
        ['asked', one.polls === 1 ? 'once' : `${one.polls} times`],
        ['prompt', one.prompt],
      ].flatMap(([term, text]) => [h('dt', { text: term }), h('dd', { text })]),
    ),
  );
}

/** The name of a call without the parts that are long and say little. */
function shortPath(path) {
  const name = decodeURIComponent(path)
    .replace(/\?.*$/, '')
    .replace(/^\/(openapi\/v2\/)?/, '');
  if (name.startsWith('media/')) return 'media/….mp4';
  return name.replace(/\d{9,}(\d{5})$/, '…\u2060$1');
}

function describeCall({ method, path, status, errCode, note }) {
  const isGood = status >= 200 && status < 300 && (errCode === 0 || errCode === null);
  return {
    name: `${method} ${shortPath(path)}`,
    result: status === 0 ? 'cut' : `${status}${errCode === null ? '' : ` · ErrCode ${errCode}`}`,
    kind: isGood ? 'good' : 'bad',
    detail: note,
  };
}

/** @returns {{ element: HTMLElement, show: (part: any) => void }} */
export function createPixversePanel() {
  const balance = h('strong', {});
  const generations = h('div', { class: 'lines' });
  const calls = callList('PixVerse was not called yet.');
  let drawn = '';

  return {
    element: h(
      'div',
      {},
      h('section', { class: 'card balance' }, h('h3', { text: 'Credits of the account' }), balance),
      h('section', { class: 'card' }, h('h3', { text: 'Generations' }), generations),
      h('section', { class: 'card' }, h('h3', { text: 'Calls' }), calls.element),
    ),
    show: (part) => {
      balance.textContent = part.balance.toLocaleString('en');
      const key = JSON.stringify(part.generations);
      if (key !== drawn) {
        drawn = key;
        const opened = [...generations.querySelectorAll('[open]')].map((one) => one.dataset.key);
        const lines = part.generations.toReversed().map(generationLine);
        for (const one of lines) one.open = opened.includes(one.dataset.key);
        const none = h('p', { class: 'about', text: 'No video was ordered yet.' });
        generations.replaceChildren(...(lines.length === 0 ? [none] : lines));
      }
      calls.show(foldCalls(part.calls, describeCall));
    },
  };
}
