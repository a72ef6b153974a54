// What links and buttons of messages lead to. Links of Telegram would open in its app: the page tells so.

import { toast } from './dialogs.js';

/**
 * Opens a link of a message.
 * @param {string} url
 */
export function openLink(url) {
  const target = new URL(url, location.href);
  if (target.hostname === 't.me' && target.pathname === '/share/url') {
    const text = target.searchParams.get('text') ?? target.searchParams.get('url');
    toast(`Telegram would now ask whom to share this with: “${text}”`);
  } else if (target.hostname === 't.me') {
    toast(`Telegram would now open ${target.host}${target.pathname}`);
  } else {
    open(target.href, '_blank', 'noopener,noreferrer');
  }
}

/**
 * Does what a button does that the bot does not answer.
 * @param {{ url?: string }} button
 */
export function openButton(button) {
  if (button.url !== undefined) openLink(button.url);
  else toast('Telegram would now open this in its app.');
}
