// Building elements. Styles are set through the object model only: the page's policy forbids inline ones.

/** Paths of a 24 × 24 drawing. */
const ICONS = {
  attach: [
    'M8 12.500 14.500 6a3.500 3.500 0 0 1 5 5l-8.500 8.500a5.500 5.500 0 0 1-7.800-7.800L11 4',
  ],
  close: ['M6 6l12 12M18 6 6 18'],
  down: ['M6 9.500l6 6 6-6'],
  file: ['M14 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8z', 'M14 3v5h5'],
  link: ['M8 16 16 8M9 8h7v7'],
  send: ['M4 12 20 4.500 15 20l-3.500-6.500z', 'M11.500 13.500 20 4.500'],
  slash: ['M15 5 9 19'],
};

/**
 * An element with attributes, listeners (`onclick: …`) and children; what is null, undefined or false is left out.
 * @param {string} tag
 * @param {Record<string, unknown>} [attributes] `text` becomes the text content
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElement}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (name === 'text') element.textContent = String(value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.filter((child) => child || child === ''));
  return element;
}

/**
 * One of the drawings; decoration only.
 * @param {keyof typeof ICONS} name
 */
export function icon(name) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  for (const d of ICONS[name]) {
    const path = document.createElementNS(space, 'path');
    path.setAttribute('d', d);
    svg.append(path);
  }
  return svg;
}

/**
 * An element that the page surely has.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no #${id}`);
  return element;
}

/**
 * Makes the buttons of a tab list work with pointer and arrow keys.
 * @param {HTMLElement} list
 * @param {(tab: HTMLElement) => void} onChosen
 * @returns {(tab: HTMLElement) => void} chooses a tab
 */
export function wireTabs(list, onChosen) {
  const tabs = () => [...list.querySelectorAll('[role=tab]')];
  const choose = (tab) => {
    for (const one of tabs()) {
      one.setAttribute('aria-selected', String(one === tab));
      one.tabIndex = one === tab ? 0 : -1;
    }
    onChosen(tab);
  };
  list.addEventListener('click', (event) => {
    const tab = event.target.closest('[role=tab]');
    if (tab !== null) choose(tab);
  });
  list.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const shown = tabs().filter((tab) => tab.offsetParent !== null);
    const at = shown.indexOf(document.activeElement);
    if (step === undefined || at === -1) return;
    event.preventDefault();
    const next = shown[(at + step + shown.length) % shown.length];
    choose(next);
    next.focus();
  });
  return choose;
}

/**
 * Time of day, such as 14:05 or 14:05:09.
 * @param {number} at epoch ms
 * @param {boolean} [hasSeconds]
 */
export function timeOfDay(at, hasSeconds = false) {
  const style = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  return new Intl.DateTimeFormat('en', hasSeconds ? { ...style, second: '2-digit' } : style).format(
    at,
  );
}
