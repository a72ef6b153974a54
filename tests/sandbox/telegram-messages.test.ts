// What a bot sends: parameters, text, markup, keyboards and answers to taps, as strict as Telegram.

import { describe, expect, it } from 'vitest';
import type { TelegramStandIn } from '../../src/sandbox/telegram/server.js';
import type { SandboxUser } from '../../src/sandbox/telegram/people/user.js';
import { call, createHandClock, callWithFiles, poll, start, TOKEN } from './telegram-setup.js';

async function open(): Promise<{ telegram: TelegramStandIn; anna: SandboxUser }> {
  const telegram = await start();
  return { telegram, anna: telegram.user({ id: 1001, first_name: 'Anna' }) };
}

async function refusal(telegram: TelegramStandIn, method: string, parameters: object) {
  const { ok, status, error_code, description } = await call(telegram, method, parameters);
  expect({ ok, status }).toEqual({ ok: false, status: error_code });
  return description;
}

describe('the parameters of a call', () => {
  it('are refused when unknown, missing or of a wrong type, at any depth', async () => {
    const { telegram } = await open();
    const send = (parameters: object) => refusal(telegram, 'sendMessage', parameters);
    expect(await send({ text: 'x' })).toBe('Bad Request: chat_id is empty');
    expect(await send({ chat_id: 1001 })).toBe('Bad Request: message text is empty');
    expect(await send({ chat_id: 1001, text: 'x', txet: 'y' })).toBe(
      'Bad Request: sendMessage has no parameter "txet"',
    );
    expect(await send({ chat_id: 1001, text: 5 })).toBe(
      "Bad Request: can't parse sendMessage: text must be a String",
    );
    expect(await send({ chat_id: 1001, text: 'x', disable_notification: 'yes' })).toMatch(
      /disable_notification must be a Boolean/,
    );
    expect(await send({ chat_id: 1001, text: 'x', parse_mode: 'html' })).toMatch(
      /parse_mode has the unknown value "html"/,
    );
    const keyboard = (button: object) => ({
      chat_id: 1001,
      text: 'x',
      reply_markup: { inline_keyboard: [[button]] },
    });
    expect(await send(keyboard({ text: 'Go', callback_data: 1 }))).toMatch(
      /reply_markup\.inline_keyboard\[0\]\[0\]\.callback_data must be a String/,
    );
    expect(await send(keyboard({ text: 'Go', callback_data: 'a', colour: 'red' }))).toMatch(
      /inline_keyboard\[0\]\[0\]\.colour is unknown/,
    );
    expect(await refusal(telegram, 'getStarTransactions', { limit: 1.5 })).toMatch(
      /limit must be an Integer/,
    );
    expect(await refusal(telegram, 'sendChatAction', { chat_id: 1001, action: 'nap' })).toMatch(
      /unknown value "nap"/,
    );
  });

  it('are read from the query, from urlencoded and from multipart bodies as well', async () => {
    const { telegram, anna } = await open();
    const url = `${telegram.apiRoot}/bot${TOKEN}/sendMessage`;
    const markup = JSON.stringify({ inline_keyboard: [[{ text: 'Go', callback_data: 'go' }]] });
    const fields = {
      chat_id: '1001',
      text: 'x',
      disable_notification: 'true',
      reply_markup: markup,
    };
    await fetch(`${url}?${String(new URLSearchParams(fields))}`);
    await fetch(url, { method: 'POST', body: new URLSearchParams(fields) });
    await callWithFiles(telegram, 'sendMessage', fields);
    expect(anna.chat()).toHaveLength(3);
    for (const message of anna.chat()) {
      expect(message).toMatchObject({ text: 'x', isSilent: true });
      expect(message.buttons).toEqual([[{ text: 'Go', callbackData: 'go' }]]);
    }
    const broken = await callWithFiles(telegram, 'sendMessage', { ...fields, reply_markup: '{' });
    expect(broken.description).toBe("Bad Request: can't parse reply_markup JSON object");
    const stray = await callWithFiles(telegram, 'sendMessage', {
      ...fields,
      extra: Buffer.from('x'),
    });
    expect(stray.description).toMatch(/no parameter for the part "extra"/);
  });

  it('go to methods that exist, under the right token', async () => {
    const { telegram } = await open();
    expect(await refusal(telegram, 'sendHug', {})).toBe('Not Found: method not found');
    expect(await refusal(telegram, 'getChat', { chat_id: 1 })).toMatch(/^Not Implemented/);
    expect((await call(telegram, 'GETME')).result).toMatchObject({
      username: 'nexora_hug_sandbox_bot',
    });
    const stranger = await fetch(`${telegram.apiRoot}/bot1:wrong/getMe`);
    expect(stranger.status).toBe(401);
    expect((await fetch(`${telegram.apiRoot}/nothing`)).status).toBe(404);
  });
});

describe('a text message', () => {
  it('goes only to chats that the bot knows', async () => {
    const { telegram } = await open();
    expect(await refusal(telegram, 'sendMessage', { chat_id: 4, text: 'x' })).toBe(
      'Bad Request: chat not found',
    );
    expect(await refusal(telegram, 'sendMessage', { chat_id: '@nobody', text: 'x' })).toBe(
      'Bad Request: chat not found',
    );
  });

  it('has 1 to 4096 characters once its markup is gone', async () => {
    const { telegram } = await open();
    const send = (text: string) =>
      call(telegram, 'sendMessage', { chat_id: 1001, text, parse_mode: 'HTML' });
    expect((await send('<b></b> ')).description).toBe('Bad Request: message text is empty');
    expect((await send(`<b>${'x'.repeat(4096)}</b>`)).ok).toBe(true);
    expect((await send('👍'.repeat(4096))).ok).toBe(true);
    expect((await send('x'.repeat(4097))).description).toBe('Bad Request: message is too long');
  });

  it('shows HTML as plain text with entities', async () => {
    const { telegram, anna } = await open();
    await call(telegram, 'sendMessage', {
      chat_id: 1001,
      parse_mode: 'HTML',
      text:
        ' <b>Hug &amp; <i>smile</i></b> 👍 <a href="https://example.org/?a=1&amp;b=2">here</a> &lt;3 &#33; ' +
        '<pre><code class="language-ts">x</code></pre><blockquote expandable>q</blockquote>' +
        '<span class="tg-spoiler">s</span> ',
    });
    const [message] = anna.chat();
    expect(message?.text).toBe('Hug & smile 👍 here <3 ! xqs');
    expect(message?.entities).toEqual([
      { type: 'bold', offset: 0, length: 11 },
      { type: 'italic', offset: 6, length: 5 },
      { type: 'text_link', offset: 15, length: 4, url: 'https://example.org/?a=1&b=2' },
      { type: 'pre', offset: 25, length: 1, language: 'ts' },
      { type: 'expandable_blockquote', offset: 26, length: 1 },
      { type: 'spoiler', offset: 27, length: 1 },
    ]);
  });

  it.each([
    ['<b>x', 'Can\'t find end tag corresponding to start tag "b"'],
    ['<div>x</div>', 'Unsupported start tag "div" at byte offset 0'],
    ['é<b>x</i>', 'Unmatched end tag at byte offset 6, expected "</b>", found "</i>"'],
    ['x</b>', 'Unexpected end tag at byte offset 1'],
    ['1 < 2', 'Unclosed start tag at byte offset 2'],
    ['<span class="x">y</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'],
  ])('with the HTML %j is refused', async (text, reason) => {
    const { telegram } = await open();
    expect(
      await refusal(telegram, 'sendMessage', { chat_id: 1001, text, parse_mode: 'HTML' }),
    ).toBe(`Bad Request: can't parse entities: ${reason}`);
  });

  it('is read as HTML or as plain text, no other way', async () => {
    const { telegram } = await open();
    const send = { chat_id: 1001, text: '*x*', parse_mode: 'MarkdownV2' };
    expect(await refusal(telegram, 'sendMessage', send)).toBe(
      'Bad Request: the stand-in reads HTML only, not parse_mode MarkdownV2',
    );
  });

  it('has its commands, links and mentions found, as a person wrote them or the bot', async () => {
    const { telegram, anna } = await open();
    anna.sendText('/start now, ask @nexora or see https://example.org/x. #hug');
    await call(telegram, 'sendMessage', { chat_id: 1001, text: '/help' });
    const [mine, theirs] = anna.chat();
    expect(mine?.entities?.map(({ type, offset, length }) => [type, offset, length])).toEqual([
      ['bot_command', 0, 6],
      ['mention', 16, 7],
      ['url', 31, 21],
      ['hashtag', 54, 4],
    ]);
    expect(theirs?.entities).toEqual([{ type: 'bot_command', offset: 0, length: 5 }]);
  });

  it('answers an existing message, or may do without', async () => {
    const { telegram, anna } = await open();
    const asked = anna.sendText('?');
    const send = (reply_parameters: object) =>
      call(telegram, 'sendMessage', { chat_id: 1001, text: '!', reply_parameters });
    expect((await send({ message_id: asked })).result.reply_to_message?.text).toBe('?');
    expect((await send({ message_id: 99 })).description).toBe(
      'Bad Request: message to be replied not found',
    );
    expect((await send({ message_id: 99, allow_sending_without_reply: true })).ok).toBe(true);
    expect(anna.chat()[1]?.replyTo).toBe(asked);
  });

  it('keeps what was delivered as it was when it is edited later', async () => {
    const { telegram, anna } = await open();
    anna.editText(anna.sendText('one'), 'two');
    const [sent, edited] = await poll(telegram);
    expect(sent?.message?.text).toBe('one');
    expect(edited?.edited_message?.text).toBe('two');
  });
});

describe('an inline keyboard', () => {
  it.each([
    [{ text: 'Go', callback_data: '' }, 'BUTTON_DATA_INVALID'],
    [{ text: 'Go', callback_data: 'ü'.repeat(33) }, 'BUTTON_DATA_INVALID'],
    [{ text: 'Go', url: 'http://localhost:3000' }, 'BUTTON_URL_INVALID'],
    [
      { text: ' ', callback_data: 'x' },
      "can't parse inline keyboard button: Text must be non-empty",
    ],
    [{ text: 'Pay', pay: true }, 'BUTTON_TYPE_INVALID'],
  ])('with %j is refused', async (button, reason) => {
    const { telegram } = await open();
    const reply_markup = { inline_keyboard: [[button]] };
    expect(await refusal(telegram, 'sendMessage', { chat_id: 1001, text: 'x', reply_markup })).toBe(
      `Bad Request: ${reason}`,
    );
  });

  it('takes callback data of 64 bytes and up to 100 buttons', async () => {
    const { telegram } = await open();
    const send = (count: number) => {
      const row = [{ text: 'Go', callback_data: 'ü'.repeat(32) }];
      const reply_markup = { inline_keyboard: Array.from({ length: count }, () => row) };
      return call(telegram, 'sendMessage', { chat_id: 1001, text: 'x', reply_markup });
    };
    expect((await send(100)).ok).toBe(true);
    expect((await send(101)).description).toBe('Bad Request: reply markup is too long');
  });
});

describe('a tap on a button', () => {
  const reply_markup = { inline_keyboard: [[{ text: 'Go', callback_data: 'go' }]] };

  async function tapped(clock = createHandClock()) {
    const telegram = await start(clock);
    const anna = telegram.user({ id: 1001, first_name: 'Anna' });
    const { result } = await call(telegram, 'sendMessage', {
      chat_id: 1001,
      text: 'x',
      reply_markup,
    });
    const tap = anna.press(result.message_id, 'go');
    const answer = (parameters: object = {}) =>
      call(telegram, 'answerCallbackQuery', { callback_query_id: tap.queryId, ...parameters });
    return { telegram, anna, clock, tap, answer, messageId: result.message_id };
  }

  it('is answered once, with at most 200 characters', async () => {
    const { telegram, tap, answer } = await tapped();
    const [update] = await poll(telegram);
    expect(update?.callback_query).toMatchObject({
      id: tap.queryId,
      data: 'go',
      from: { id: 1001 },
      message: { text: 'x', chat: { id: 1001, type: 'private' } },
    });
    expect((await answer({ text: 'x'.repeat(201) })).description).toBe(
      'Bad Request: MESSAGE_TOO_LONG',
    );
    expect((await answer({ text: 'x'.repeat(200) })).result).toBe(true);
    expect((await tap.answer)?.text).toHaveLength(200);
    expect((await answer()).description).toBe(
      'Bad Request: query is too old and response timeout expired or query ID is invalid',
    );
  });

  it('cannot be answered when it is too old', async () => {
    const { clock, tap, answer } = await tapped();
    clock.advance(15_000);
    expect((await answer()).description).toMatch(/^Bad Request: query is too old/);
    expect(await tap.answer).toBeNull();
  });

  it('needs a button that is there, unless the person sees an old keyboard', async () => {
    const { telegram, anna, messageId } = await tapped();
    expect(() => anna.press(messageId, 'Stop')).toThrow('the message shows: Go');
    await call(telegram, 'deleteMessage', { chat_id: 1001, message_id: messageId });
    anna.press(messageId, 'stop', { stale: true });
    const [update] = await poll(telegram, { offset: -1 });
    expect(update?.callback_query).toMatchObject({
      data: 'stop',
      message: { message_id: messageId, date: 0 },
    });
  });
});

describe('a chat action', () => {
  it('is shown for five seconds or until a message of the bot', async () => {
    const clock = createHandClock();
    const telegram = await start(clock);
    const anna = telegram.user({ id: 1001, first_name: 'Anna' });
    const act = () => call(telegram, 'sendChatAction', { chat_id: 1001, action: 'upload_video' });
    await act();
    clock.advance(4999);
    expect(anna.chatAction()).toBe('upload_video');
    clock.advance(1);
    expect(anna.chatAction()).toBeNull();
    await act();
    await call(telegram, 'sendMessage', { chat_id: 1001, text: 'x' });
    expect(anna.chatAction()).toBeNull();
    expect(anna.chatActions()).toHaveLength(2);
  });
});

describe('waiting for a message', () => {
  it('fails with the end of the chat when none comes in time', async () => {
    const { anna } = await open();
    anna.sendText('alone');
    await expect(anna.waitFor(({ from }) => from === 'bot', { timeoutMs: 1 })).rejects.toThrow(
      /within 1 ms.*"text": "alone"/s,
    );
  });

  it('is built on changes that are plain data', async () => {
    const { telegram, anna } = await open();
    const changes: unknown[] = [];
    const stop = anna.onChange((change) => changes.push(JSON.parse(JSON.stringify(change))));
    const { result } = await call(telegram, 'sendMessage', { chat_id: 1001, text: 'x' });
    const frame = { chat_id: 1001, message_id: result.message_id };
    await call(telegram, 'editMessageText', { ...frame, text: 'y' });
    await call(telegram, 'sendChatAction', { chat_id: 1001, action: 'typing' });
    await call(telegram, 'deleteMessage', frame);
    anna.block();
    stop();
    anna.unblock();
    expect(changes).toMatchObject([
      { kind: 'message', message: { text: 'x' } },
      { kind: 'edited', message: { text: 'y' } },
      { kind: 'action', action: { action: 'typing' } },
      { kind: 'deleted', messageId: result.message_id },
      { kind: 'access', isBlocked: true },
    ]);
  });
});
