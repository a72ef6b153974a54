// The Telegram bot put together: what comes in, in which order handlers see it, and its start and stop.

import { autoRetry } from '@grammyjs/auto-retry';
import {
  type ConversationData,
  type ConversationKeyStorage,
  conversations,
  createConversation,
  type VersionedState,
} from '@grammyjs/conversations';
import { Api, Bot, GrammyError } from 'grammy';
import type { Update } from 'grammy/types';
import type { Context } from '../../core/context.js';
import type { TelegramConfig } from './telegram-config.js';
import { createPhotoRate } from '../../core/orders/limits.js';
import type { Messenger } from '../../core/ports/messenger.js';
import type { Store } from '../../core/ports/store.js';
import { wait } from '../../core/wait.js';
import type { Texts } from '../../texts/texts.js';
import { credits, refund } from './admin.js';
import * as commands from './commands.js';
import { DIALOGUE, hugDialogue } from './conversation.js';
import { answerPress, handleButton } from './handlers.js';
import { deleteMyData } from './erasing.js';
import { createInbox, type Inbox } from './inbox.js';
import { balance, buy } from './buying.js';
import { currency } from './currency.js';
import { answerPreCheckout, takePayment, takeRefund } from './payments.js';
import { registerMenu } from './menu.js';
import { ALLOWED_UPDATES, createPoller } from './poller.js';
import { addressOf, type HugContext, meet, type Setting, startPayload } from './setting.js';
import { createTaps } from './taps.js';
import { paysupport, takeText } from './support.js';
import { stats } from './stats.js';
import { showVideoPage } from './video-list.js';

/** Raise it when the dialogue's builder changes: states of the old one are dropped, and the rows go on. */
const DIALOGUE_VERSION = 2;
/**
 * Repeats inside a handler stay short: the person's other updates wait behind it. A call without an answer is none of
 * them: the plugin would repeat it without end, and the inbox handles the whole update again.
 */
const HANDLER_RETRY = { maxRetryAttempts: 2, maxDelaySeconds: 5, rethrowHttpErrors: true };
/** All calls of a handler together must take less than the inbox lets it run. */
const CALL_TIMEOUT_SECONDS = 15;
const MAX_CONNECT_WAIT_MS = 60_000;
const WEBHOOK_CONNECTIONS = 40;

export interface TelegramBot {
  /**
   * Connects in the background, goes on with stored updates and takes new ones.
   * @returns a promise that resolves once Telegram took us, however long that takes
   */
  start(): Promise<void>;
  /** Resolves when no handler is running; new updates end with the context's signal. */
  stop(): Promise<void>;
  /** Null when updates can come in, else what is wrong. */
  trouble(): string | null;
  /** For the webhook route: stores one update. */
  receive(update: Update): Promise<void>;
  username(): Promise<string>;
}

/** Dialogue states live in the database, by person: a payment update has no chat. */
function dialogueStorage(
  store: Store,
  now: () => number,
): ConversationKeyStorage<HugContext, ConversationData> {
  return {
    type: 'key',
    version: DIALOGUE_VERSION,
    getStorageKey: (ctx: HugContext) =>
      ctx.from === undefined ? undefined : `telegram:${ctx.from.id}`,
    adapter: {
      read: async (key) => {
        const data = await store.readDialogue(key);
        return data === null ? undefined : (JSON.parse(data) as VersionedState<ConversationData>);
      },
      write: (key, state) => store.writeDialogue(key, JSON.stringify(state), now()),
      delete: (key) => store.deleteDialogue(key),
    },
  };
}

/** Outside a private chat the bot only points to it. */
function installGroupHint(bot: Bot<HugContext>, { texts }: Setting): void {
  bot.use(async (ctx, next) => {
    if (ctx.chat === undefined || ctx.chat.type === 'private') {
      await next();
      return;
    }
    if (ctx.callbackQuery !== undefined) await answerPress(ctx, {});
    const isCommand = ctx.message?.entities?.some((entity) => entity.type === 'bot_command');
    if (isCommand !== true) return;
    const locale = texts.pickLocale(ctx.from?.language_code ?? null);
    const link = `https://t.me/${ctx.me.username}`;
    await ctx.reply(texts.t(locale, 'group-hint', { link }));
  });
}

/**
 * The order matters: who is writing comes first; buttons and commands stand before the dialogue, which would swallow
 * them; a message that nobody took enters the dialogue.
 */
function installHandlers(bot: Bot<HugContext>, setting: Setting): void {
  const { core } = setting;
  installGroupHint(bot, setting);
  bot.use(async (ctx, next) => {
    if (ctx.from === undefined || ctx.from.is_bot) return;
    ctx.person = await meet(setting, ctx.from, startPayload(ctx.message));
    await next();
  });
  bot.on('my_chat_member', async (ctx) => {
    const isGone = ['kicked', 'left'].includes(ctx.myChatMember.new_chat_member.status);
    if (isGone) await core.store.setUnreachable(addressOf(ctx.from.id), core.now());
    else core.wake();
  });
  bot.use(conversations({ storage: dialogueStorage(core.store, core.now) }));
  // Money before everything that could take such a message for a part of the dialogue.
  bot.on('message:successful_payment', (ctx) => takePayment(setting, ctx));
  bot.on('message:refunded_payment', (ctx) => takeRefund(setting, ctx));
  bot.on('callback_query:data', (ctx) => handleButton(setting, ctx));
  bot.on('callback_query', (ctx) => answerPress(ctx, {}));
  // A text that was asked for is no part of the dialogue.
  bot.on('message:text', (ctx, next) => takeText(setting, ctx, next));
  bot.command('start', (ctx) => commands.start(setting, ctx));
  bot.command('hug', (ctx) => commands.beginHug(setting, ctx));
  bot.command('videos', (ctx) => showVideoPage(setting, ctx, 0));
  bot.command('price', (ctx) => commands.price(setting, ctx));
  bot.command('balance', (ctx) => balance(setting, ctx, 0));
  bot.command('buy', (ctx) => buy(setting, ctx));
  bot.command('currency', (ctx) => currency(setting, ctx));
  bot.command('refund', (ctx) => refund(setting, ctx));
  bot.command('language', (ctx) => commands.language(setting, ctx));
  bot.command('help', (ctx) => commands.help(setting, ctx));
  bot.command('cancel', (ctx) => commands.cancel(setting, ctx));
  bot.command('terms', (ctx) => commands.terms(setting, ctx));
  bot.command('privacy', (ctx) => commands.privacy(setting, ctx));
  bot.command('paysupport', (ctx) => paysupport(setting, ctx));
  bot.command('delete_my_data', (ctx) => deleteMyData(setting, ctx));
  bot.command('credits', (ctx) => credits(setting, ctx));
  bot.command('stats', (ctx) => stats(setting, ctx));
  bot.use(createConversation(hugDialogue(setting), DIALOGUE));
  bot.on('message', (ctx) => ctx.conversation.enter(DIALOGUE));
}

async function apologize(setting: Setting, update: Update): Promise<void> {
  const user = update.message?.from ?? update.callback_query?.from;
  if (user === undefined) return;
  const person = await meet(setting, user);
  await setting.api.sendMessage(user.id, setting.texts.t(person.locale, 'apology'));
}

/** How updates come in. */
interface Connection {
  /** Runs until the context's signal aborts. */
  run: () => Promise<void>;
  trouble: () => string | null;
}

/** Long polling, or a webhook where one is configured. @throws errors of grammY */
async function connect(
  bot: Bot<HugContext>,
  setting: Setting,
  inbox: Inbox,
  onConnected: () => void,
): Promise<Connection> {
  const { config, core } = setting;
  // Without automatic repeats: `connectPatiently` waits, and says so in the log.
  const api = new Api(config.token.reveal(), {
    apiRoot: config.apiRoot,
    timeoutSeconds: CALL_TIMEOUT_SECONDS,
  });
  bot.botInfo = await api.getMe();
  if (config.webhook === null) {
    await api.deleteWebhook();
    return createPoller(core, config, inbox, onConnected);
  }
  await api.setWebhook(config.webhook.url, {
    secret_token: config.webhook.secret.reveal(),
    allowed_updates: ALLOWED_UPDATES,
    max_connections: WEBHOOK_CONNECTIONS,
  });
  onConnected();
  return { run: () => Promise.resolve(), trouble: () => null };
}

/** Connects however long it takes; answers null when the process stops before. */
async function connectPatiently(
  core: Context,
  attempt: () => Promise<Connection>,
  tell: (trouble: string) => void,
): Promise<Connection | null> {
  const { log, signal } = core;
  for (let failures = 1; !signal.aborted; failures += 1) {
    try {
      return await attempt();
    } catch (error) {
      const code = error instanceof GrammyError ? error.error_code : 'no answer';
      const waitMs = Math.min(1000 * 2 ** (failures - 1), MAX_CONNECT_WAIT_MS);
      tell(`telegram: ${code}`);
      log.error({ err: error, waitMs }, 'telegram could not be connected; waiting');
      await wait(waitMs, signal);
    }
  }
  return null;
}

/** @param options.messenger the outbound side of the same bot */
export function createTelegramBot(
  core: Context,
  options: { config: TelegramConfig; texts: Texts; messenger: Messenger },
): TelegramBot {
  const { config, texts, messenger } = options;
  const bot = new Bot<HugContext>(config.token.reveal(), {
    client: { apiRoot: config.apiRoot, timeoutSeconds: CALL_TIMEOUT_SECONDS },
  });
  bot.api.config.use(autoRetry(HANDLER_RETRY));
  const memory = { exampleFileId: null };
  const kept = { taps: createTaps(core.now), photoRate: createPhotoRate(core.now), memory };
  const setting: Setting = { core, texts, config, messenger, api: bot.api, ...kept };
  installHandlers(bot, setting);
  const inbox = createInbox(core, {
    handle: (update) => bot.handleUpdate(update),
    answerAtOnce: (update) => answerPreCheckout(setting, update),
    apologize: (update) => apologize(setting, update),
  });
  let trouble = (): string | null => 'telegram: not connected yet';
  let running: Promise<void> = Promise.resolve();

  const run = async (onConnected: () => void): Promise<void> => {
    const connection = await connectPatiently(
      core,
      () => connect(bot, setting, inbox, onConnected),
      (text) => {
        trouble = () => text;
      },
    );
    if (connection === null) return;
    trouble = connection.trouble;
    core.log.info({ isByWebhook: config.webhook !== null }, 'telegram connected');
    await inbox.resume();
    await Promise.all([connection.run(), registerMenu(bot.api, texts, core.log)]);
  };

  return {
    start: () =>
      new Promise((resolve) => {
        running = run(resolve);
      }),
    stop: async () => {
      await running;
      await inbox.idle();
    },
    trouble: () => trouble(),
    receive: (update) => inbox.receive([update]),
    username: async () =>
      bot.isInited() ? bot.botInfo.username : (await bot.api.getMe()).username,
  };
}
