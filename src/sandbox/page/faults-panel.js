// What can be switched to go wrong, in groups.

import { act } from './api.js';
import { toastError } from './dialogs.js';
import { h } from './dom.js';

/** @returns {{ element: HTMLElement, show: (faults: any[]) => void }} */
export function createFaultsPanel() {
  const allOff = h('button', {
    type: 'button',
    class: 'secondary',
    text: 'All off',
    onclick: () => act('faults/clear').catch(toastError),
  });
  const lists = h('div', {});
  /** @type {Map<string, HTMLInputElement>} */
  const switches = new Map();

  const line = ({ id, name, about, isOnce }) => {
    const box = h('input', { type: 'checkbox', role: 'switch', id: `fault-${id}` });
    box.addEventListener('change', () => {
      act('faults', { id, isOn: box.checked }).catch(toastError);
    });
    switches.set(id, box);
    return h(
      'label',
      { class: 'fault' },
      h(
        'span',
        { class: 'fault-words' },
        h(
          'span',
          { class: 'fault-name' },
          name,
          isOnce && h('span', { class: 'tag', text: 'once' }),
        ),
        h('span', { class: 'about', text: about }),
      ),
      box,
    );
  };

  const draw = (faults) => {
    lists.replaceChildren(
      ...[...new Set(faults.map(({ group }) => group))].map((group) =>
        h(
          'section',
          { class: 'card' },
          h('h3', { text: group }),
          ...faults.filter((fault) => fault.group === group).map(line),
        ),
      ),
    );
  };

  return {
    element: h(
      'div',
      {},
      h(
        'div',
        { class: 'panel-row' },
        h('p', { class: 'about', text: 'Switch on what shall go wrong, and watch the chat.' }),
        allOff,
      ),
      lists,
    ),
    show: (faults) => {
      if (switches.size === 0) draw(faults);
      for (const { id, isOn } of faults) switches.get(id).checked = isOn;
      allOff.disabled = !faults.some(({ isOn }) => isOn);
    },
  };
}
