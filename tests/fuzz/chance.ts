// Chance that repeats: numbers from a seed, and the odd values that are drawn with them.

export interface Chance {
  /** In [0, 1). */
  next(): number;
  /** A whole number from `min` to `max`. */
  whole(min: number, max: number): number;
  /** True in so many of 1. */
  is(share: number): boolean;
  pick<T>(list: readonly T[]): T;
}

/** Mulberry32: small, fast, the same everywhere. */
export function createChance(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const whole = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    whole,
    is: (share) => next() < share,
    pick: (list) => {
      if (list.length === 0) throw new Error('nothing to pick from');
      return list[whole(0, list.length - 1)] as (typeof list)[number];
    },
  };
}

/** The seed of this run: another one with FUZZ_SEED. */
export function fuzzSeed(): number {
  return Number(process.env['FUZZ_SEED'] ?? 20_270_115);
}

const ODD_STRINGS = [
  ' ',
  '\n\n\n',
  '\u0000',
  'a\u0000b',
  '\u200b\u200c\u200d\ufeff',
  '\u202eright to left\u202c',
  'مرحبا بالعالم',
  'שלום, /hug',
  '👩‍❤️‍💋‍👨'.repeat(20),
  'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘',
  '\ufffd\uffff',
  '<b>bold</b><script>alert(1)</script>',
  '&amp;&lt;',
  '{ $user } { -term } {"',
  "'; drop table orders; --",
  '${7*7} {{7*7}} %s %n',
  '../../etc/passwd',
  'null',
  'NaN',
  '-1',
  '9'.repeat(400),
  '/',
  '//',
  '/ hug',
  '/hug@',
  '𝕳𝖚𝖌',
  '__proto__',
  'constructor',
];

/** A string as nobody types it, of at most `maxLength` UTF-16 units and without halves of characters. */
export function oddString(chance: Chance, maxLength = 4_096): string {
  const kind = chance.next();
  if (kind < 0.6) return cut(chance.pick(ODD_STRINGS), maxLength);
  if (kind < 0.7) return cut(chance.pick(ODD_STRINGS).repeat(50), maxLength);
  if (kind < 0.72) return 'x'.repeat(maxLength);
  if (kind < 0.74) return cut('😀'.repeat(Math.ceil(maxLength / 2)), maxLength);
  const length = chance.whole(1, Math.min(40, maxLength));
  return cut(
    Array.from({ length }, () => String.fromCodePoint(codePoint(chance))).join(''),
    maxLength,
  );
}

function codePoint(chance: Chance): number {
  const point = chance.is(0.3) ? chance.whole(0, 0x10ffff) : chance.whole(0, 0x3000);
  return point >= 0xd800 && point <= 0xdfff ? 0xfffd : point;
}

/** The beginning of a text; a pair of surrogates is kept or dropped whole. */
function cut(text: string, maxLength: number): string {
  let short = '';
  for (const character of text) {
    if (short.length + character.length > maxLength) break;
    short += character;
  }
  return short === '' ? 'x' : short;
}

/** A value of any JSON type, mostly of the wrong one. */
export function oddValue(chance: Chance): unknown {
  return chance.pick<() => unknown>([
    () => null,
    () => true,
    () => false,
    () => 0,
    () => -1,
    () => 1e308,
    () => 0.5,
    () => 2 ** 53,
    () => '',
    () => '0',
    () => oddString(chance),
    () => [],
    () => [[[]]],
    () => [null],
    () => ({}),
    () => ({ id: {} }),
    () => ({ toString: 1, valueOf: null }),
    () => ({ length: -1 }),
    () => ({ from: { id: 'x' } }),
  ])();
}

/** A copy of `value` with one to four parts changed, taken away or put in another's place. */
export function mutate(chance: Chance, value: object): object {
  const copy = structuredClone(value);
  for (let changes = chance.whole(1, 4); changes > 0; changes -= 1) {
    let part = copy as Record<string, unknown>;
    for (let depth = 0; depth < 8; depth += 1) {
      const keys = Object.keys(part).filter((key) => key !== 'update_id');
      if (keys.length === 0) break;
      const key = chance.pick(keys);
      const inner = part[key];
      if (typeof inner === 'object' && inner !== null && chance.is(0.75)) {
        part = inner as Record<string, unknown>;
        continue;
      }
      if (chance.is(0.4)) Reflect.deleteProperty(part, key);
      else part[key] = oddValue(chance);
      break;
    }
  }
  return copy;
}
