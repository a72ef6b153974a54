// The updates that wait for the bot, numbered, until they are confirmed or a day old.

import type { Update } from 'grammy/types';
import type { Clock } from '../clock.js';

export type UpdateContent = Omit<Update, 'update_id'>;

const RETENTION_MS = 24 * 60 * 60 * 1000;
const FIRST_ID = 800_000_001;

export interface QueuedUpdate {
  update: Update;
  /** Updates with the same key reach a webhook one after the other. */
  chatKey: number;
  at: number;
}

export interface Backlog {
  add: (content: UpdateContent, chatKey: number) => void;
  /** Oldest first; what is delivered a second time comes before the rest. */
  pending: () => readonly QueuedUpdate[];
  confirm: (entry: QueuedUpdate) => void;
  /** A positive offset confirms what lies before it, a negative one all but the last so many. */
  confirmUpTo: (offset: number) => void;
  /** The first updates, for a poll: they stay until they are confirmed. */
  collect: (limit: number) => Update[];
  drop: () => void;
}

/** What may happen to updates on their way. */
export interface BacklogFaults {
  /** Asked for each confirmed update: is it delivered once more? */
  isRepeated: () => boolean;
  /** Asked for each update that could change places with the one before it in its chat. */
  isReordered: () => boolean;
}

export function createBacklog(clock: Clock, faults: BacklogFaults): Backlog {
  const { isRepeated, isReordered } = faults;
  let waiting: QueuedUpdate[] = [];
  let repeats: QueuedUpdate[] = [];
  let nextId = FIRST_ID;
  /** The largest id that was handed out. */
  let seenId = 0;

  /** Ids stay in order; what happened changes places. What was handed out keeps its id for ever. */
  function swapWithFormer(entry: QueuedUpdate): void {
    const former = waiting.findLast(
      ({ chatKey, update }) => chatKey === entry.chatKey && update.update_id > seenId,
    );
    if (former === undefined || !isReordered()) return;
    const { update } = former;
    former.update = { ...entry.update, update_id: update.update_id };
    entry.update = { ...update, update_id: entry.update.update_id };
  }

  function prune(): void {
    waiting = waiting.filter(({ at }) => clock.now() - at < RETENTION_MS);
  }

  return {
    add: (content, chatKey) => {
      const entry = { update: { update_id: nextId, ...content }, chatKey, at: clock.now() };
      nextId += 1;
      swapWithFormer(entry);
      waiting.push(entry);
    },

    pending: () => {
      prune();
      seenId = nextId - 1;
      return [...repeats, ...waiting];
    },

    confirm: (entry) => {
      if (repeats.includes(entry)) {
        repeats = repeats.filter((other) => other !== entry);
      } else {
        waiting = waiting.filter((other) => other !== entry);
        if (isRepeated()) repeats.push(entry);
      }
    },

    confirmUpTo: (offset) => {
      const first = offset >= 0 ? offset : (waiting.at(offset)?.update.update_id ?? 0);
      const confirmed = waiting.filter(({ update }) => update.update_id < first);
      waiting = waiting.filter(({ update }) => update.update_id >= first);
      repeats.push(...confirmed.filter(() => isRepeated()));
    },

    collect: (limit) => {
      prune();
      const again = repeats.slice(0, limit);
      repeats = repeats.slice(limit);
      const batch = [...again, ...waiting].slice(0, limit).map(({ update }) => update);
      seenId = Math.max(seenId, ...batch.map(({ update_id }) => update_id));
      return batch;
    },

    drop: () => {
      waiting = [];
      repeats = [];
    },
  };
}
