// What appears above the page: toasts, alerts and the large view of a photo.

import { byId, h, icon } from './dom.js';

const TOAST_MS = 5000;

/**
 * A short note that goes by itself.
 * @param {string} text
 * @param {'note' | 'trouble'} [kind]
 */
export function toast(text, kind = 'note') {
  const element = h('div', { class: `toast ${kind}`, text });
  byId('toasts').append(element);
  setTimeout(() => element.remove(), TOAST_MS);
}

/**
 * Shows what went wrong as a toast.
 * @param {unknown} error
 */
export function toastError(error) {
  toast(error instanceof Error ? error.message : String(error), 'trouble');
}

/**
 * A message that stays until it is closed.
 * @param {string} text
 */
export function showAlert(text) {
  byId('alert-text').textContent = text;
  byId('alert').showModal();
}

/**
 * A photo as large as the window.
 * @param {string} src
 * @param {string} alt
 */
export function viewPhoto(src, alt) {
  const photo = byId('viewer-photo');
  photo.src = src;
  photo.alt = alt;
  byId('viewer').showModal();
}

/** Wires the dialogs of the page. */
export function startDialogs() {
  const viewer = byId('viewer');
  viewer.querySelector('.viewer-close').append(icon('close'));
  viewer.addEventListener('click', (event) => {
    if (event.target === viewer || event.target.id === 'viewer-photo') viewer.close();
  });
}
