import { expect } from 'vitest';
import type { Store } from '../../src/core/ports/store.js';

/** The store, whose every answer about a changed order is compared with what a reader then finds. */
export function checkChanges(store: Store): Store {
  return {
    ...store,
    changeOrder: async (change) => {
      // Both run at once: nothing can come between them.
      const [answer, found] = await Promise.all([
        store.changeOrder(change),
        store.readOrder(change.orderId),
      ]);
      if (answer !== null) expect(answer).toEqual(found);
      return answer;
    },
  };
}
