// /stats for admins: the figures of the last days, as a picture and in words.

import { InputFile } from 'grammy';
import { renderStatistics } from '../../core/statistics-chart.js';
import { MAX_DAYS, readStatistics } from '../../core/statistics.js';
import { admitAdmin } from './admin.js';
import type { HugContext, Setting } from './setting.js';
import { legendText, statisticsText } from './stats-text.js';

const USUAL_DAYS = 7;

/** The number of days after the command; null for anything else than one from 1 to `MAX_DAYS`. */
function readDays(text: string): number | null {
  const [, ...words] = text.trim().split(/\s+/);
  const [word] = words;
  if (word === undefined) return USUAL_DAYS;
  const days = /^\d{1,3}$/.test(word) ? Number(word) : 0;
  return words.length === 1 && days >= 1 && days <= MAX_DAYS ? days : null;
}

/** Answers `/stats [days]`. */
export async function stats(setting: Setting, ctx: HugContext): Promise<void> {
  if (!(await admitAdmin(setting, ctx))) return;
  const { core, texts } = setting;
  const { locale } = ctx.person;
  const days = readDays(ctx.message?.text ?? '');
  if (days === null) {
    await ctx.reply(texts.t(locale, 'stats-usage', { max: MAX_DAYS }));
    return;
  }
  const statistics = await readStatistics(core, days);
  const picture = await renderStatistics(statistics);
  await ctx.replyWithPhoto(new InputFile(picture, 'statistics.png'), {
    caption: legendText(texts, locale, statistics),
  });
  await ctx.reply(statisticsText(texts, locale, statistics));
}
