// The app's log, newest line at the bottom.

import { h } from './dom.js';

const NEAR_END_PX = 60;
const LEVEL = /\b(DEBUG|INFO|WARN|ERROR|FATAL)\b/;

function drawLine(text) {
  const level = /^\[/.test(text) ? (LEVEL.exec(text)?.[1] ?? '') : '';
  const isDetail = /^\s/.test(text);
  const kind = isDetail ? 'detail' : level.toLowerCase();
  return h('div', { class: `log-line ${kind}`, text: text === '' ? ' ' : text });
}

/** @returns {{ element: HTMLElement, show: (lines: string[]) => void, onShown: () => void }} */
export function createLogPanel() {
  const log = h('div', {
    class: 'log',
    tabindex: '0',
    role: 'log',
    'aria-live': 'off',
    'aria-label': 'Log of the app',
  });
  const toEnd = () => {
    log.scrollTop = log.scrollHeight;
  };
  return {
    element: h('div', { class: 'log-panel' }, log),
    onShown: toEnd,
    show: (lines) => {
      const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END_PX;
      log.replaceChildren(...lines.map(drawLine));
      if (isAtEnd) toEnd();
    },
  };
}
