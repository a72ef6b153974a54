// The bot's commands above the text field: all of them by the button, those that fit while a command is typed.

import { h, icon } from './dom.js';

const LABEL = 'Commands of the bot';

function createPanel() {
  return h('div', {
    class: 'commands',
    id: 'commands',
    role: 'listbox',
    'aria-label': LABEL,
    hidden: true,
  });
}

function createButton() {
  return h(
    'button',
    {
      type: 'button',
      class: 'round slash',
      'aria-label': LABEL,
      title: LABEL,
      'aria-expanded': 'false',
      'aria-controls': 'commands',
    },
    icon('slash'),
  );
}

function renderOption({ command, description }, index, choose) {
  return h(
    'div',
    {
      class: 'command',
      role: 'option',
      id: `command-${index}`,
      // The field keeps the focus.
      onpointerdown: (event) => event.preventDefault(),
      onclick: () => choose(command),
    },
    h('span', { class: 'command-name', text: `/${command}` }),
    h('span', { class: 'command-about', text: description }),
  );
}

/**
 * @param {HTMLTextAreaElement} field
 * @param {{ onChosen: (command: string) => void }} options
 * @returns {{
 *   button: HTMLElement, panel: HTMLElement, setCommands: (commands: any[]) => void, filter: () => void,
 *   takeKey: (event: KeyboardEvent) => boolean,
 * }} `filter` follows the field, `takeKey` tells whether a key was for the menu
 */
export function createCommandMenu(field, { onChosen }) {
  let commands = [];
  let shown = [];
  let active = 0;
  const panel = createPanel();
  const button = createButton();
  field.setAttribute('aria-controls', 'commands');

  const mark = (index) => {
    active = (index + shown.length) % shown.length;
    [...panel.children].forEach((child, at) => {
      child.setAttribute('aria-selected', String(at === active));
    });
    panel.children[active].scrollIntoView({ block: 'nearest' });
    field.setAttribute('aria-activedescendant', `command-${active}`);
  };

  const show = (fitting) => {
    shown = fitting;
    panel.hidden = shown.length === 0;
    button.setAttribute('aria-expanded', String(!panel.hidden));
    panel.replaceChildren(...shown.map((one, index) => renderOption(one, index, choose)));
    if (panel.hidden) field.removeAttribute('aria-activedescendant');
    else mark(0);
  };
  const close = () => show([]);

  const choose = (command) => {
    close();
    onChosen(command);
    field.focus();
  };

  const filter = () => {
    const typed = /^\/(\w*)$/.exec(field.value)?.[1]?.toLowerCase();
    show(typed === undefined ? [] : commands.filter(({ command }) => command.startsWith(typed)));
  };

  const takeKey = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const isChoice = event.key === 'Enter' || event.key === 'Tab';
    if (panel.hidden || (step === undefined && !isChoice && event.key !== 'Escape')) return false;
    event.preventDefault();
    if (step !== undefined) mark(active + step);
    else if (isChoice) choose(shown[active].command);
    else close();
    return true;
  };

  button.addEventListener('click', () => {
    show(panel.hidden ? commands : []);
    field.focus();
  });
  field.addEventListener('blur', (event) => {
    if (event.relatedTarget !== button) close();
  });

  const setCommands = (next) => {
    commands = next;
    button.hidden = next.length === 0;
  };
  return { button, panel, filter, takeKey, setCommands };
}
