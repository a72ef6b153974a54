// The other side of the sandbox: the app, its pace, what goes wrong, and what each outside service saw.

import { createAppPanel } from './app-panel.js';
import { createFaultsPanel } from './faults-panel.js';
import { createLogPanel } from './log-panel.js';
import { createPixversePanel } from './pixverse-panel.js';
import { createTelegramPanel } from './telegram-panel.js';
import { h, wireTabs } from './dom.js';

const TABS = [
  ['app', 'The app'],
  ['faults', 'Faults'],
  ['pixverse', 'PixVerse'],
  ['telegram', 'Telegram'],
  ['log', 'Log'],
];

function renderTab(name, text, isChosen) {
  return h('button', {
    type: 'button',
    role: 'tab',
    id: `backstage-tab-${name}`,
    'data-panel': name,
    'aria-controls': `backstage-${name}`,
    'aria-selected': String(isChosen),
    tabindex: isChosen ? '0' : '-1',
    text,
  });
}

/**
 * Fills the backstage.
 * @param {HTMLElement} place
 * @param {{ person: () => number }} options
 * @returns {{ show: (name: string, part: any) => void }} takes the parts that the sandbox tells
 */
export function createBackstage(place, { person }) {
  const panels = {
    app: createAppPanel({ person }),
    faults: createFaultsPanel(),
    pixverse: createPixversePanel(),
    telegram: createTelegramPanel(),
    log: createLogPanel(),
  };
  const count = h('span', { class: 'count', hidden: true });
  const tabs = TABS.map(([name, label], index) => renderTab(name, label, index === 0));
  tabs.find(({ dataset }) => dataset.panel === 'faults').append(count);
  const list = h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Backstage' }, ...tabs);
  for (const [name, { element }] of Object.entries(panels)) {
    element.id = `backstage-${name}`;
    element.classList.add('panel');
    element.setAttribute('role', 'tabpanel');
    element.setAttribute('aria-labelledby', `backstage-tab-${name}`);
    element.hidden = name !== 'app';
  }
  wireTabs(list, (tab) => {
    for (const [name, { element, onShown }] of Object.entries(panels)) {
      element.hidden = name !== tab.dataset.panel;
      if (!element.hidden) onShown?.();
    }
  });
  place.replaceChildren(
    h('header', { class: 'backstage-head' }, h('h2', { text: 'Backstage' }), list),
    ...Object.values(panels).map(({ element }) => element),
  );

  return {
    show: (name, part) => {
      switch (name) {
        case 'app':
          panels.app.showApp(part);
          break;
        case 'pace':
          panels.app.showPace(part);
          break;
        case 'chat':
          panels.app.showPerson(part);
          break;
        case 'faults': {
          const onCount = part.filter(({ isOn }) => isOn).length;
          count.hidden = onCount === 0;
          count.textContent = String(onCount);
          count.setAttribute('aria-label', `${onCount} switched on`);
          panels.faults.show(part);
          break;
        }
        default:
          panels[name]?.show(part);
      }
    },
  };
}
