// What an empty chat shows: what the bot says of itself, and how to begin.

import { h } from './dom.js';

const STEPS = [
  ['Send two photos', 'your own, or the two samples'],
  ['Confirm and choose the quality', 'the first video is free'],
  ['Watch the hug arrive', 'and try to break it in Backstage'],
];

/**
 * Fills the place of the welcome.
 * @param {HTMLElement} place
 * @param {{ sendSamples: () => void, say: (text: string) => void }} options
 */
export function fillWelcome(place, { sendSamples, say }) {
  const steps = STEPS.map(([title, about]) =>
    h('li', {}, h('strong', { text: title }), h('span', { text: about })),
  );
  const portrait = (number, name) =>
    h('img', { src: `/samples/${number}`, alt: name, width: '132', height: '164' });
  place.className = 'welcome';
  place.replaceChildren(
    h('div', { class: 'portraits' }, portrait(1, 'Sample photo 1'), portrait(2, 'Sample photo 2')),
    h('h2', { text: 'Two photos in, one hug out' }),
    h('ol', { class: 'steps' }, ...steps),
    h('button', {
      type: 'button',
      class: 'primary large',
      text: 'Use the two sample photos',
      onclick: sendSamples,
    }),
    h('button', {
      type: 'button',
      class: 'quiet',
      text: 'or begin with /start',
      onclick: () => say('/start'),
    }),
  );
}
