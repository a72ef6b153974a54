// The catalogue: sentences by language. A leaf: it knows nothing of orders or platforms.

import { readdirSync, readFileSync } from 'node:fs';
import { FluentBundle, FluentResource } from '@fluent/bundle';
import type { TextArgs } from './keys.js';

export type TextKey = keyof TextArgs;

/** Arguments are needed exactly where the sentence has placeables. */
export type ArgsOf<K extends TextKey> = TextArgs[K] extends null ? [] : [args: TextArgs[K]];

export interface Texts {
  /** Every language there is a file for, English first. */
  readonly locales: readonly string[];
  /** The best language for a client's tag: the same tag, else its language in any region, else English. */
  pickLocale(languageHint: string | null): string;
  /** A sentence; an unknown language speaks English. */
  t<K extends TextKey>(locale: string, key: K, ...args: ArgsOf<K>): string;
}

const FALLBACK = 'en';

function loadBundle(locale: string): FluentBundle {
  const source = readFileSync(new URL(`${locale}.ftl`, import.meta.url), 'utf8');
  // Isolation marks around placeables would stand inside links and amounts.
  const bundle = new FluentBundle(locale, { useIsolating: false });
  const [error] = bundle.addResource(new FluentResource(source));
  if (error !== undefined) throw new Error(`texts/${locale}.ftl: ${error.message}`);
  return bundle;
}

/** Reads every `.ftl` file beside this one. @throws Error for a key that stands twice */
export function loadTexts(): Texts {
  const found = readdirSync(new URL('.', import.meta.url))
    .filter((name) => name.endsWith('.ftl'))
    .map((name) => name.slice(0, -'.ftl'.length));
  const locales = [FALLBACK, ...found.filter((locale) => locale !== FALLBACK).sort()];
  const bundles = new Map(locales.map((locale) => [locale, loadBundle(locale)]));

  const format = (locale: string, key: string, args?: Record<string, string | number>): string => {
    for (const bundle of [bundles.get(locale), bundles.get(FALLBACK)]) {
      const pattern = bundle?.getMessage(key)?.value;
      if (bundle !== undefined && pattern != null) return bundle.formatPattern(pattern, args);
    }
    throw new Error(`no text has the key ${key}`);
  };

  return {
    locales,
    pickLocale: (languageHint) => {
      const wanted = (languageHint ?? '').toLowerCase().replace('_', '-');
      const language = wanted.split('-')[0] ?? '';
      return (
        locales.find((locale) => locale.toLowerCase() === wanted) ??
        locales.find((locale) => locale.toLowerCase().split('-')[0] === language) ??
        FALLBACK
      );
    },
    t: (locale, key, ...args) => format(locale, key, args[0] ?? undefined),
  };
}
