// What a person does and sees on the page of the sandbox, in the words of the page.

import type { Browser, Locator, Page } from 'playwright-core';

export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };
const VIDEO_TIMEOUT_MS = 90_000;

export interface PageActor {
  page: Page;
  /** What the page complained about; empty in a good test. */
  troubles: string[];
  /** The bubbles of the chat, oldest first. */
  bubbles: Locator;
  videos: Locator;
  /** Presses a button below a message, the newest one of that text. */
  press: (text: string | RegExp) => Promise<void>;
  /** Waits until a message of the bot says so. */
  sees: (text: string | RegExp) => Promise<void>;
  /** Waits until a line between the bubbles says so. */
  seesLine: (text: string | RegExp) => Promise<void>;
  /** Opens the sheet of the newest invoice, which asks for this price, and pays. */
  pay: (price: string) => Promise<void>;
  /** Waits until so many messages have a video. */
  seesVideos: (count: number) => Promise<void>;
  say: (text: string) => Promise<void>;
  /** Shows a panel of the backstage. */
  goBackstage: (panel: string) => Promise<void>;
}

/** Opens the page in a window of its own. */
export async function openPage(
  browser: Browser,
  url: string,
  options: { viewport: { width: number; height: number }; deviceScaleFactor?: number },
): Promise<PageActor> {
  const context = await browser.newContext({ locale: 'en-US', ...options });
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) troubles.push(message.text());
  });
  page.on('pageerror', (error) => troubles.push(error.message));
  await page.goto(url);
  const bubbles = page.locator('.unit:not(.leaving)');
  const videos = bubbles.locator('video');
  const backstage = page.locator('#backstage');

  return {
    page,
    troubles,
    bubbles,
    videos,
    press: (text) => page.locator('.key', { hasText: text }).last().click(),
    sees: (text) => bubbles.filter({ hasText: text }).last().waitFor(),
    seesLine: (text) => page.locator('.service', { hasText: text }).last().waitFor(),
    pay: async (price) => {
      const invoice = bubbles.filter({ has: page.locator('.invoice-price', { hasText: price }) });
      await invoice.last().locator('.key.pay').click();
      await page
        .locator('#sheet')
        .getByRole('button', { name: `Pay ${price}` })
        .click();
    },
    seesVideos: (count) => videos.nth(count - 1).waitFor({ timeout: VIDEO_TIMEOUT_MS }),
    say: async (text) => {
      await page.getByRole('textbox', { name: 'Message' }).fill(text);
      await page.keyboard.press('Enter');
    },
    goBackstage: async (panel) => {
      const tab = page.getByRole('tab', { name: 'Backstage' });
      if (await tab.isVisible()) await tab.click();
      await backstage.getByRole('tab', { name: panel }).click();
    },
  };
}

/** Waits until a video has a picture and its time moves on. @returns its size in pixels */
export async function watch(video: Locator): Promise<{ width: number; height: number }> {
  return video.evaluate(async (element) => {
    const film = element as unknown as {
      play: () => Promise<void>;
      currentTime: number;
      videoWidth: number;
      videoHeight: number;
      addEventListener: (name: string, listener: () => void) => void;
    };
    await film.play();
    const from = film.currentTime;
    await new Promise<void>((resolve) => {
      film.addEventListener('timeupdate', () => {
        if (Math.abs(film.currentTime - from) > 0.2) resolve();
      });
    });
    return { width: film.videoWidth, height: film.videoHeight };
  });
}
