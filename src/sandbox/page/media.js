// Photos, videos and files inside a bubble. Their size is known before they load, so that nothing jumps.

import { mediaUrl } from './api.js';
import { viewPhoto } from './dialogs.js';
import { h, icon } from './dom.js';

const MAX_WIDTH = 400;
const MAX_HEIGHT = { photo: 380, video: 460, animation: 460, sticker: 160 };
const KINDS = ['photo', 'video', 'animation', 'sticker', 'document', 'voice'];

/**
 * What of a message is media, as plain data that only changes when another file is shown.
 * @param {any} message
 */
export function readMedia(message) {
  return KINDS.filter((kind) => message[kind] !== undefined).map((kind) => {
    const file = message[kind];
    return {
      kind,
      fileId: file.fileId,
      width: file.width ?? 0,
      height: file.height ?? 0,
      name: file.fileName ?? '',
      bytes: file.fileSize ?? 0,
      still: (file.cover ?? file.thumbnail)?.fileId ?? null,
    };
  });
}

function fit({ kind, width, height }) {
  if (width === 0 || height === 0) return { width: MAX_WIDTH, height: MAX_WIDTH };
  const scale = Math.min(MAX_WIDTH / width, MAX_HEIGHT[kind] / height, 1);
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

function sized(element, media) {
  const { width, height } = fit(media);
  element.style.setProperty('--width', `${width}px`);
  element.style.setProperty('--ratio', String(width / height));
  return element;
}

function photo(media) {
  const src = mediaUrl(media.fileId);
  const alt = 'Photo';
  return h(
    'button',
    {
      type: 'button',
      class: 'photo',
      'aria-label': 'Enlarge the photo',
      onclick: () => viewPhoto(src, alt),
    },
    h('img', { src, alt, draggable: 'false' }),
  );
}

function video(media) {
  const isLoop = media.kind === 'animation';
  const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const element = h('video', {
    class: 'film',
    src: mediaUrl(media.fileId),
    poster: media.still === null ? null : mediaUrl(media.still),
    controls: true,
    playsinline: true,
    preload: 'metadata',
    loop: isLoop,
    autoplay: isLoop && !isCalm,
    'aria-label': 'Video',
  });
  element.muted = isLoop;
  return element;
}

function sizeText(bytes) {
  if (bytes < 1024 * 1024) return `${Math.max(1, Math.round(bytes / 1024))} kB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function file(media) {
  const picture =
    media.still === null ? icon('file') : h('img', { src: mediaUrl(media.still), alt: '' });
  return h(
    'a',
    { class: 'file', href: mediaUrl(media.fileId), download: media.name || true },
    h('span', { class: 'file-picture' }, picture),
    h(
      'span',
      { class: 'file-words' },
      h('span', { class: 'file-name', text: media.name || 'File' }),
      h('span', { class: 'file-size', text: sizeText(media.bytes) }),
    ),
  );
}

function one(media) {
  switch (media.kind) {
    case 'photo':
    case 'sticker':
      return sized(photo(media), media);
    case 'video':
    case 'animation':
      return sized(video(media), media);
    case 'voice':
      return h('audio', { src: mediaUrl(media.fileId), controls: true });
    default:
      return file(media);
  }
}

/**
 * The elements of all media of one bubble; several photos become a grid.
 * @param {ReturnType<typeof readMedia>} list
 * @returns {Node[]}
 */
export function renderMedia(list) {
  const isGrid = list.length > 1 && list.every(({ kind }) => kind === 'photo' || kind === 'video');
  if (!isGrid) return list.map(one);
  const cells = list.map((media) => h('div', { class: 'cell' }, one(media)));
  return [h('div', { class: 'album', 'data-count': String(list.length) }, ...cells)];
}
