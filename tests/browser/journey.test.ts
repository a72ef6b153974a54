import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DESKTOP, type PageActor, PHONE, watch } from './page-actor.js';
import { startBrowser } from './sandbox.js';
import { openSandboxPage, order, sendSamples, setPace } from './steps.js';

let browser: Browser;

beforeAll(async () => {
  browser = await startBrowser();
});

afterAll(async () => {
  await browser.close();
});

async function widthOverflow(actor: PageActor): Promise<number> {
  return actor.page.evaluate(
    "Math.max(...[document.documentElement, ...document.querySelectorAll('.panel, .backstage-head, .topbar')].map((one) => one.scrollWidth - one.clientWidth))",
  );
}

test('two samples become a video that plays, and a kill loses nothing', async () => {
  const { actor } = await openSandboxPage(browser, DESKTOP);
  const { page } = actor;
  await setPace(actor, 3);
  await order(actor, /Full HD Embrace · free/);
  await actor.sees('Making your video');
  await actor.seesVideos(1);
  expect(await watch(actor.videos.first())).toEqual({ width: 1080, height: 1920 });
  await actor.sees('Your video is ready');

  await actor.say('/credits grant me 5');
  await actor.sees('You were given 5 credits');
  await setPace(actor, 15);
  await actor.press('Again');
  await actor.press(/Full HD Embrace · 5 credits/);
  await actor.sees('Making your video');
  await page.getByRole('button', { name: 'Kill it (-9)' }).click();
  await page.getByText('the app is stopped', { exact: true }).waitFor();
  await page.locator('.state[data-state=stopped]').waitFor();
  expect(await actor.videos.count()).toBe(1);
  await page.locator('#backstage').getByRole('button', { name: 'Start it again' }).click();
  await actor.seesVideos(2);
  expect(await watch(actor.videos.nth(1))).toEqual({ width: 1080, height: 1920 });

  await actor.say('/videos');
  await actor.sees('Your videos (2)');
  const list = actor.bubbles.filter({ hasText: 'Your videos (2)' }).last();
  expect(await list.locator('.key').count()).toBe(2);
  await list.locator('.key').first().click();
  await actor.seesVideos(3);

  await actor.goBackstage('PixVerse');
  const generations = page.locator('.generation');
  expect(await generations.count()).toBe(2);
  await generations.first().locator('summary').click();
  await generations.first().getByText('warm hug').waitFor();
});

test('a fault that is switched on is told with what happened to the money', async () => {
  const { actor } = await openSandboxPage(browser, DESKTOP);
  const { page } = actor;
  await setPace(actor, 3);
  await actor.goBackstage('Faults');
  const fault = page.getByLabel('Generation moderated (7)');
  await fault.check();
  await order(actor, /Standard Embrace · free/);
  await actor.sees("That didn't work");
  await actor.sees('Your free video is still yours');
  await page.getByRole('button', { name: 'All off' }).click();
  await page.locator('#backstage [role=switch]:checked').waitFor({ state: 'detached' });
  expect(await fault.isChecked()).toBe(false);
  expect(await actor.videos.count()).toBe(0);

  await sendSamples(actor);
  await actor.press(/Standard Embrace · free/);
  await actor.seesVideos(1);
});

test('the whole way fits a phone', async () => {
  const { actor } = await openSandboxPage(browser, PHONE);
  const { page } = actor;
  expect(await widthOverflow(actor)).toBe(0);
  await setPace(actor, 3);
  expect(await page.locator('#telegram').isVisible()).toBe(false);
  await page.getByRole('tab', { name: 'Telegram' }).first().click();
  await order(actor, /Full HD Embrace · free/);
  await actor.seesVideos(1);
  await actor.sees('Your video is ready');
  expect(await watch(actor.videos.first())).toEqual({ width: 1080, height: 1920 });
  expect(await widthOverflow(actor)).toBe(0);
  await actor.goBackstage('Faults');
  await page.getByLabel('Webhook lost').check();
  await page.getByLabel('1 switched on').waitFor();
  for (const panel of ['The app', 'Faults', 'PixVerse', 'Telegram', 'Log']) {
    await actor.goBackstage(panel);
    for (const width of [390, 320]) {
      await page.setViewportSize({ ...PHONE, width });
      expect(await widthOverflow(actor)).toBe(0);
    }
  }
});

test('own pictures are looked at before they go, and each person has a chat and a language', async () => {
  const { actor, sandbox } = await openSandboxPage(browser, DESKTOP);
  const { page } = actor;
  const samples = await Promise.all(
    [1, 2].map(async (number) => ({
      name: `photo ${number}.jpg`,
      mimeType: 'image/jpeg',
      buffer: Buffer.from(await (await fetch(`${sandbox.url}/samples/${number}`)).arrayBuffer()),
    })),
  );
  await page.locator('#files').setInputFiles(samples);
  await page.getByRole('button', { name: 'Remove photo 2.jpg' }).click();
  await page.getByLabel('As file').check();
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await actor.sees('Photo 1 of 2 is here');
  expect(await actor.bubbles.first().locator('.file-name').textContent()).toBe('photo 1.jpg');

  await page.getByRole('button', { name: /^Lucía/ }).click();
  await page.locator('.welcome').waitFor();
  const field = page.getByRole('textbox', { name: 'Message' });
  await field.fill('/pr');
  await page.getByRole('option', { name: '/price' }).waitFor();
  await page.keyboard.press('Enter');
  await actor.sees('Cuánto cuesta');
  await page.getByRole('button', { name: /^Sam/ }).click();
  await actor.sees('Photo 1 of 2 is here');
});
