// How soon a payment that Telegram asks about is answered: it gives up after ten seconds, people sooner. With orders in
// flight and people typing, against the same app with nothing else to do.

import { setTimeout as sleep } from 'node:timers/promises';
import { drawSamples } from '../../src/sandbox/samples.js';
import type { SandboxUser } from '../../src/sandbox/telegram/people/user.js';
import { quantile } from '../numbers.js';
import { atMost, type Benchmark } from '../report.js';
import { openPayer, prepareInFlight } from './in-flight-scene.js';
import { openStage, type Stage } from './stage.js';
import { startTyping } from './typing.js';

const ORDERS = 1_000;
const TYPING = 200;
const PAYERS = 210;
/** Those who are not counted: they find a program that has just started. */
const WARM_UP = 10;
const PAUSE_MS = 100;
/** By then everybody who types has an order open, and the rush of the start is over. */
const SETTLE_MS = 15_000;
const PATIENCE_MS = 60_000;
/** No video is to come back while payments are timed. */
const GENERATION_MS = 3_600_000;

interface Outcome {
  /** From the query that Telegram has for the app to the answer that arrives, in ms, one for each payment. */
  spansMs: number[];
  /** Share of a core that the app took while people paid. */
  cpuShare: number;
  actsPerSecond: number;
  callsPerSecond: number;
}

async function findInvoice(payer: SandboxUser): Promise<number> {
  const options = { timeoutMs: PATIENCE_MS };
  const { id } = await payer.waitFor((message) => message.invoice !== undefined, options);
  return id;
}

/** Tells of the next answer. */
interface Watch {
  onAnswer: (at: number) => void;
}

/** Each pays after the other; answers how long each waited for the app's yes. */
async function payAll(stage: Stage, watch: Watch): Promise<number[]> {
  const spansMs: number[] = [];
  for (let index = 0; index < PAYERS; index += 1) {
    const payer = openPayer(stage.telegram, index);
    const invoice = await findInvoice(payer);
    await sleep(PAUSE_MS);
    // The stand-in tells of the call a moment after the payment has gone on.
    const answeredAt = new Promise<number>((resolve) => (watch.onAnswer = resolve));
    const askedAt = Date.now();
    const { status } = await payer.pay(invoice);
    if (status !== 'paid') throw new Error(`a payment ended as ${status}`);
    spansMs.push((await answeredAt) - askedAt);
  }
  return spansMs.slice(WARM_UP);
}

async function measure(size: { orders: number; typing: number }): Promise<Outcome> {
  const [picture] = await drawSamples();
  const watch: Watch = { onAnswer: () => undefined };
  let calls = 0;
  const stage = await openStage('app', {
    generationMs: GENERATION_MS,
    hasUsualLooks: true,
    onTelegramCall: ({ method, at }) => {
      calls += 1;
      if (method === 'answerPreCheckoutQuery') watch.onAnswer(at);
    },
    onPixverseCall: () => (calls += 1),
    prepare: (scene) => prepareInFlight(scene, { orders: size.orders, payers: PAYERS }, picture),
  });
  const crowd = startTyping(stage.telegram, size.typing);
  try {
    await findInvoice(openPayer(stage.telegram, PAYERS - 1));
    await sleep(SETTLE_MS);
    const before = { cpuMs: await stage.bot.cpuMs(), acts: crowd.acts(), calls };
    const startedAt = performance.now();
    const spansMs = await payAll(stage, watch);
    const tookMs = performance.now() - startedAt;
    return {
      spansMs,
      cpuShare: ((await stage.bot.cpuMs()) - before.cpuMs) / tookMs,
      actsPerSecond: (1000 * (crowd.acts() - before.acts)) / tookMs,
      callsPerSecond: (1000 * (calls - before.calls)) / tookMs,
    };
  } finally {
    await crowd.stop();
    await stage.close();
  }
}

export const preCheckout: Benchmark = {
  name: 'pre-checkout',
  run: async (tell) => {
    const busy = await measure({ orders: ORDERS, typing: TYPING });
    const idle = await measure({ orders: 0, typing: 0 });
    const note =
      `${busy.spansMs.length} payments, one after the other, from when Telegram has the question to when it has the ` +
      `answer; ${ORDERS} orders at PixVerse, ${TYPING} people who do ${busy.actsPerSecond.toFixed(0)} things and an app ` +
      `that makes ${busy.callsPerSecond.toFixed(0)} calls a second, on ${(100 * busy.cpuShare).toFixed(0)} % of a core`;
    for (const share of [0.5, 0.99]) {
      tell({
        what: `answer to a pre-checkout, ${share === 0.5 ? 'median' : '99 % within'}`,
        unit: 'ms',
        ours: quantile(busy.spansMs, share),
        baseline: { name: 'idle app', value: quantile(idle.spansMs, share) },
        ...(share > 0.5 && { aim: atMost(100), note }),
      });
    }
  },
};
