// Reads the body of a generation by type, the first of the checks: an id in quotes or a text for a number ends here.

import { Refusal, isObject, wholeDigits } from './wire.js';

type FieldType = 'text' | 'whole' | 'id' | 'ids' | 'flag' | 'references';
/** The fields of a call and their types. */
export type Fields = Readonly<Record<string, FieldType>>;

/** The body's known fields by type; what is absent, null or empty is left out. */
export interface Body {
  texts: Map<string, string>;
  wholes: Map<string, number>;
  ids: Map<string, string[]>;
  flags: Map<string, boolean>;
  references: Map<string, Record<string, unknown>[]>;
}

function wrongType(name: string, wanted: string): never {
  throw new Refusal(400013, `${name} must be ${wanted}`);
}

export function invalid(detail: string): never {
  throw new Refusal(400017, detail);
}

export function missing(name: string): never {
  throw new Refusal(400011, name);
}

function readId(name: string, value: unknown): string {
  const digits = wholeDigits(value);
  return digits === null || digits.startsWith('-') ? wrongType(name, 'an integer') : digits;
}

function readReference(name: string, value: unknown): Record<string, unknown> {
  if (!isObject(value)) return wrongType(name, 'an array of objects');
  const { img_id: imageId, type, ref_name: refName } = value;
  if (imageId !== undefined && imageId !== null) readId(`${name}.img_id`, imageId);
  for (const [key, text] of Object.entries({ type, ref_name: refName })) {
    const isText = text === undefined || text === null || typeof text === 'string';
    if (!isText) wrongType(`${name}.${key}`, 'a string');
  }
  return value;
}

function readField(body: Body, name: string, type: FieldType, value: unknown): void {
  switch (type) {
    case 'text':
      if (typeof value !== 'string') return wrongType(name, 'a string');
      if (value !== '') body.texts.set(name, value);
      return;
    case 'whole': {
      const digits = wholeDigits(value) ?? wrongType(name, 'an integer');
      body.wholes.set(name, Number(digits));
      return;
    }
    case 'id':
      body.ids.set(name, [readId(name, value)]);
      return;
    case 'ids': {
      if (!Array.isArray(value)) return wrongType(name, 'an array of integers');
      const ids = value.map((id: unknown) => readId(name, id));
      if (ids.length > 0) body.ids.set(name, ids);
      return;
    }
    case 'flag':
      if (typeof value !== 'boolean') return wrongType(name, 'true or false');
      body.flags.set(name, value);
      return;
    case 'references': {
      if (!Array.isArray(value)) return wrongType(name, 'an array of objects');
      const items = value.map((item: unknown) => readReference(name, item));
      if (items.length > 0) body.references.set(name, items);
    }
  }
}

/**
 * Reads the fields a call knows.
 *
 * @param onUnknown told of each field that is not among them; the service lets them pass
 * @throws Refusal 400013 at the first one of a wrong type
 */
export function readBody(
  json: Record<string, unknown>,
  fields: Fields,
  onUnknown: (name: string) => void,
): Body {
  const body: Body = {
    texts: new Map(),
    wholes: new Map(),
    ids: new Map(),
    flags: new Map(),
    references: new Map(),
  };
  for (const [name, value] of Object.entries(json)) {
    const type = fields[name];
    if (type === undefined) onUnknown(name);
    else if (value !== null) readField(body, name, type, value);
  }
  return body;
}

/** @throws Refusal 400011 at the first one that is absent */
export function requireFields(body: Body, names: readonly string[]): void {
  const present = new Set([
    ...body.texts.keys(),
    ...body.wholes.keys(),
    ...body.ids.keys(),
    ...body.references.keys(),
  ]);
  const absent = names.find((name) => !present.has(name));
  if (absent !== undefined) missing(absent);
}
