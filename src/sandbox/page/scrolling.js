// Keeps the newest message in view until the person scrolls up, and counts what comes meanwhile.

import { byId, icon } from './dom.js';

/** This close to the end counts as being at the end. */
const NEAR_END_PX = 140;

/**
 * Wires the scroller of the chat and its button to the end.
 * @returns {{
 *   isFollowing: () => boolean, toEnd: (isAtOnce?: boolean) => void, settle: () => void, addUnread: (n: number) => void,
 *   reset: () => void,
 * }} `settle` is called after the list changed
 */
export function createScrolling() {
  const scroller = byId('scroller');
  const button = byId('to-end');
  const unread = byId('unread');
  let isFollowing = true;
  let unreadCount = 0;
  let lastTop = 0;

  const isAtEnd = () =>
    scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_END_PX;

  const settle = () => {
    button.hidden = isFollowing || isAtEnd();
    if (button.hidden) unreadCount = 0;
    unread.hidden = unreadCount === 0;
    unread.textContent = String(unreadCount);
    const where = 'To the newest message';
    button.setAttribute('aria-label', unreadCount === 0 ? where : `${where}, ${unreadCount} new`);
  };

  const toEnd = (isAtOnce = false) => {
    isFollowing = true;
    const isCalm = isAtOnce || matchMedia('(prefers-reduced-motion: reduce)').matches;
    scroller.scrollTo({ top: scroller.scrollHeight, behavior: isCalm ? 'instant' : 'smooth' });
  };

  const onScroll = () => {
    const top = scroller.scrollTop;
    if (isAtEnd()) isFollowing = true;
    else if (top < lastTop) isFollowing = false;
    lastTop = top;
    settle();
  };

  button.prepend(icon('down'));
  button.addEventListener('click', () => toEnd());
  scroller.addEventListener('scroll', onScroll, { passive: true });
  new ResizeObserver(() => {
    if (isFollowing) scroller.scrollTop = scroller.scrollHeight;
  }).observe(scroller);

  return {
    isFollowing: () => isFollowing,
    toEnd,
    settle,
    addUnread: (count) => {
      unreadCount += count;
    },
    reset: () => {
      isFollowing = true;
      unreadCount = 0;
    },
  };
}
