// The place to write in: shortcuts, photos before they are sent, and the text field.

import { act, sendFiles } from './api.js';
import { createAttachments } from './attachments.js';
import { toastError } from './dialogs.js';
import { h } from './dom.js';
import { createWriting } from './writing.js';

const SHORTCUTS = [
  ['/hug', '/hug'],
  ['/videos', '/videos'],
  ['/price', '/price'],
  ['/buy', '/buy'],
  ['/balance', '/balance'],
  ['+10 credits', '/credits grant me 10'],
];

function renderChips({ say, sendSamples }) {
  const chip = (text, kind, onclick) => h('button', { type: 'button', class: kind, text, onclick });
  return h(
    'div',
    { class: 'chips', role: 'group', 'aria-label': 'Shortcuts' },
    chip('Two sample photos', 'chip warm', sendSamples),
    ...SHORTCUTS.map(([label, text]) => chip(label, 'chip', () => say(text))),
  );
}

/**
 * Fills the composer.
 * @param {HTMLElement} place
 * @param {{ person: () => number, onSent: () => void }} options
 * @returns {{ say: (text: string) => void, sendSamples: () => void, setChat: (chat: any) => void }}
 */
export function createComposer(place, { person, onSent }) {
  /** Tells whether it worked; what went wrong is shown. */
  const attempt = async (action) => {
    try {
      await action();
      onSent();
      return true;
    } catch (error) {
      toastError(error);
      return false;
    }
  };
  const say = (text) => void attempt(() => act('text', { person: person(), text }));
  const sendSamples = () => void attempt(() => act('samples', { person: person() }));

  const attachments = createAttachments({ onChange: () => writing.refresh() });
  const send = (text) =>
    attempt(async () => {
      const files = attachments.files();
      if (files.length > 0) {
        await sendFiles(person(), files, attachments.isAsFile());
        attachments.clear();
      }
      if (text !== '') await act('text', { person: person(), text });
    });
  const writing = createWriting({
    attachButton: attachments.button,
    hasFiles: () => attachments.files().length > 0,
    send,
    say,
  });
  const unblock = h('button', {
    type: 'button',
    class: 'primary large unblock',
    text: 'Unblock the bot',
    hidden: true,
    onclick: () => void attempt(() => act('access', { person: person(), isBlocked: false })),
  });
  const chips = renderChips({ say, sendSamples });
  const open = h('div', {}, chips, attachments.strip, writing.form);
  place.replaceChildren(open, unblock);

  return {
    say,
    sendSamples,
    setChat: ({ isBlocked, commands }) => {
      open.hidden = isBlocked;
      unblock.hidden = !isBlocked;
      writing.setCommands(commands);
    },
  };
}
