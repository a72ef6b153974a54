// Puts the page together: listens to the sandbox as one person and hands each part to whom it concerns.

import { act, listen } from './api.js';
import { createBackstage } from './backstage.js';
import { createChat } from './chat.js';
import { createComposer } from './composer.js';
import { startDialogs, toastError } from './dialogs.js';
import { byId, h, wireTabs } from './dom.js';
import { fillWelcome } from './welcome.js';

const FIRST_PERSON = 1001;
const WORDS_OF_ACTION = {
  typing: 'typing…',
  upload_photo: 'sending a photo…',
  upload_video: 'uploading a video…',
  upload_document: 'sending a file…',
  record_video: 'recording a video…',
};

/** What the page knows now. */
const known = { person: FIRST_PERSON, app: 'starting', action: null, isConnected: false };

let chat = null;
const composer = createComposer(byId('composer'), {
  person: () => known.person,
  onSent: () => chat.toEnd(),
});
chat = createChat({ say: composer.say });
const backstage = createBackstage(byId('backstage'), { person: () => known.person });

function showStatus() {
  const status = byId('status');
  const isUp = known.isConnected && known.app === 'running';
  if (!known.isConnected) status.textContent = 'the sandbox does not answer';
  else if (known.app === 'stopped') status.textContent = 'the app is stopped';
  else if (known.app === 'starting') status.textContent = 'the app is starting…';
  else status.textContent = WORDS_OF_ACTION[known.action] ?? 'bot';
  status.dataset.kind = !isUp ? 'down' : known.action === null ? 'idle' : 'acting';
  showBanner();
}

function showBanner() {
  const banner = byId('banner');
  const kind = !known.isConnected ? 'lost' : known.app === 'stopped' ? 'stopped' : '';
  if (banner.dataset.kind === kind) return;
  banner.dataset.kind = kind;
  banner.hidden = kind === '';
  const start = () => act('app', { action: 'start' }).catch(toastError);
  banner.replaceChildren(
    kind === 'lost'
      ? h('span', { text: 'The sandbox does not answer. Start it again with npm start.' })
      : h('span', { text: 'The app is stopped. What you send now waits for it.' }),
    ...(kind === 'stopped'
      ? [h('button', { type: 'button', class: 'small', text: 'Start it again', onclick: start })]
      : []),
  );
}

function showPeople(people) {
  const place = byId('people');
  const key = JSON.stringify([people, known.person]);
  if (place.dataset.key === key) return;
  place.dataset.key = key;
  place.replaceChildren(
    ...people.map(({ id, name, languageCode }) =>
      h(
        'button',
        {
          type: 'button',
          class: 'person',
          'aria-pressed': String(id === known.person),
          title: `Be ${name}, whose app speaks ${new Intl.DisplayNames('en', { type: 'language' }).of(languageCode)}`,
          onclick: () => become(id),
        },
        h('span', { class: 'person-name', text: name }),
        h('span', { class: 'person-language', text: languageCode.toUpperCase() }),
      ),
    ),
  );
}

function showChat(part) {
  known.action = part.action;
  byId('welcome').hidden = part.messages.length > 0;
  showPeople(part.people);
  composer.setChat(part);
  chat.show(part);
  backstage.show('chat', part);
  showStatus();
}

function onPart(name, part) {
  if (name === 'chat') {
    showChat(part);
    return;
  }
  if (name === 'app') {
    known.app = part.state;
    showStatus();
  }
  backstage.show(name, part);
}

function onConnection(isConnected) {
  known.isConnected = isConnected;
  if (!isConnected) backstage.show('app', { state: 'unknown' });
  showStatus();
}

let stopListening = () => undefined;

function become(person) {
  stopListening();
  known.person = person;
  chat.forget();
  stopListening = listen(person, onPart, onConnection);
}

const chooseView = wireTabs(byId('views'), (tab) => {
  document.body.dataset.view = tab.dataset.view;
});
matchMedia('(min-width: 920px)').addEventListener('change', ({ matches }) => {
  if (matches) chooseView(byId('tab-telegram'));
});
startDialogs();
fillWelcome(byId('welcome'), { sendSamples: composer.sendSamples, say: composer.say });
become(FIRST_PERSON);
