// A small working Bot API: a bot talks to it by HTTP, tests and the sandbox page act as the people it serves.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BotCommand, MenuButton } from 'grammy/types';
import { sleepForReal } from './clock.js';
import { createFaults, type TelegramFaults } from './faults.js';
import { openFileStore } from './files/store.js';
import { serveCall, type TelegramCall } from './http/calls.js';
import { serveDownload, serveToPeople } from './http/downloads.js';
import type { Payment } from './payments/ledger.js';
import { refundAndTell } from './payments/paying.js';
import { createGroup, type SandboxGroup } from './people/group.js';
import { createUser, type SandboxUser, type UserProfile } from './people/user.js';
import { createState, type TelegramState } from './state.js';

const KEPT_CALLS = 1000;

export interface TelegramOptions {
  /** On 127.0.0.1; any free one when it is left out. */
  port?: number;
  /** Of the one bot, `<id>:<secret>`. */
  token: string;
  botUsername?: string;
  /** Epoch milliseconds. */
  now?: () => number;
  /** Ends after so many milliseconds of `now`, or when the signal aborts. Goes with `now`. */
  sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** 0 to 1, for faults with a probability. */
  random?: () => number;
  /** Where files are kept; without it a temporary folder that `close` removes. */
  filesFolder?: string;
  log?: (call: TelegramCall) => void;
}

export interface BotDescription {
  name: string;
  description: string;
  shortDescription: string;
  menuButton: MenuButton;
}

export interface TelegramStandIn {
  /** For grammY's `client.apiRoot`. Files are at `<apiRoot>/file/bot<token>/<file_path>`. */
  readonly apiRoot: string;
  readonly faults: TelegramFaults;
  /** The newest 1000 calls, oldest first. */
  calls: () => readonly TelegramCall[];
  /** Creates a person whose private chat with the bot is open, or answers the one with this id. */
  user: (profile: UserProfile) => SandboxUser;
  users: () => readonly SandboxUser[];
  /** Opens a group with the bot in it; the first member owns it. */
  group: (title: string, ...members: SandboxUser[]) => SandboxGroup;
  /** The commands that were set for everybody, in exactly this language; without one, for all others. */
  commands: (languageCode?: string) => readonly BotCommand[];
  description: (languageCode?: string) => BotDescription;
  /** Everything that was paid, oldest first. */
  payments: () => readonly Payment[];
  starBalance: () => number;
  /** Gives Stars back without the bot having asked, as Telegram itself can. */
  refundElsewhere: (chargeId: string) => void;
  /** The bytes of any file that was sent; undefined for an unknown id. */
  readFile: (fileId: string) => Promise<Buffer | undefined>;
  close: () => Promise<void>;
}

interface Route {
  kind: 'call' | 'download' | 'people';
  token: string;
  rest: string;
}

function findRoute(path: string): Route | null {
  const call = /^\/bot([^/]+)\/([A-Za-z]+)$/.exec(path);
  if (call !== null) return { kind: 'call', token: call[1] ?? '', rest: call[2] ?? '' };
  const download = /^\/file\/bot([^/]+)\/(.+)$/.exec(path);
  if (download !== null)
    return { kind: 'download', token: download[1] ?? '', rest: download[2] ?? '' };
  const people = /^\/sandbox\/files\/([\w-]+)$/.exec(path);
  return people === null ? null : { kind: 'people', token: '', rest: people[1] ?? '' };
}

function refuse(request: IncomingMessage, response: ServerResponse, code: number, text: string) {
  request.resume();
  response
    .writeHead(code, { 'content-type': 'application/json' })
    .end(JSON.stringify({ ok: false, error_code: code, description: text }));
}

function createHttpServer(
  state: TelegramState,
  token: string,
  log: (call: TelegramCall) => void,
): Server {
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const route = findRoute(decodeURIComponent(url.pathname));
    if (route === null) {
      refuse(request, response, 404, 'Not Found');
    } else if (route.kind === 'people') {
      await serveToPeople(state, route.rest, request, response);
    } else if (route.token !== token) {
      const isToken = /^\d+:[\w-]+$/.test(route.token);
      refuse(request, response, isToken ? 401 : 404, isToken ? 'Unauthorized' : 'Not Found');
    } else if (route.kind === 'download') {
      await serveDownload(state, route.rest, response);
    } else {
      await serveCall(state, route.rest, url.searchParams, request, response, log);
    }
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => {
      response.destroy();
    });
  });
  // Clients keep connections; one that closes while a call is on its way looks like a fault.
  server.keepAliveTimeout = 0;
  return server;
}

async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function describeBot({ profile }: TelegramState, languageCode: string): BotDescription {
  return {
    name: profile.words('name', languageCode),
    description: profile.words('description', languageCode),
    shortDescription: profile.words('shortDescription', languageCode),
    menuButton: profile.menuButton(undefined),
  };
}

/** Starts the stand-in on a port of this machine. */
export async function startTelegramStandIn(options: TelegramOptions): Promise<TelegramStandIn> {
  const { token, botUsername = 'nexora_hug_sandbox_bot', now = Date.now } = options;
  const closing = new AbortController();
  const faults = createFaults(options.random ?? Math.random);
  const files = await openFileStore(options.filesFolder, now);
  const clock = { now, sleep: options.sleep ?? sleepForReal };
  const state = createState({ token, botUsername, clock, closing: closing.signal, faults, files });
  const calls: TelegramCall[] = [];
  const users = new Map<number, SandboxUser>();
  let groupCount = 0;

  const server = createHttpServer(state, token, (call) => {
    calls.push(call);
    if (calls.length > KEPT_CALLS) calls.shift();
    options.log?.(call);
  });
  const apiRoot = await listen(server, options.port ?? 0);
  const urlOf = (fileId: string) => `${apiRoot}/sandbox/files/${fileId}`;

  return {
    apiRoot,
    faults,
    calls: () => calls,
    user: (profile) => {
      const user = users.get(profile.id) ?? createUser(state, profile, urlOf);
      users.set(profile.id, user);
      return user;
    },
    users: () => [...users.values()],
    group: (title, ...members) => {
      groupCount += 1;
      const chat = { id: -1_002_000_000_000 - groupCount, type: 'supergroup' as const, title };
      return createGroup(state, chat, members, urlOf);
    },
    commands: (languageCode = '') =>
      state.profile.commands({ type: 'default' }, languageCode) ?? [],
    description: (languageCode = '') => describeBot(state, languageCode),
    payments: () => state.ledger.payments(),
    starBalance: () => state.ledger.starBalance(),
    refundElsewhere: (chargeId) => {
      const payment = state.ledger.payments().find((one) => one.chargeId === chargeId);
      refundAndTell(state, payment?.payer.id ?? 0, chargeId);
    },
    readFile: async (fileId) => {
      const file = files.find(fileId);
      return file === undefined ? undefined : files.read(file);
    },
    close: async () => {
      closing.abort();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await files.close();
    },
  };
}
