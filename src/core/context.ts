// What every function of core is handed: settings, ports, clock and log, in one frozen object.

import type { Log } from './log.js';
import type { Metrics } from './metrics.js';
import type { Platform, ProviderId } from './model.js';
import type { Messenger } from './ports/messenger.js';
import type { PaymentProvider } from './ports/payment-provider.js';
import type { Store } from './ports/store.js';
import type { Config } from './settings.js';
import type { VideoFiles } from './video/files.js';
import type { Pixverse } from './video/pixverse.js';

export interface Context {
  readonly config: Config;
  readonly store: Store;
  readonly pixverse: Pixverse;
  readonly files: VideoFiles;
  readonly messengers: ReadonlyMap<Platform, Messenger>;
  /** In the order in which they are offered. */
  readonly paymentProviders: ReadonlyMap<ProviderId, PaymentProvider>;
  /** Epoch ms. */
  readonly now: () => number;
  /** A number in [0, 1), for jitter and experiments. */
  readonly random: () => number;
  readonly log: Log;
  /** What happens and leaves no row; tests and tools take `NO_METRICS`. */
  readonly metrics: Metrics;
  /** Something became due: the scheduler need not wait for its next look. */
  readonly wake: () => void;
  /** Aborts when the process stops; long waits and remote calls listen to it. */
  readonly signal: AbortSignal;
}
