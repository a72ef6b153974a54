// Updates from chat platforms, kept until they are handled, and where dialogues stand.

export interface ReceivedUpdate {
  /** The source's own id of this update; the same id again is the same update. */
  eventId: string;
  /** Updates of one person keep their order. */
  personKey: string;
  payload: string;
}

export interface PendingUpdate extends ReceivedUpdate {
  receivedAt: number;
}

export interface InboxStore {
  /** Stores what is new, in order, and answers just that. */
  receiveUpdates(source: string, updates: ReceivedUpdate[], now: number): Promise<PendingUpdate[]>;
  pendingUpdates(source: string): Promise<PendingUpdate[]>;
  /** Erases the content and whose it was; the id stays, so that a repeat is known. */
  finishUpdate(source: string, eventId: string, now: number): Promise<void>;
  readDialogue(key: string): Promise<string | null>;
  writeDialogue(key: string, data: string, now: number): Promise<void>;
  deleteDialogue(key: string): Promise<void>;
}
