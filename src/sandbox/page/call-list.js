// A list of calls, newest first; the same call again and again is one line with a count.

import { h, timeOfDay } from './dom.js';

/**
 * @typedef {{ name: string, result: string, kind: 'good' | 'bad', detail: string }} CallText
 * @typedef {CallText & { at: number, count: number }} CallLine
 */

/**
 * Calls as lines, newest first. Neighbours that read the same become one.
 * @param {{ at: number }[]} calls oldest first
 * @param {(call: any) => CallText} describe
 * @returns {CallLine[]}
 */
export function foldCalls(calls, describe) {
  const lines = [];
  for (const call of calls) {
    const text = describe(call);
    const last = lines.at(-1);
    const isSame = last !== undefined && Object.entries(text).every(([k, v]) => last[k] === v);
    if (isSame) {
      last.count += 1;
      last.at = call.at;
    } else {
      lines.push({ ...text, at: call.at, count: 1 });
    }
  }
  return lines.reverse();
}

function drawLine({ at, name, result, kind, detail, count }) {
  const line = [
    h('span', { class: 'call-time', text: timeOfDay(at, true) }),
    h(
      'span',
      { class: 'call-name' },
      name,
      count > 1 && h('span', { class: 'times', text: ` ×${count}` }),
    ),
    h('span', { class: `badge ${kind}`, text: result }),
  ];
  if (detail === '') return h('div', { class: 'call' }, ...line);
  return h(
    'details',
    { class: 'call' },
    h('summary', {}, ...line, h('span', { class: 'call-detail', text: detail.split('\n')[0] })),
    h('pre', { text: detail }),
  );
}

/**
 * @param {string} emptyText shown while there are none
 * @returns {{ element: HTMLElement, show: (lines: CallLine[]) => void }}
 */
export function callList(emptyText) {
  const element = h('div', { class: 'lines' });
  /** Drawn lines by what they say, so that one that was opened stays open. */
  let drawn = new Map();
  return {
    element,
    show: (lines) => {
      const next = new Map();
      for (const line of lines) {
        const key = JSON.stringify(line);
        next.set(key, drawn.get(key) ?? drawLine(line));
      }
      drawn = next;
      const none = h('p', { class: 'about', text: emptyText });
      element.replaceChildren(...(next.size === 0 ? [none] : next.values()));
    },
  };
}
