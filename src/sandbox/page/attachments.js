// Files that wait to be sent: picked, dropped or pasted, shown as a strip with a switch for sending them as files.

import { toast } from './dialogs.js';
import { byId, h, icon } from './dom.js';

const MAX_FILES = 10;
const MAX_BYTES = 50 * 1024 * 1024;

/**
 * @typedef {{ file: File, url: string }} Picked
 */

function renderThumb({ file, url }, onRemove) {
  const picture = file.type.startsWith('image/')
    ? h('img', { src: url, alt: file.name })
    : h('span', { class: 'thumb-name', text: file.name });
  const remove = h(
    'button',
    {
      type: 'button',
      class: 'thumb-remove',
      'aria-label': `Remove ${file.name}`,
      onclick: onRemove,
    },
    icon('close'),
  );
  return h('div', { class: 'thumb' }, picture, remove);
}

function renderAttachButton(input) {
  const label = 'Attach photos';
  return h(
    'button',
    {
      type: 'button',
      class: 'round attach',
      'aria-label': label,
      title: label,
      onclick: () => input.click(),
    },
    icon('attach'),
  );
}

function wireDrop(place, add) {
  let depth = 0;
  const hasFiles = (event) => event.dataTransfer?.types.includes('Files') === true;
  const mark = (change) => {
    depth = Math.max(0, depth + change);
    place.classList.toggle('dropping', depth > 0);
  };
  place.addEventListener('dragenter', (event) => hasFiles(event) && mark(1));
  place.addEventListener('dragleave', (event) => hasFiles(event) && mark(-1));
  place.addEventListener('dragover', (event) => hasFiles(event) && event.preventDefault());
  place.addEventListener('drop', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    mark(-depth);
    add(event.dataTransfer.files);
  });
}

function wirePaste(add) {
  document.addEventListener('paste', (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    add(files);
  });
}

/**
 * @param {{ onChange: () => void }} options
 * @returns {{
 *   button: HTMLElement, strip: HTMLElement, files: () => File[], isAsFile: () => boolean, clear: () => void,
 * }}
 */
export function createAttachments({ onChange }) {
  /** @type {Picked[]} */
  let picked = [];
  const input = h('input', { type: 'file', multiple: true, hidden: true, id: 'files' });
  const asFile = h('input', { type: 'checkbox', role: 'switch', id: 'as-file' });
  const label = h('span', { text: 'As file, uncompressed' });
  const thumbs = h('div', { class: 'thumbs' });
  const line = h('label', { class: 'switch-line' }, asFile, label);
  const strip = h('div', { class: 'strip', hidden: true }, thumbs, line, input);

  const keep = (next) => {
    for (const one of picked) if (!next.includes(one)) URL.revokeObjectURL(one.url);
    picked = next;
    strip.hidden = picked.length === 0;
    const remove = (one) => keep(picked.filter((other) => other !== one));
    thumbs.replaceChildren(...picked.map((one) => renderThumb(one, () => remove(one))));
    onChange();
  };

  const add = (files) => {
    const next = [...picked];
    for (const file of files) {
      if (file.size > MAX_BYTES) toast(`${file.name} is larger than 50 MB.`, 'trouble');
      else if (next.length === MAX_FILES) toast(`At most ${MAX_FILES} go together.`, 'trouble');
      else next.push({ file, url: URL.createObjectURL(file) });
    }
    keep(next);
  };

  input.addEventListener('change', () => {
    add(input.files);
    input.value = '';
  });
  wireDrop(byId('telegram'), add);
  wirePaste(add);

  return {
    button: renderAttachButton(input),
    strip,
    clear: () => keep([]),
    files: () => picked.map(({ file }) => file),
    isAsFile: () => asFile.checked,
  };
}
