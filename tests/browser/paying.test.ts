import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DESKTOP, type PageActor, watch } from './page-actor.js';
import { startBrowser } from './sandbox.js';
import { openSandboxPage, order, sendSamples, setPace } from './steps.js';

let browser: Browser;

beforeAll(async () => {
  browser = await startBrowser();
});

afterAll(async () => {
  await browser.close();
});

async function sellIn({ page, goBackstage }: PageActor, currency: string): Promise<void> {
  await goBackstage('The app');
  const choice = page.getByRole('button', { name: currency, exact: true });
  await choice.click();
  await page.locator(`.segments [aria-pressed=true] >> text="${currency}"`).waitFor();
  await page.locator('.state[data-state=running]').waitFor();
}

/** Chooses a quality on the newest card and waits for its invoice. */
async function choose(actor: PageActor, quality: RegExp, price: string): Promise<void> {
  await actor.press(quality);
  await actor.page.locator('.invoice-price', { hasText: price }).waitFor();
}

async function setCurrency(actor: PageActor, currency: string): Promise<void> {
  await actor.say(`/currency ${currency}`);
  await actor.sees(`Prices are in ${currency}`);
}

async function payInStars(actor: PageActor): Promise<void> {
  await order(actor, /Full HD Embrace · free/);
  await actor.seesVideos(1);
  await actor.press('Other quality');
  await actor.press(/Standard Embrace · 150/);
  await actor.pay('⭐ 150');
  await actor.seesLine('You paid ⭐ 150 for Standard Embrace');
  await actor.seesVideos(2);
  expect(await watch(actor.videos.nth(1))).toEqual({ width: 720, height: 1280 });
  expect(await actor.page.locator('.invoice').filter({ hasText: /./ }).count()).toBe(0);
}

async function failAndGetBack(actor: PageActor): Promise<void> {
  const { page } = actor;
  await actor.goBackstage('Faults');
  await page.getByLabel('Generation moderated (7)').check();
  await page.getByLabel('Refund cut after acting').check();
  await sendSamples(actor);
  await actor.press(/Standard Embrace · 150/);
  await actor.pay('⭐ 150');
  await actor.seesLine('⭐ 150 for Standard Embrace were returned');
  await actor.sees("That didn't work");
  await actor.sees(/already back with you/);
  expect(await page.locator('.service[data-kind=refund]').count()).toBe(1);
  await page.getByRole('button', { name: 'All off' }).click();
}

async function buyPackAndReturnIt(actor: PageActor): Promise<void> {
  const { page } = actor;
  await page.getByRole('button', { name: '/buy', exact: true }).click();
  await actor.press(/^25 credits/);
  await actor.pay('⭐ 1,190');
  await actor.sees(/25 credits are yours/);
  await page.getByRole('button', { name: '/balance', exact: true }).click();
  await actor.sees(/You have 25 credits.*\+25\s+paid/s);
  await actor.sees(/\+3 .*\n.*−3 .*\n.*\+3 .*\n.*−3 .*\n.*\+3 /);

  await actor.goBackstage('Telegram');
  await page.getByText('⭐ 1,340', { exact: true }).waitFor();
  await page.locator('.payment', { hasText: '25 credits' }).locator('summary').click();
  await page.getByRole('button', { name: 'Refund from outside' }).click();
  await actor.seesLine('⭐ 1,190 for 25 credits were returned');
  await page.getByText('⭐ 150', { exact: true }).waitFor();
}

async function payInLocalCurrency(actor: PageActor): Promise<void> {
  await sellIn(actor, 'Local currency');
  // Upwards, because a cheaper currency can be chosen once in 90 days.
  await setCurrency(actor, 'BRL');
  await sendSamples(actor);
  await choose(actor, /Full HD Embrace · R\$/, 'R$19.90');
  await setCurrency(actor, 'KWD');
  await choose(actor, /Standard Embrace · /, '$2.99');
  await actor.sees("KWD can't be charged here, so the price is in USD");
  await setCurrency(actor, 'JPY');
  await choose(actor, /Full HD Embrace · /, '¥780');
  await setCurrency(actor, 'EUR');
  await choose(actor, /Standard Embrace · /, '€2.99');
  await actor.pay('€2.99');
  await actor.seesLine('You paid €2.99 for Standard Embrace');
  await actor.sees('Making your video');
}

// A sandbox each, because so many tries within a minute are too many for one person.
test('a video and a pack are paid in Stars, and a failure is refunded', async () => {
  const { actor } = await openSandboxPage(browser, DESKTOP);
  await setPace(actor, 3);
  await payInStars(actor);
  await failAndGetBack(actor);
  await buyPackAndReturnIt(actor);
});

test('in local currency each invoice has its own price, and one that cannot be charged is told', async () => {
  const { actor } = await openSandboxPage(browser, DESKTOP);
  await setPace(actor, 3);
  await order(actor, /Standard Embrace · free/);
  await actor.seesVideos(1);
  await payInLocalCurrency(actor);
});
