import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { VARIABLES } from '../src/config-variables.js';
import { describeFaults, readEnv, toConfig } from '../src/config.js';

const TOKEN = '123456:abcdefghijklmnopqrstuvwxyzABCDEF';
const GOOD = { PIXVERSE_API_KEY: 'key-of-pixverse', TELEGRAM_BOT_TOKEN: TOKEN };

function faultsOf(environment: Record<string, string>): string[] {
  const read = toConfig(readEnv(environment));
  return 'faults' in read ? read.faults.map((fault) => fault.variable) : [];
}

function settingsOf(environment: Record<string, string>) {
  const read = toConfig(readEnv(environment));
  if ('faults' in read) throw new Error(describeFaults(read.faults));
  return read.settings;
}

describe('.env.example', () => {
  test('names every variable once, in order, with its default', () => {
    const lines = readFileSync(join(import.meta.dirname, '../.env.example'), 'utf8').split('\n');
    const named = lines.flatMap(
      (line) => /^#? ?([A-Z][A-Z0-9_]+)=(.*)$/.exec(line)?.slice(1, 3) ?? [],
    );
    const pairs = named.flatMap((name, i) => (i % 2 === 0 ? [[name, named[i + 1]]] : []));
    expect(pairs).toEqual(VARIABLES.map((v) => [v.name, v.default ?? '']));
  });
});

describe('the configuration', () => {
  test('works with a key and a token alone, with the documented defaults', () => {
    const { core, telegram } = settingsOf(GOOD);
    expect(core.http).toEqual({ host: '127.0.0.1', port: 3000, publicUrl: null });
    expect(core.databaseFile).toBe('./data/hug.db');
    expect(core.free).toEqual({ freeVideos: 1, freeFailures: 3, dailyBudget: 200 });
    expect(core.pixverse).toMatchObject({
      baseUrl: 'https://app-api.pixverse.ai/openapi/v2/',
      maxRetries: 5,
      retryDelayMs: 2000,
      model: 'v6',
      aspectRatio: '9:16',
      maxConcurrent: 5,
    });
    expect(core.videoKeepMs).toBe(30 * 86_400_000);
    expect(core.photoKeepMs).toBe(24 * 3_600_000);
    expect(telegram).toMatchObject({ apiRoot: 'https://api.telegram.org', webhook: null });
  });

  test('takes the PixVerse root with or without the last slash', () => {
    const { core } = settingsOf({ ...GOOD, PIXVERSE_BASE_URL: 'https://example.org/v2' });
    expect(core.pixverse.baseUrl).toBe('https://example.org/v2/');
  });

  test.each([
    ['https://bot.example', 'https://bot.example'],
    ['https://bot.example:8443/', 'https://bot.example:8443'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
    ['http://localhost:3000/', 'http://localhost:3000'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
  ])('takes %s as the origin that the outside sees', (given, origin) => {
    expect(settingsOf({ ...GOOD, PUBLIC_URL: given }).core.http.publicUrl).toBe(origin);
  });

  test('tells every fault at once, by name, with a remedy, and no value', () => {
    const environment = {
      PORT: '99999',
      DATABASE_URL: 'postgres://user:hunter2@db/hug',
      FREE_VIDEOS: 'many',
      TELEGRAM_BOT_TOKEN: 'sekret-token',
      PIXVERSE_WEBHOOK_ID: 'w1',
      ADMIN_IDS: 'telegram:12,bob',
      TELEGRAM_WEBHOOK_SECRET: 'abc',
      PUBLIC_URL: 'ftp://x',
      LOG_LEVEL: 'loud',
      EXAMPLE_VIDEO: '/nowhere/at/all.mp4',
    };
    const read = toConfig(readEnv(environment));
    if (!('faults' in read)) throw new Error('no faults');
    expect(read.faults.map((fault) => fault.variable).sort()).toEqual([
      'ADMIN_IDS',
      'DATABASE_URL',
      'EXAMPLE_VIDEO',
      'FREE_VIDEOS',
      'LOG_LEVEL',
      'PIXVERSE_API_KEY',
      'PIXVERSE_WEBHOOK_SECRET',
      'PORT',
      'PUBLIC_URL',
      'PUBLIC_URL',
      'TELEGRAM_BOT_TOKEN',
    ]);
    const printed = describeFaults(read.faults);
    expect(printed).not.toMatch(/hunter2|sekret|99999|bob|nowhere/);
    expect(printed).toContain('PIXVERSE_API_KEY: is required');
  });

  test.each([
    [
      'TELEGRAM_WEBHOOK_SECRET',
      { TELEGRAM_WEBHOOK_SECRET: 'has blanks', PUBLIC_URL: 'https://x.org' },
    ],
    ['PUBLIC_URL', { TELEGRAM_WEBHOOK_SECRET: 'abc' }],
    ['PIXVERSE_WEBHOOK_ID', { PIXVERSE_WEBHOOK_SECRET: 'abc' }],
    ['PIXVERSE_POLL_MAX_MS', { PIXVERSE_POLL_MIN_MS: '5000', PIXVERSE_POLL_MAX_MS: '1000' }],
    ['PIXVERSE_ASPECT_RATIO', { PIXVERSE_ASPECT_RATIO: '5:4' }],
    ['TERMS_URL', { TERMS_URL: 'http://plain.example' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'http://plain.example' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'https://bot.example/path' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'https://bot.example/?a=b' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'https://user:hunter2@bot.example' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'http://127.0.0.1.plain.example' }],
  ])('%s is a fault in %o', (variable, environment) => {
    expect(faultsOf({ ...GOOD, ...environment })).toEqual([variable]);
  });

  test('takes no token for test payments in production, where test cards would pay', () => {
    const selling = (kind: string) => ({
      ...GOOD,
      NODE_ENV: 'production',
      OPERATOR_NAME: 'Hug Ltd',
      SUPPORT_CONTACT: '@hug',
      TERMS_URL: 'https://hug.example/terms',
      PRIVACY_URL: 'https://hug.example/privacy',
      TELEGRAM_PROVIDER_TOKEN: `381764678:${kind}:12345`,
    });
    expect(faultsOf(selling('TEST'))).toEqual(['TELEGRAM_PROVIDER_TOKEN']);
    expect(faultsOf({ ...selling('TEST'), NODE_ENV: 'test' })).toEqual([]);
    expect(faultsOf(selling('LIVE'))).toEqual([]);
  });

  test('takes secrets without the line end that a file brings along', () => {
    const { core, telegram } = settingsOf({
      PIXVERSE_API_KEY: 'key-of-pixverse\n',
      TELEGRAM_BOT_TOKEN: `${TOKEN}\r\n`,
    });
    expect(core.pixverse.apiKey.reveal()).toBe('key-of-pixverse');
    expect(telegram?.token.reveal()).toBe(TOKEN);
  });

  test('needs a chat platform', () => {
    expect(faultsOf({ PIXVERSE_API_KEY: 'k' })).toEqual(['TELEGRAM_BOT_TOKEN']);
  });

  test('never prints a secret, however it is looked at', () => {
    const settings = settingsOf({
      ...GOOD,
      TELEGRAM_WEBHOOK_SECRET: 'hook-secret',
      PUBLIC_URL: 'https://x.org',
    });
    const shown = [JSON.stringify(settings), inspect(settings, { depth: 9 })].join();
    expect(shown).not.toContain('key-of-pixverse');
    expect(shown).not.toContain(TOKEN);
    expect(shown).not.toContain('hook-secret');
    expect(settings.telegram?.webhook?.secret.reveal()).toBe('hook-secret');
  });

  test('reads admins of both platforms', () => {
    const { core } = settingsOf({ ...GOOD, ADMIN_IDS: 'telegram:12, discord:345' });
    expect(core.adminIds).toEqual([
      { platform: 'telegram', platformUserId: '12' },
      { platform: 'discord', platformUserId: '345' },
    ]);
  });
});
