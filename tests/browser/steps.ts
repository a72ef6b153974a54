// What the browser tests have in common: a sandbox with its page, and the steps of an order.

import type { Browser } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { openPage, type PageActor } from './page-actor.js';
import { type RunningSandbox, startSandbox } from './sandbox.js';

/**
 * Starts a sandbox and opens its page; after the test the page must not have complained, and the sandbox must end as
 * asked, with nothing but its address in the terminal.
 */
export async function openSandboxPage(
  browser: Browser,
  viewport: { width: number; height: number },
): Promise<{ actor: PageActor; sandbox: RunningSandbox }> {
  const sandbox = await startSandbox();
  const actor = await openPage(browser, sandbox.url, { viewport });
  onTestFinished(async () => {
    await actor.page.context().close();
    expect(await sandbox.stop()).toBe(0);
    expect(actor.troubles).toEqual([]);
    expect(sandbox.printed().split('\n')).toHaveLength(2);
  });
  return { actor, sandbox };
}

export async function setPace(actor: PageActor, seconds: 3 | 15 | 45): Promise<void> {
  await actor.goBackstage('The app');
  const choice = actor.page.getByRole('button', { name: `${seconds} s`, exact: true });
  await choice.click();
  await actor.page.locator(`.segments [aria-pressed=true] >> text="${seconds} s"`).waitFor();
}

export async function sendSamples({ page }: PageActor): Promise<void> {
  await page
    .getByRole('button', { name: /two sample photos/i })
    .first()
    .click();
}

/** The first order: sends the samples, agrees and chooses. */
export async function order(actor: PageActor, quality: RegExp): Promise<void> {
  await sendSamples(actor);
  await actor.press('I confirm');
  await actor.press(quality);
}
