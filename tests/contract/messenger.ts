// The contract of Messenger: every platform and the stand-in in memory run this suite.

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UnreachableError } from '../../src/core/errors.js';
import { newId } from '../../src/core/ids.js';
import type { ChatAddress } from '../../src/core/model.js';
import type {
  CardContent,
  CardRequest,
  Messenger,
  NoticeContent,
  TicketLine,
  VideoFile,
  VideoRequest,
} from '../../src/core/ports/messenger.js';
import { picture } from '../support/pictures.js';

export interface MessengerUnderTest {
  messenger: Messenger;
  /** A chat in which the bot may write. */
  address: ChatAddress;
  /** How many messages of this kind the person sees now. */
  countCards(): number;
  countVideos(): number;
  /** Deletes the message with this id, as a person can. */
  removeMessage(messageId: string): void;
  setBlocked(isBlocked: boolean): void;
  video: VideoFile;
  close(): Promise<void>;
}

const QUOTE = { currency: 'XTR', exponent: 0, amountMinor: 250, credits: 5, tableVersion: 't' };
const LINE: TicketLine = {
  id: randomUUID(),
  status: 'delivered',
  at: Date.UTC(2027, 0, 15),
  paid: { currency: 'USD', exponent: 2, amountMinor: 499 },
  variant: 'premium',
};
const STAGES: CardContent[] = [
  { stage: 'consent' },
  {
    stage: 'choose',
    offers: [
      { variant: 'premium', quote: QUOTE, pay: 'free' },
      { variant: 'standard', quote: QUOTE, pay: 'price' },
    ],
    replacing: null,
    balance: 0,
    awaiting: null,
  },
  { stage: 'choose', offers: [], replacing: 1, balance: 3, awaiting: null },
  { stage: 'queued', position: 3, waitMs: 40_000 },
  { stage: 'making', percent: 30, leftMs: 20_000 },
  { stage: 'making', percent: 90, leftMs: null },
  { stage: 'uploading' },
  { stage: 'failed', failureCode: 'moderated', money: { way: 'free_returned' }, canRetry: false },
  { stage: 'cancelled', money: { way: 'credits_returned' }, canRetry: true },
  {
    stage: 'failed',
    failureCode: 'generation_failed',
    money: {
      way: 'payment_as_credits',
      paid: { currency: 'EUR', exponent: 2, amountMinor: 299 },
      credits: 3,
    },
    canRetry: true,
  },
  { stage: 'expired' },
];

export function testMessenger(name: string, open: () => Promise<MessengerUnderTest>): void {
  describe(`messenger: ${name}`, () => {
    let under: MessengerUnderTest;
    beforeAll(async () => {
      under = await open();
    });
    afterAll(() => under.close());

    function card(content: CardContent, overrides: Partial<CardRequest> = {}): CardRequest {
      return {
        orderId: newId(),
        address: under.address,
        locale: 'en',
        content,
        picture: { key: 'p1', render: () => picture({ width: 640, height: 480 }) },
        messageId: null,
        shownPictureKey: null,
        isRepost: false,
        ...overrides,
      };
    }

    function video(overrides: Partial<VideoRequest> = {}): VideoRequest {
      return {
        orderId: newId(),
        address: under.address,
        locale: 'en',
        variant: 'premium',
        isGift: false,
        fileRef: null,
        file: under.video,
        ...overrides,
      };
    }

    test('a card walks through every stage in one message', async () => {
      const before = under.countCards();
      let shown = await under.messenger.showCard(card(STAGES[0] as CardContent));
      const first = shown.messageId;
      for (const content of STAGES) {
        shown = await under.messenger.showCard(
          card(content, { messageId: shown.messageId, shownPictureKey: shown.pictureKey }),
        );
      }
      expect(shown.messageId).toBe(first);
      expect(under.countCards()).toBe(before + 1);
    });

    test('showing the same card again is no error and no second message', async () => {
      const before = under.countCards();
      const content: CardContent = { stage: 'queued', position: 2, waitMs: null };
      const shown = await under.messenger.showCard(card(content));
      const again = card(content, {
        messageId: shown.messageId,
        shownPictureKey: shown.pictureKey,
      });
      expect(await under.messenger.showCard(again)).toEqual(shown);
      expect(await under.messenger.showCard(again)).toEqual(shown);
      expect(under.countCards()).toBe(before + 1);
    });

    test('a new picture takes the place of the old one', async () => {
      const shown = await under.messenger.showCard(card({ stage: 'consent' }));
      const changed = await under.messenger.showCard(
        card(
          { stage: 'consent' },
          {
            messageId: shown.messageId,
            shownPictureKey: shown.pictureKey,
            picture: { key: 'p2', render: () => picture({ color: '#00aa88' }) },
          },
        ),
      );
      expect(changed).toEqual({ messageId: shown.messageId, pictureKey: 'p2' });
    });

    test('a repost puts the card into a new message and leaves no second one', async () => {
      const before = under.countCards();
      const shown = await under.messenger.showCard(card({ stage: 'consent' }));
      const moved = await under.messenger.showCard(
        card(
          { stage: 'consent' },
          { messageId: shown.messageId, shownPictureKey: shown.pictureKey, isRepost: true },
        ),
      );
      expect(moved.messageId).not.toBe(shown.messageId);
      expect(under.countCards()).toBe(before + 1);
    });

    test('a video takes the place of the card, however often that is repeated', async () => {
      const before = under.countVideos();
      const shown = await under.messenger.showCard(card({ stage: 'uploading' }));
      const request = video();
      const first = await under.messenger.putVideoInCard(request, shown.messageId);
      const second = await under.messenger.putVideoInCard(request, shown.messageId);
      expect(first).toMatchObject({ messageId: shown.messageId });
      expect(second).toMatchObject({ messageId: shown.messageId });
      expect(under.countVideos()).toBe(before + 1);
    });

    test('a card that is gone is said, and the video goes into a message of its own', async () => {
      const shown = await under.messenger.showCard(card({ stage: 'uploading' }));
      under.removeMessage(shown.messageId);
      expect(await under.messenger.putVideoInCard(video(), shown.messageId)).toBe('not_editable');
      const before = under.countVideos();
      const sent = await under.messenger.sendVideo(video());
      expect(sent.messageId).not.toBe(shown.messageId);
      expect(under.countVideos()).toBe(before + 1);
    });

    test('a delivered video is sent again by its handle alone', async () => {
      const sent = await under.messenger.sendVideo(video());
      expect(sent.fileRef).not.toBeNull();
      const before = under.countVideos();
      await under.messenger.sendVideo(video({ fileRef: sent.fileRef, file: null }));
      expect(under.countVideos()).toBe(before + 1);
    });

    test('a message of ours is taken out of the chat, however often that is asked', async () => {
      const before = under.countVideos();
      const sent = await under.messenger.sendVideo(video());
      expect(under.countVideos()).toBe(before + 1);
      expect(await under.messenger.removeMessage(under.address, sent.messageId)).toBe(true);
      expect(await under.messenger.removeMessage(under.address, sent.messageId)).toBe(true);
      expect(under.countVideos()).toBe(before);
    });

    test('somebody who cannot be reached is said by every function', async () => {
      const shown = await under.messenger.showCard(card({ stage: 'uploading' }));
      under.setBlocked(true);
      const tries = [
        under.messenger.showCard(card({ stage: 'consent' })),
        under.messenger.putVideoInCard(video(), shown.messageId),
        under.messenger.sendVideo(video()),
        under.messenger.sendNotice(under.address, 'en', { kind: 'extra_photo', orderId: 'o' }),
      ];
      for (const outcome of await Promise.allSettled(tries)) {
        expect(outcome.status).toBe('rejected');
        expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(UnreachableError);
      }
      under.setBlocked(false);
    });

    test('every notice can be said in every language', async () => {
      for (const locale of ['en', 'es', 'xx']) {
        for (const notice of [
          { kind: 'video_ready', orderId: 'o', isGift: true },
          { kind: 'photo_declined', orderId: 'o', position: 2, reason: 'moderated' },
          { kind: 'extra_photo', orderId: 'o' },
          { kind: 'credits_changed', delta: -3, balance: 2, reason: 'because' },
          { kind: 'admin_alert', alert: 'pixverse_auth', detail: 'order 401' },
          { kind: 'ticket_received', contact: 'help@example.com' },
          {
            kind: 'ticket',
            ticketId: newId(),
            from: 'telegram:9',
            text: 'x'.repeat(2_000),
            orders: Array.from({ length: 5 }, () => LINE),
            payments: Array.from({ length: 5 }, () => LINE),
            refunds: [
              { id: randomUUID(), paid: LINE.paid, credits: 5 },
              { id: newId(), paid: null, credits: 1 },
            ],
          },
          {
            kind: 'report',
            ticketId: newId(),
            from: 'telegram:9',
            orderId: newId(),
            status: 'delivered',
          },
          { kind: 'support_answer', text: 'y'.repeat(2_000) },
          { kind: 'answer_sent', ticketId: 't' },
          { kind: 'order_removed', wasDelivered: true },
          { kind: 'order_removed', wasDelivered: false },
        ] satisfies NoticeContent[]) {
          await under.messenger.sendNotice(under.address, locale, notice);
        }
      }
    });
  });
}
