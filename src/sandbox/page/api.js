// The page's line to the sandbox: events in, actions out.

const RECONNECT_MS = 1500;
const PARTS = ['app', 'chat', 'pace', 'faults', 'pixverse', 'telegram', 'log'];

async function read(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.error ?? `the sandbox answered ${response.status}`);
  return body;
}

function unreachable() {
  throw new Error('The sandbox does not answer. Is npm start still running?');
}

/**
 * Does something in the sandbox.
 * @param {string} path below /api/
 * @param {object} [body]
 * @returns {Promise<any>}
 * @throws {Error} with a sentence to show
 */
export async function act(path, body = {}) {
  const response = await fetch(`/api/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).catch(unreachable);
  return read(response);
}

/**
 * Sends files into the chat.
 * @param {number} person
 * @param {File[]} files
 * @param {boolean} isAsFile
 * @throws {Error} with a sentence to show
 */
export async function sendFiles(person, files, isAsFile) {
  const form = new FormData();
  form.set('person', String(person));
  form.set('asFile', isAsFile ? 'yes' : 'no');
  for (const file of files) form.append('file', file, file.name);
  const response = await fetch('/api/files', { method: 'POST', body: form }).catch(unreachable);
  return read(response);
}

/**
 * Where the bytes of a chat's file are.
 * @param {string} fileId
 */
export function mediaUrl(fileId) {
  return `/media/${fileId}`;
}

/**
 * Listens as one person until it is ended; reconnects by itself, and each connection begins with all parts.
 * @param {number} person
 * @param {(name: string, part: any) => void} onPart
 * @param {(isConnected: boolean) => void} onConnection
 * @returns {() => void} ends it
 */
export function listen(person, onPart, onConnection) {
  let source = null;
  let timer = 0;
  const open = () => {
    source = new EventSource(`/api/events?person=${person}`);
    for (const name of PARTS) {
      source.addEventListener(name, (event) => onPart(name, JSON.parse(event.data)));
    }
    source.addEventListener('open', () => onConnection(true));
    source.addEventListener('error', () => {
      onConnection(false);
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, RECONNECT_MS);
    });
  };
  open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
