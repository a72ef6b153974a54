import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  expectBot,
  expectVideos,
  type Flow,
  hasButton,
  isVideo,
  openFlow,
  orderVideo,
  press,
  sendTwoPhotos,
  textOf,
  videosIn,
} from '../support/flow.js';
import { picture } from '../support/pictures.js';

let flow: Flow;
let users = 2_000;
beforeAll(async () => {
  flow = await openFlow();
});
afterAll(async () => {
  const errors = flow.output.filter((line) => /"level":"error"|ERROR/.test(line));
  await flow.close();
  expect(errors).toEqual([]);
});

function newUser(language = 'en') {
  users += 1;
  return flow.telegram.user({ id: users, first_name: 'Kim', language_code: language });
}

describe('a person in a private chat', () => {
  test('gets the first video free, sees the work go on, and finds it again', async () => {
    const user = newUser();
    user.sendText('/start');
    const hello = await expectBot(user, /Two photos in/);
    expect(textOf(hello)).toContain('first video is free');
    await user.press(hello.id, 'start').answer;
    await expectBot(user, /Send me two photos/);
    await sendTwoPhotos(user);
    const consent = await expectBot(user, /please confirm/);
    expect(consent.photo).toMatchObject({ width: 1032, height: 648 });
    await press(user, /I confirm/);
    const card = await expectBot(user, /Which video/);
    const labels = card.buttons.flat().map((button) => button.text);
    expect(labels.filter((label) => label.endsWith('· free'))).toHaveLength(2);
    const seen: string[] = [];
    user.onChange((change) => {
      if (change.kind === 'edited') seen.push(textOf(change.message));
    });
    await press(user, /Full HD Embrace/);
    const [video] = await expectVideos(user, 1);
    expect(video?.id).toBe(card.id);
    expect(video && textOf(video)).toBe('🤗 Full HD Embrace\nMade by AI');
    expect(video?.animation ?? video?.video).toMatchObject({ width: 1080, height: 1920 });
    expect(video?.buttons.flat().map((b) => b.text)).toEqual([
      '🔁 Again',
      '✨ Other quality',
      '📣 Share',
      '🚩 Report',
    ]);
    await expectBot(user, /Your video is ready/);
    expect(seen.some((text) => text.includes('Making your video'))).toBe(true);
    expect(seen.some((text) => text.includes('Uploading'))).toBe(true);
    expect(user.chatActions().map((shown) => shown.action)).toContain('upload_video');
    user.sendText('/videos');
    const list = await expectBot(user, /Your videos \(1\)/);
    await user.press(list.id, list.buttons[0]?.[0]?.callbackData ?? '').answer;
    await expectVideos(user, 2);
    const uploads = flow.telegram.calls().filter((c) => c.method === 'sendVideo');
    expect(uploads.every((call) => call.ok)).toBe(true);
  });

  test('is asked for the consent once', async () => {
    const user = newUser();
    await orderVideo(user);
    await expectVideos(user, 1);
    await press(user, /Again/);
    await expectBot(user, (m) => /Which video/.test(textOf(m)) && m.photo !== undefined);
  });

  test('hears the price when the free video is used up, and pays with credits that were granted', async () => {
    const user = newUser();
    await orderVideo(user);
    await expectVideos(user, 1);
    await press(user, /Other quality/);
    const card = await expectBot(user, /Which video/);
    expect(card.buttons[0]?.[0]?.text).toBe('Full HD Embrace · 250 ⭐');
    expect((await press(user, /Full HD Embrace/))?.text).toContain('Your free video is used up');
    const invoice = await expectBot(user, (m) => m.invoice !== undefined);
    expect(invoice.invoice).toMatchObject({ currency: 'XTR', totalAmount: 250 });
    expect(textOf(await expectBot(user, /pay 250 ⭐ with the invoice/))).toContain('Full HD');
    flow.user.sendText(`/credits grant ${user.id} 5 for testing`);
    expect(textOf(await expectBot(flow.user, /Booked \+5/))).toContain('Balance: 5');
    expect(textOf(await expectBot(user, /You were given 5 credits/))).toContain('for testing');
    await press(user, /Full HD Embrace/);
    await expectVideos(user, 2);
    flow.user.sendText(`/credits show ${user.id}`);
    const shown = textOf(await expectBot(flow.user, /has 0 credits/));
    expect(shown).toMatch(/-5 {2}video ordered/);
    expect(shown).toMatch(/\+5 {2}a gift telegram:1001 · for testing/);
  });

  test('speaks Spanish from the first word, and another language when asked', async () => {
    const user = newUser('es');
    user.sendText('/start');
    await expectBot(user, /Dos fotos entran/);
    user.sendText('/language');
    await press(user, /English/);
    await expectBot(user, /I speak English now/);
    user.sendText('/help');
    await expectBot(user, /How it works/);
  });

  test('can send both photos at once, as files, forwarded, swapped and replaced', async () => {
    const user = newUser();
    const [red, blue, green] = await Promise.all(
      ['#cc3333', '#3333cc', '#33cc33'].map((color) => picture({ color })),
    );
    if (!red || !blue || !green) throw new Error('no pictures');
    await user.sendAlbum([red, blue], { asDocuments: true });
    await press(user, /I confirm/);
    const before = await expectBot(user, /Which video/);
    await press(user, /Swap/);
    const swapped = await expectBot(
      user,
      (m) => m.photo?.fileId !== before.photo?.fileId && m.id === before.id,
    );
    expect(textOf(swapped)).toContain('Which video');
    await press(user, /Replace 1/);
    await expectBot(user, /Send the new photo 1/);
    await user.sendPhoto(green, { forwardedFrom: 'Someone' });
    const replaced = await expectBot(user, (m) => m.id > swapped.id && m.photo !== undefined);
    expect(textOf(replaced)).toContain('Which video');
    await press(user, /Standard/);
    await expectVideos(user, 1);
  });

  test('hears what to do about everything that is no photo, and loses nothing', async () => {
    const user = newUser();
    user.sendText('hello?');
    await expectBot(user, /Send me two photos to begin/);
    await user.sendPhoto(await picture());
    await expectBot(user, /1 of 2/);
    const tries: [() => unknown, RegExp][] = [
      [() => user.sendSticker(), /only work with photos/],
      [() => user.sendVoice(), /only work with photos/],
      [() => user.sendLocation(1, 2), /only work with photos/],
      [() => user.sendText('what now'), /I have one photo/],
      [
        () =>
          user.sendDocument(Buffer.from('%PDF-1.7 0123456789'), {
            fileName: 'a.pdf',
            mimeType: 'application/pdf',
          }),
        /That is a PDF/,
      ],
      [
        () =>
          user.sendDocument(Buffer.from('GIF89a0123456789abcd'), {
            fileName: 'a.gif',
            mimeType: 'image/gif',
          }),
        /That is a GIF/,
      ],
      [
        () =>
          user.sendDocument(Buffer.from('plain text, no picture'), {
            fileName: 'a.jpg',
            mimeType: 'image/jpeg',
          }),
        /not a picture[^]*other photo is safe/,
      ],
      [
        async () =>
          user.sendDocument(await picture({ width: 200, height: 200 }), {
            fileName: 's.jpg',
            mimeType: 'image/jpeg',
          }),
        /too small/,
      ],
    ];
    for (const [send, answer] of tries) {
      const last = user.chat().at(-1)?.id ?? 0;
      await send();
      await expectBot(user, (m) => m.id > last && answer.test(textOf(m)));
    }
    await user.sendPhoto(await picture({ color: '#3333cc' }));
    await expectBot(user, hasButton(/I confirm/));
    user.sendText('and now?');
    await expectBot(user, /I have both photos/);
  });

  test('uses commands in the middle of it, and the dialogue goes on', async () => {
    const user = newUser();
    await user.sendPhoto(await picture());
    await expectBot(user, /1 of 2/);
    for (const [command, answer] of [
      ['/price', /What a video costs/],
      ['/help', /How it works/],
      ['/terms', /In short/],
      ['/privacy', /Photos are erased 24 hours/],
      ['/videos', /no videos yet/],
      ['/start', /Two photos in/],
    ] as const) {
      user.sendText(command);
      await expectBot(user, answer);
    }
    await user.sendPhoto(await picture({ color: '#3333cc' }));
    await expectBot(user, hasButton(/I confirm/));
    user.sendText('/cancel');
    await expectBot(user, /Cancelled\. Nothing was taken/);
    user.sendText('/cancel');
    await expectBot(user, /nothing to cancel/);
  });

  test('is told when more than two photos come', async () => {
    const user = newUser();
    const photos = await Promise.all(
      ['#cc3333', '#3333cc', '#33cc33'].map((color) => picture({ color })),
    );
    await user.sendAlbum(photos);
    await expectBot(user, /I use the first two photos/);
    await press(user, /I confirm/);
    await expectBot(user, /Which video/);
  });

  test('gets nothing twice by double taps, and presses old buttons without harm', async () => {
    const user = newUser();
    await sendTwoPhotos(user);
    await press(user, /I confirm/);
    const card = await expectBot(user, /Which video/);
    const button = card.buttons.flat().find((b) => b.text.startsWith('Standard'));
    const answers = await Promise.all(
      [1, 2, 3].map(() => user.press(card.id, button?.callbackData ?? '').answer),
    );
    expect(answers.filter((answer) => answer?.text == null)).toHaveLength(1);
    await expectVideos(user, 1);
    const late = await user.press(card.id, button?.callbackData ?? '', { stale: true }).answer;
    expect(late?.text).toContain('This is over');
    expect(videosIn(user)).toHaveLength(1);
  });

  test("cannot press other people's buttons", async () => {
    const owner = newUser();
    await sendTwoPhotos(owner);
    const card = await expectBot(owner, hasButton(/I confirm/));
    const stranger = newUser();
    stranger.sendText('/start');
    const hello = await expectBot(stranger, /Two photos in/);
    const data = card.buttons.flat()[0]?.callbackData ?? '';
    const answer = await stranger.press(hello.id, data, { stale: true }).answer;
    expect(answer).toMatchObject({
      text: 'This button belongs to somebody else.',
      showAlert: true,
    });
  });

  test('who is no admin is refused /credits', async () => {
    const user = newUser();
    user.sendText('/credits grant me 100');
    await expectBot(user, /for admins/);
  });
});

describe('an admin', () => {
  test('sees the PixVerse account, names people in every way, and cannot revoke what is not there', async () => {
    const admin = flow.user;
    const other = flow.telegram.user({ id: 3_333, first_name: 'Bo', username: 'Bobby' });
    other.sendText('/start');
    await expectBot(other, /Two photos/);
    const ask = async (text: string, answer: RegExp) => {
      const last = admin.chat().at(-1)?.id ?? 0;
      admin.sendText(text);
      return textOf(await expectBot(admin, (m) => m.id > last && answer.test(textOf(m))));
    };
    await ask('/credits', /\/credits balance/);
    await ask('/credits balance', /PixVerse account: [\d.,]+ credits/);
    await ask('/credits grant me 3', /Booked \+3/);
    await ask('/credits grant @bobby 4 hello there', /Booked \+4 for @bobby/);
    await ask('/credits revoke telegram:3333 1', /Booked -1/);
    expect(textOf(await expectBot(other, /taken back/))).toContain('You have 3 now');
    await ask('/credits revoke 3333 50', /has only 3/);
    await ask('/credits grant 3333 0', /whole number from 1/);
    await ask('/credits grant 3333 -5', /whole number from 1/);
    await ask('/credits grant @nobody 5', /I have not seen @nobody/);
    await ask('/credits revoke me 3', /Booked -3/);
  });
});

describe('a group', () => {
  test('gets the link to the private chat, and nothing else', async () => {
    const member = newUser();
    const group = flow.telegram.group('Friends', member);
    group.as(member).sendText('hello all');
    group.as(member).sendText('/hug');
    const hint = await group.waitFor((m) => m.from === 'bot');
    expect(textOf(hint)).toContain('https://t.me/nexora_hug_sandbox_bot');
    expect(group.chat().filter((m) => m.from === 'bot')).toHaveLength(1);
    expect(group.chat().some(isVideo)).toBe(false);
  });
});

describe('the command menu', () => {
  test('is registered in every language', () => {
    const names = newUser()
      .commands()
      .map((c) => c.command);
    expect(names).toEqual(
      expect.arrayContaining(['start', 'hug', 'videos', 'price', 'language', 'help', 'cancel']),
    );
    const spanish = newUser('es')
      .commands()
      .find((c) => c.command === 'hug');
    expect(spanish?.description).toBe('Hacer un vídeo de un abrazo');
  });
});

describe('the log', () => {
  test('names the order on its lines and holds no secret, address or text of a person', () => {
    const all = flow.output.join('\n');
    expect(all).toContain('orderId');
    expect(all).not.toMatch(
      /sandbox-token|sandbox-key|sandbox-webhook-secret|hello\?|%2F|file\/bot/,
    );
  });
});
