import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { deriveSchemas, toText } from '../../scripts/derive-telegram-schemas.js';
import { SCHEMAS, type ValueType } from '../../src/sandbox/telegram/request/schemas.js';
import { SERVED_METHODS } from '../../src/sandbox/telegram/request/served.js';

const SCHEMAS_FILE = new URL('../../src/sandbox/telegram/schemas.json', import.meta.url);
const SPEC_FILE = new URL('../../../shared/specs/telegram-bot-api.json', import.meta.url);

interface SpecField {
  name: string;
  types: string[];
  required: boolean;
}

interface Spec {
  version: string;
  types: Record<string, { fields?: SpecField[] } | undefined>;
  methods: Record<string, { fields?: SpecField[] } | undefined>;
}

describe('the schemas of the Bot API', () => {
  it('are what the typings of the installed grammY say', () => {
    expect(readFileSync(SCHEMAS_FILE, 'utf8')).toBe(toText(deriveSchemas()));
  }, 30_000);

  it('are small and know every method, with types for those that are served', () => {
    expect(readFileSync(SCHEMAS_FILE).length).toBeLessThan(200_000);
    expect(Object.keys(SCHEMAS.methods).length).toBeGreaterThan(180);
    for (const method of SERVED_METHODS) {
      for (const field of Object.values(SCHEMAS.methods[method] ?? {})) {
        expect(field.type).toBeDefined();
      }
    }
    expect(SCHEMAS.methods['getChat']).toEqual({ chat_id: { required: true } });
  });
});

/** Whether the schemas tell whole numbers and fractions apart as the description does. */
function numberKind(type: ValueType | undefined): 'Integer' | 'Float' | null {
  if (type === 'integer') return 'Integer';
  if (type === 'number') return 'Float';
  return null;
}

if (existsSync(SPEC_FILE)) {
  const spec = JSON.parse(readFileSync(SPEC_FILE, 'utf8')) as Spec;

  describe(`the served methods, held against the machine-readable ${spec.version}`, () => {
    it.each(SERVED_METHODS)('%s has every documented parameter, as required or not', (method) => {
      const documented = spec.methods[method];
      expect(documented).toBeDefined();
      for (const field of documented?.fields ?? []) {
        const known = SCHEMAS.methods[method]?.[field.name];
        expect(known, field.name).toBeDefined();
        expect(known?.required ?? false, field.name).toBe(field.required);
        const [only] = field.types;
        if (field.types.length === 1 && (only === 'Integer' || only === 'Float')) {
          expect(numberKind(known?.type), field.name).toBe(only);
        }
      }
    });

    it('nest the documented objects, but for what is newer than the description', () => {
      const differences: string[] = [];
      for (const [name, type] of Object.entries(SCHEMAS.types)) {
        for (const field of ('fields' in type ? spec.types[name]?.fields : undefined) ?? []) {
          const known = 'fields' in type ? type.fields[field.name] : undefined;
          const isSame = known !== undefined && (known.required ?? false) === field.required;
          if (!isSame) differences.push(`${name}.${field.name}`);
        }
      }
      // The typings keep what only getMe answers apart from User; an ephemeral message is replied to by another id.
      expect(differences.filter((one) => !one.startsWith('User.'))).toEqual([
        'ReplyParameters.message_id',
      ]);
    });
  });
} else {
  describe('the served methods', () => {
    it('were NOT held against the official description: specs/telegram-bot-api.json is not present', () => {
      expect(existsSync(SPEC_FILE)).toBe(false);
    });
  });
}
