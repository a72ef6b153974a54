import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { deriveKeys, readKeys } from '../../scripts/text-keys.js';
import { loadTexts } from '../../src/texts/texts.js';

const FOLDER = join(import.meta.dirname, '../../src/texts');
const SOURCE = join(import.meta.dirname, '../../src');
const read = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');
const english = readKeys(read('en.ftl'));
const languages = readdirSync(FOLDER).filter((name) => name.endsWith('.ftl'));

describe('the languages', () => {
  test('include English and Spanish', () => {
    expect(languages).toEqual(expect.arrayContaining(['en.ftl', 'es.ftl']));
  });

  test.each(languages)('%s has every key with the same placeables, and no syntax error', (name) => {
    expect(Object.fromEntries(readKeys(read(name)))).toEqual(Object.fromEntries(english));
  });

  test('the typed keys are derived from the English file as it is now', () => {
    const normal = (text: string) => text.replace(/['";\s]/g, '');
    expect(normal(read('keys.ts'))).toBe(normal(deriveKeys(read('en.ftl'))));
  });

  test('every key is used somewhere', () => {
    const code = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('keys.ts'))
      .map((name) => readFileSync(join(SOURCE, name), 'utf8'))
      .join('\n');
    const built = [...code.matchAll(/`([a-z-]+-)\$\{/g)].map((match) => match[1] ?? '');
    const unused = [...english.keys()].filter(
      (key) =>
        !code.includes(`'${key}'`) && !built.some((start) => start !== '' && key.startsWith(start)),
    );
    expect(unused).toEqual([]);
  });
});

describe('the catalogue', () => {
  const texts = loadTexts();

  test.each([
    ['es', 'es'],
    ['es-MX', 'es'],
    ['en_GB', 'en'],
    ['xx', 'en'],
    [null, 'en'],
  ])('speaks %s as %s', (hint, locale) => {
    expect(texts.pickLocale(hint)).toBe(locale);
  });

  test('puts amounts and names in without invisible marks', () => {
    const said = texts.t('en', 'button-offer', { name: 'Full HD Embrace', price: '$4.99' });
    expect(said).toBe('Full HD Embrace · $4.99');
  });

  test('counts as the language counts', () => {
    expect(texts.t('es', 'price-credits', { credits: 1 })).toBe('un crédito');
    expect(texts.t('es', 'price-credits', { credits: 3 })).toBe('3 créditos');
  });
});
