// Whole conversations per second, durable, against the same in memory.

import pLimit from 'p-limit';
import { drawSamples } from '../../src/sandbox/samples.js';
import { median } from '../numbers.js';
import { atLeast, type Benchmark } from '../report.js';
import { converse } from './person.js';
import { type BotKind, openStage } from './stage.js';

const ROUNDS = 2;
const PEOPLE = 80;
const AT_ONCE = 40;
const WARM_UP = 24;
/** Little, so that talking is what is measured; the app learns it in the warm-up and looks when it is time. */
const GENERATION_MS = 1_000;
const FIRST_ID = 100_000;

interface Pace {
  perSecond: number;
  /** CPU of the bot's own process for one conversation. */
  cpuMs: number;
}

async function measure(kind: BotKind, photos: [Buffer, Buffer]): Promise<Pace> {
  // A still of each video is an extra that the other bot has not, made by a process beside the bot.
  const stage = await openStage(kind, { generationMs: GENERATION_MS, hasNoFfmpeg: true });
  const limit = pLimit(AT_ONCE);
  const talk = (from: number, count: number) =>
    Promise.all(
      Array.from({ length: count }, (_, index) =>
        limit(() => converse(stage.telegram, from + index, photos)),
      ),
    );
  try {
    await talk(FIRST_ID, WARM_UP);
    const cpuBefore = await stage.bot.cpuMs();
    const startedAt = performance.now();
    await talk(2 * FIRST_ID, PEOPLE);
    const seconds = (performance.now() - startedAt) / 1000;
    const cpuMs = ((await stage.bot.cpuMs()) - cpuBefore) / PEOPLE;
    return { perSecond: PEOPLE / seconds, cpuMs };
  } finally {
    await stage.close();
  }
}

export const conversations: Benchmark = {
  name: 'conversations',
  run: async (tell) => {
    const photos = await drawSamples();
    const ours: Pace[] = [];
    const memory: Pace[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      ours.push(await measure('app', photos));
      memory.push(await measure('baseline', photos));
    }
    const name = 'grammY in memory';
    tell({
      what: 'whole conversations per second, durable',
      unit: '/s',
      ours: median(ours.map((pace) => pace.perSecond)),
      baseline: { name, value: median(memory.map((pace) => pace.perSecond)) },
      aim: atLeast(0.5, 'ratio'),
      note: `${PEOPLE} people, ${AT_ONCE} at once, no stills, with all stand-ins on the same machine`,
    });
    tell({
      what: "CPU of the bot's process for one conversation",
      unit: 'ms',
      ours: median(ours.map((pace) => pace.cpuMs)),
      baseline: { name, value: median(memory.map((pace) => pace.cpuMs)) },
    });
  },
};
