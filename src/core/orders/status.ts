// The statuses of an order and the moves between them, as one table. Pure; everything that writes a status asks here.

/** `queued` waits for a slot, `submitting` means that PixVerse may already have the order. */
export type OrderStatus =
  | 'draft'
  | 'awaiting_payment'
  | 'queued'
  | 'submitting'
  | 'generating'
  | 'generated'
  | 'delivered'
  | 'failed'
  | 'expired'
  | 'cancelled';

export const ORDER_STATUSES: readonly OrderStatus[] = [
  'draft',
  'awaiting_payment',
  'queued',
  'submitting',
  'generating',
  'generated',
  'delivered',
  'failed',
  'expired',
  'cancelled',
];

/**
 * From each status, where an order may go next.
 *
 * `submitting → queued`: PixVerse surely refused and we may ask again. `generating → queued`: its attempt ended
 * without a video and one more is allowed. `failed → generated`: the video came after we gave up (a gift).
 */
const MOVES: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  draft: ['awaiting_payment', 'queued', 'expired', 'cancelled'],
  awaiting_payment: ['draft', 'queued', 'expired', 'cancelled'],
  queued: ['submitting', 'cancelled', 'failed'],
  submitting: ['generating', 'queued', 'failed'],
  generating: ['generated', 'queued', 'failed'],
  generated: ['delivered', 'failed'],
  delivered: [],
  failed: ['generated'],
  expired: [],
  cancelled: [],
};

/** Statuses in which a generation may be under way at PixVerse, so that a slot is held. */
export const SLOT_STATUSES: readonly OrderStatus[] = ['submitting', 'generating'];

/** Statuses of an order that is funded and not yet ended: at most one a person (a gift apart). */
export const RUNNING_STATUSES: readonly OrderStatus[] = [
  'queued',
  'submitting',
  'generating',
  'generated',
];

/** Statuses in which the person may still change photos and choose. */
export const EDITABLE_STATUSES: readonly OrderStatus[] = ['draft', 'awaiting_payment'];

/** Statuses from which nothing more is expected (but see `failed → generated`). */
export const ENDED_STATUSES: readonly OrderStatus[] = [
  'delivered',
  'failed',
  'expired',
  'cancelled',
];

/** May an order go from one status to the other? */
export function isMoveAllowed(from: OrderStatus, to: OrderStatus): boolean {
  return MOVES[from].includes(to);
}

/** Cancelling is free of consequences up to the moment the order may have reached PixVerse. */
export function isCancellable(status: OrderStatus): boolean {
  return isMoveAllowed(status, 'cancelled');
}

export function isEnded(status: OrderStatus): boolean {
  return ENDED_STATUSES.includes(status);
}
