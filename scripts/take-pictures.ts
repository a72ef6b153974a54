// Takes the pictures of the sandbox that the documents show: chat.png, chat-phone.png and paying.png in docs/. Needs
// `npm run build`.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { openPage, type PageActor, PHONE } from '../tests/browser/page-actor.js';
import { startBrowser, startSandbox } from '../tests/browser/sandbox.js';

const FOLDER = join(import.meta.dirname, '../docs');
const DESKTOP = { width: 1280, height: 900 };
const MAX_BYTES = 400_000;

/** Orders a video and waits until it is in the chat. */
async function makeVideo(actor: PageActor): Promise<void> {
  const { page } = actor;
  await actor.goBackstage('The app');
  await page.getByRole('button', { name: '3 s', exact: true }).click();
  await page.getByRole('tab', { name: 'Telegram' }).first().click();
  await page.getByRole('button', { name: 'Use the two sample photos' }).click();
  await actor.press('I confirm');
  await actor.press('Full HD Embrace');
  await actor.seesVideos(1);
  await actor.sees('Your video is ready');
}

/** Waits for the part of the film in which the two hug. */
async function waitForHug({ page, videos }: PageActor): Promise<void> {
  await page.mouse.move(0, 0);
  await videos.first().evaluate(async (element) => {
    const film = element as unknown as {
      currentTime: number;
      requestVideoFrameCallback: (callback: () => void) => void;
    };
    while (film.currentTime < 3.2 || film.currentTime > 3.8) {
      await new Promise<void>((resolve) => {
        film.requestVideoFrameCallback(resolve);
      });
    }
  });
}

async function save(actor: PageActor, name: string): Promise<void> {
  const shot = await actor.page.screenshot();
  const picture = await sharp(shot)
    .png({ palette: true, colours: 200, effort: 10, dither: 1 })
    .toBuffer();
  if (picture.length > MAX_BYTES) throw new Error(`${name} has ${picture.length} bytes`);
  await writeFile(join(FOLDER, name), picture);
  process.stdout.write(`docs/${name}: ${Math.round(picture.length / 1024)} kB\n`);
}

/** Buys a pack, and leaves the invoice of the next one open. */
async function buyPacks(actor: PageActor): Promise<void> {
  const { page } = actor;
  await page.getByRole('button', { name: '/buy', exact: true }).click();
  await actor.press(/^25 credits/);
  await actor.pay('⭐ 1,190');
  await actor.sees('25 credits are yours');
  await actor.press(/^50 credits/);
  await page.locator('.invoice-price', { hasText: '2,250' }).waitFor();
  await actor.goBackstage('Telegram');
  await page.locator('.payment summary').click();
  await page.locator('.toast').waitFor({ state: 'detached' });
  await page.mouse.move(0, 0);
}

/** Makes a video; on the desktop the service is shown beside it. */
async function showVideo(actor: PageActor): Promise<void> {
  await makeVideo(actor);
  if ((actor.page.viewportSize()?.width ?? 0) >= DESKTOP.width) {
    await actor.goBackstage('PixVerse');
    await actor.page.locator('.generation summary').click();
  }
  await waitForHug(actor);
}

async function takePicture(
  browser: Browser,
  name: string,
  viewport: { width: number; height: number },
  prepare: (actor: PageActor) => Promise<void>,
): Promise<void> {
  const sandbox = await startSandbox();
  try {
    const actor = await openPage(browser, sandbox.url, { viewport, deviceScaleFactor: 2 });
    await prepare(actor);
    await save(actor, name);
  } finally {
    await sandbox.stop();
  }
}

const browser = await startBrowser();
try {
  await mkdir(FOLDER, { recursive: true });
  await takePicture(browser, 'chat.png', DESKTOP, showVideo);
  await takePicture(browser, 'chat-phone.png', PHONE, showVideo);
  await takePicture(browser, 'paying.png', DESKTOP, buyPacks);
} finally {
  await browser.close();
}
