// What the page shows, in parts. A part is always told whole, so that the page never has to add up changes.

import { stripVTControlCharacters } from 'node:util';
import type { FaultBoard } from './page-faults.js';
import type { ChatMessage } from './telegram/messages/view.js';
import { STARS } from './telegram/payments/invoice.js';
import { formatPrice } from './telegram/payments/price.js';
import type { SandboxUser } from './telegram/people/user.js';
import type { World } from './world.js';

/** The choices on the page, in seconds. */
export const GENERATION_SECONDS: readonly number[] = [3, 15, 45];

/** Everything that the page shows and acts on. */
export interface PageSetting {
  world: World;
  /** Who one can be on the page; the first unless chosen. */
  people: readonly SandboxUser[];
  faults: FaultBoard;
  /** How long a generation takes, from the next one on; one of `GENERATION_SECONDS`. */
  pace: { seconds: number };
}

/** How many of the newest calls and lines are told. */
const SHOWN_CALLS = 100;
const SHOWN_GENERATIONS = 40;
const SHOWN_LINES = 250;
const SHOWN_PAYMENTS = 40;

/** The variable that decides in what the app sells. */
export const PROVIDER_VARIABLE = 'TELEGRAM_PROVIDER_TOKEN';

function priceOf({ currency, totalAmount }: { currency: string; totalAmount: number }): string {
  return formatPrice(currency, totalAmount);
}

/** With prices in words, and the receipt with what was bought: its message does not say it. */
function tellMoney({ world }: PageSetting, message: ChatMessage) {
  const { invoice, payment, refund } = message;
  const charge = (payment ?? refund)?.chargeId;
  const title = world.telegram.payments().find(({ chargeId }) => chargeId === charge)?.title ?? '';
  return {
    ...message,
    ...(invoice !== undefined && { invoice: { ...invoice, price: priceOf(invoice) } }),
    ...(payment !== undefined && { payment: { ...payment, price: priceOf(payment), title } }),
    ...(refund !== undefined && { refund: { ...refund, price: priceOf(refund), title } }),
  };
}

function readChat(setting: PageSetting, user: SandboxUser) {
  const { world, people } = setting;
  const languageCode = user.profile.language_code ?? '';
  return {
    person: user.id,
    people: people.map(({ profile }) => ({
      id: profile.id,
      name: profile.first_name,
      languageCode: profile.language_code ?? '',
    })),
    messages: user.chat().map((message) => tellMoney(setting, message)),
    action: user.chatAction(),
    isBlocked: user.isBlocked(),
    commands: user.commands(),
    description: world.telegram.description(languageCode).description,
  };
}

/** Long polls come without end and tell nothing, unless they fail. */
function readTelegram({ world }: PageSetting) {
  const calls = world.telegram.calls().filter((call) => call.method !== 'getUpdates' || !call.ok);
  const payments = world.telegram.payments().slice(-SHOWN_PAYMENTS);
  return {
    calls: calls.slice(-SHOWN_CALLS),
    starBalance: world.telegram.starBalance(),
    payments: payments.map((payment) => ({
      chargeId: payment.chargeId,
      payload: payment.payload,
      title: payment.title,
      payer: payment.payer.first_name,
      price: priceOf(payment),
      isStars: payment.currency === STARS,
      at: payment.at,
      refundedAt: payment.refundedAt,
    })),
  };
}

function readPixverse({ world: { pixverse } }: PageSetting) {
  return {
    calls: pixverse.calls().slice(-SHOWN_CALLS),
    generations: pixverse.generations().slice(-SHOWN_GENERATIONS),
    balance: pixverse.balance(),
  };
}

/** All parts as they are now, by the name of their event. */
export function readParts(setting: PageSetting, user: SandboxUser): Record<string, unknown> {
  const { keeper } = setting.world;
  return {
    app: {
      state: keeper.state(),
      sellsIn: keeper.variable(PROVIDER_VARIABLE) === null ? 'stars' : 'local',
    },
    chat: readChat(setting, user),
    pace: { seconds: setting.pace.seconds, choices: GENERATION_SECONDS },
    faults: setting.faults.list(),
    pixverse: readPixverse(setting),
    telegram: readTelegram(setting),
    log: keeper.lines().slice(-SHOWN_LINES).map(stripVTControlCharacters),
  };
}
