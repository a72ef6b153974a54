// When to look at a generation: our plan against the usual ways and against the bound that no poller can beat.

import { mean, quantile } from '../numbers.js';
import { atLeast, atMost, type Benchmark, type Figure } from '../report.js';
import { leastWaitMs } from './bound.js';
import {
  backoffSchedule,
  fixedSchedule,
  ourSchedule,
  type Scenario,
  type Schedule,
  simulate,
  TRUE_DURATIONS,
} from './simulation.js';

const SEEDS = [1, 2, 3, 4, 5];
const VIDEOS = 4_000;
/** The defaults of PIXVERSE_POLL_MIN_MS and PIXVERSE_POLL_MAX_MS. */
const BOUNDS = { minGapMs: 1_000, maxGapMs: 15_000 };
const WEBHOOK_SHARE = 0.98;

interface Outcome {
  name: string;
  meanWaitS: number;
  latestS: number;
  polls: number;
  /** The bound at the same number of polls, over the mean wait; 1 is the optimum that knows the distribution. */
  efficiency: number;
}

const OTHERS: readonly { name: string; make: () => Schedule }[] = [
  { name: 'fixed 5 s', make: () => fixedSchedule(5_000) },
  { name: 'fixed 10 s', make: () => fixedSchedule(10_000) },
  { name: 'back-off 2 s × 1.5 ≤ 15 s', make: () => backoffSchedule(2_000, 1.5, 15_000) },
];

/** @param slowness how much longer than usual the counted videos took */
function measure(
  name: string,
  make: () => Schedule,
  scenario: Omit<Scenario, 'seed' | 'videos'>,
  slowness = 1,
): Outcome {
  const counted = SEEDS.flatMap((seed) =>
    simulate(make(), { seed, videos: VIDEOS, ...scenario }).slice(scenario.doublesAt ?? 0),
  );
  const waits = counted.map((video) => video.waitMs / 1000);
  const polls = mean(counted.map((video) => video.polls));
  const durations = { ...TRUE_DURATIONS, mu: TRUE_DURATIONS.mu + Math.log(slowness) };
  const meanWaitS = mean(waits);
  const efficiency =
    scenario.webhookShare === undefined ? leastWaitMs(durations, polls) / 1000 / meanWaitS : NaN;
  return { name, meanWaitS, latestS: quantile(waits, 0.99), polls, efficiency };
}

/** The rows of one situation: each of three measures against each of the others; the aims stand on the first. */
function compare(
  when: string,
  ours: Outcome,
  others: readonly Outcome[],
  aims: { wait?: Figure['aim']; polls?: Figure['aim']; note?: string },
): Figure[] {
  return others.flatMap((other, index): Figure[] => {
    const isFirst = index === 0;
    const against = (value: number) => ({ name: other.name, value });
    return [
      {
        what: `mean added wait${when}`,
        unit: 's',
        ours: ours.meanWaitS,
        baseline: against(other.meanWaitS),
        ...(isFirst && aims.wait !== undefined && { aim: aims.wait }),
        ...(isFirst && aims.note !== undefined && { note: aims.note }),
      },
      {
        what: `polls per video${when}`,
        unit: '',
        ours: ours.polls,
        baseline: against(other.polls),
        ...(isFirst && aims.polls !== undefined && { aim: aims.polls }),
      },
      {
        what: `poll efficiency (bound ÷ wait)${when}`,
        unit: '',
        ours: ours.efficiency,
        baseline: against(other.efficiency),
        ...(isFirst && { aim: atLeast(0.88) }),
      },
    ];
  });
}

export const polling: Benchmark = {
  name: 'polling',
  run: (tell) => {
    const withoutWebhook = () => ourSchedule({ ...BOUNDS, hasWebhook: false });
    const ours = measure('ours', withoutWebhook, {});
    const others = OTHERS.map(({ name, make }) => measure(name, make, {}));
    compare('', ours, others, {
      wait: atMost(2),
      polls: atMost(10),
      note: `99 % within ${ours.latestS.toFixed(1)} s; ${VIDEOS} videos, ${SEEDS.length} seeds`,
    }).forEach(tell);

    const drift = { doublesAt: VIDEOS / 2 };
    const slower = measure('ours', withoutWebhook, drift, 2);
    const slowerOthers = OTHERS.map(({ name, make }) => measure(name, make, drift, 2));
    const doubled = { ...TRUE_DURATIONS, mu: TRUE_DURATIONS.mu + Math.LN2 };
    const leastS = (leastWaitMs(doubled, 10) / 1000).toFixed(2);
    compare(', once durations doubled', slower, slowerOthers, {
      note: `counted from the first slower video on; at 10 polls the bound itself is ${leastS} s here`,
    }).forEach(tell);

    const told = measure('ours', () => ourSchedule({ ...BOUNDS, hasWebhook: true }), {
      webhookShare: WEBHOOK_SHARE,
    });
    tell({
      what: 'mean added wait with webhook',
      unit: 's',
      ours: told.meanWaitS,
      baseline: { name: 'ours without', value: ours.meanWaitS },
      aim: atMost(0.8),
      note: `${100 * WEBHOOK_SHARE} % of the webhooks arrive, 0.2 to 0.8 s after the video is done`,
    });
    tell({
      what: 'polls per video with webhook',
      unit: '',
      ours: told.polls,
      baseline: { name: 'ours without', value: ours.polls },
      aim: atMost(2),
    });
    return Promise.resolve();
  },
};
