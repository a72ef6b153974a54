// The list of messages: adds, edits and removes bubbles as the chat changes.

import { act } from './api.js';
import { createBubble, describe, groupMessages } from './bubble.js';
import { showAlert, toast, toastError } from './dialogs.js';
import { byId, h } from './dom.js';
import { openButton, openLink } from './links.js';
import { askToPay } from './pay-sheet.js';
import { createScrolling } from './scrolling.js';
import { createServiceLine, isServiceMessage } from './service-line.js';

const LEAVE_MS = 260;

async function press(person, messageId, data) {
  try {
    const { answer } = await act('press', { person, messageId, data });
    if (answer === null) {
      toast('No answer to this tap within 15 seconds. It waits until the bot takes it.');
    } else if (answer.text !== null && answer.text !== '') {
      if (answer.showAlert) showAlert(answer.text);
      else toast(answer.text);
    }
  } catch (error) {
    toastError(error);
  }
}

async function pay(person, messageId) {
  const { outcome } = await act('pay', { person, messageId });
  return outcome;
}

/** Neighbours of one side stand together; service lines are on neither. */
function sideOf(message) {
  return isServiceMessage(message) ? 'none' : message.from;
}

function dayOf(at) {
  return new Intl.DateTimeFormat('en', { day: 'numeric', month: 'long' }).format(at);
}

function restartAnimation(element, name) {
  element.classList.remove(name);
  void element.offsetWidth;
  element.classList.add(name);
}

function leave(element) {
  element.classList.add('leaving');
  setTimeout(() => element.remove(), LEAVE_MS);
}

function showDay(list, messages) {
  const day = messages.length === 0 ? '' : dayOf(messages[0].date);
  const shown = list.querySelector('.day');
  if ((shown?.textContent ?? '') === day) return;
  shown?.remove();
  if (day !== '') list.prepend(h('li', { class: 'day' }, h('span', { text: day })));
}

/**
 * Makes the list show groups of messages.
 * @param {HTMLElement} list
 * @param {Parameters<typeof createBubble>[0]} open what a press does
 */
function createList(list, open) {
  /** By the id of the first message of a group. */
  const bubbles = new Map();

  const draw = (group, isFirst) => {
    const id = group[0].id;
    const known = bubbles.get(id);
    const bubble = known ?? (isServiceMessage(group[0]) ? createServiceLine() : createBubble(open));
    const isChanged = bubble.draw(group);
    if (known === undefined) {
      bubbles.set(id, bubble);
      if (!isFirst) bubble.element.classList.add('arriving');
      list.append(bubble.element);
    } else if (isChanged) {
      restartAnimation(bubble.element, 'edited');
    }
    return bubble.element;
  };

  return {
    show: (groups, isFirst) => {
      const present = new Set(groups.map((group) => group[0].id));
      for (const [id, { element }] of bubbles) {
        if (present.has(id)) continue;
        bubbles.delete(id);
        leave(element);
      }
      groups.forEach((group, index) => {
        const next = groups[index + 1]?.[0];
        const element = draw(group, isFirst);
        element.classList.toggle(
          'last-of-run',
          next === undefined || sideOf(next) !== sideOf(group[0]),
        );
      });
    },
    clear: () => {
      bubbles.clear();
      list.replaceChildren();
    },
  };
}

/**
 * @param {{ say: (text: string) => void }} options `say` sends a text as the person
 * @returns {{ show: (chat: any) => void, forget: () => void, toEnd: () => void }} `show` takes the whole chat, `forget`
 *   empties the list for another person, `toEnd` scrolls to the newest message
 */
export function createChat({ say }) {
  const place = byId('messages');
  const announcer = byId('announcer');
  const scrolling = createScrolling();
  let person = 0;
  let isFirst = true;
  let newestId = 0;
  const list = createList(place, {
    press: (messageId, data) => press(person, messageId, data),
    pay: (messageId, invoice) => askToPay(invoice, () => pay(person, messageId)),
    button: openButton,
    command: say,
    link: openLink,
  });

  const announce = (fresh) => {
    if (isFirst || fresh.length === 0) return;
    announcer.textContent = fresh.map(describe).join('. ');
    if (!scrolling.isFollowing()) scrolling.addUnread(fresh.length);
  };

  const show = (chat) => {
    person = chat.person;
    const fresh = chat.messages.filter(({ id }) => id > newestId);
    newestId = Math.max(0, ...chat.messages.map(({ id }) => id));
    announce(fresh.filter((message) => sideOf(message) !== 'user'));
    list.show(groupMessages(chat.messages), isFirst);
    showDay(place, chat.messages);
    const hasOwn = fresh.some((message) => sideOf(message) === 'user');
    if (scrolling.isFollowing() || hasOwn) scrolling.toEnd(isFirst);
    scrolling.settle();
    isFirst = false;
  };

  const forget = () => {
    list.clear();
    scrolling.reset();
    isFirst = true;
    newestId = 0;
  };

  return { show, forget, toEnd: () => scrolling.toEnd() };
}
