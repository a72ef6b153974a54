// The text field and what stands beside it: commands, attachments, send.

import { createCommandMenu } from './command-menu.js';
import { h, icon } from './dom.js';

const MAX_HEIGHT_PX = 140;

function createField() {
  return h('textarea', {
    id: 'field',
    rows: '1',
    placeholder: 'Message',
    'aria-label': 'Message',
    maxlength: '4096',
    autocomplete: 'off',
    enterkeyhint: 'send',
  });
}

/**
 * @param {{
 *   attachButton: HTMLElement, hasFiles: () => boolean, send: (text: string) => Promise<boolean>,
 *   say: (text: string) => void,
 * }} options `send` sends files and text and tells whether that worked, `say` sends a command
 * @returns {{ form: HTMLElement, refresh: () => void, setCommands: (commands: any[]) => void }} `refresh` is called
 *   when files came or went
 */
export function createWriting({ attachButton, hasFiles, send, say }) {
  const field = createField();
  const sendButton = h(
    'button',
    { type: 'submit', class: 'round send', 'aria-label': 'Send' },
    icon('send'),
  );

  const refresh = () => {
    field.style.setProperty('height', 'auto');
    field.style.setProperty('height', `${Math.min(field.scrollHeight, MAX_HEIGHT_PX)}px`);
    sendButton.disabled = field.value.trim() === '' && !hasFiles();
  };

  const menu = createCommandMenu(field, {
    onChosen: (command) => {
      field.value = '';
      refresh();
      say(`/${command}`);
    },
  });

  const submit = async () => {
    if (sendButton.disabled) return;
    sendButton.disabled = true;
    const written = field.value;
    const isSent = await send(written.trim());
    if (isSent && field.value === written) field.value = '';
    refresh();
    field.focus();
  };

  field.addEventListener('input', () => {
    refresh();
    menu.filter();
  });
  field.addEventListener('keydown', (event) => {
    if (menu.takeKey(event)) return;
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void submit();
  });
  const row = h('div', { class: 'field' }, field, attachButton);
  const form = h('form', { class: 'write' }, menu.panel, menu.button, row, sendButton);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit();
  });
  sendButton.disabled = true;
  return { form, refresh, setCommands: menu.setCommands };
}
