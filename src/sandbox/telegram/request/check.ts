// Holds the parameters of a call against the derived schemas: names, presence, types, also inside objects.

import { badRequest } from '../errors.js';
import type { RequestBody, Upload } from './body.js';
import { type Field, SCHEMAS, type ValueType } from './schemas.js';
import type { ServedMethod } from './served.js';

const ATTACHED = 'attach://';

interface Checking {
  uploads: ReadonlyMap<string, Upload>;
  /** Parts that some value names. */
  attached: Set<string>;
}

function kindsOf(type: ValueType): ValueType[] {
  if (typeof type === 'object' && 'any' in type) return type.any.flatMap(kindsOf);
  if (typeof type === 'object' && 'ref' in type) {
    const target = SCHEMAS.types[type.ref];
    if (target !== undefined && 'is' in target) return kindsOf(target.is);
  }
  return [type];
}

/** Text that stands for a value of this type, as in urlencoded and multipart bodies. */
function decode(text: string, type: ValueType, name: string): unknown {
  const kinds = kindsOf(type);
  const isStructure = kinds.some(
    (kind) => typeof kind === 'object' && ('array' in kind || 'ref' in kind),
  );
  if (isStructure) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw badRequest(`can't parse ${name} JSON object`);
    }
  }
  if (kinds.includes('integer') && /^-?\d+$/.test(text)) return Number(text);
  if (kinds.includes('number') && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (kinds.includes('boolean') || kinds.includes('true')) {
    if (/^(true|yes|1)$/i.test(text)) return true;
    if (/^(false|no|0)$/i.test(text)) return false;
  }
  return text;
}

function checkFile(value: unknown, path: string, checking: Checking): string[] {
  if (typeof value !== 'string' || !value.startsWith(ATTACHED)) {
    return [`${path} must be uploaded as an InputFile`];
  }
  const part = value.slice(ATTACHED.length);
  if (!checking.uploads.has(part)) return [`${path} names the part "${part}", which is not there`];
  checking.attached.add(part);
  return [];
}

function checkFields(
  value: unknown,
  fields: Record<string, Field>,
  path: string,
  checking: Checking,
): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [`${path} must be an Object`];
  }
  const faults: string[] = [];
  for (const [name, field] of Object.entries(fields)) {
    const part: unknown = (value as Record<string, unknown>)[name];
    if (part !== undefined && field.type !== undefined) {
      faults.push(...checkValue(part, field.type, `${path}.${name}`, checking));
    } else if (part === undefined && field.required) {
      faults.push(`${path}.${name} is required`);
    }
  }
  for (const name of Object.keys(value)) {
    if (!(name in fields)) faults.push(`${path}.${name} is unknown`);
  }
  return faults;
}

/** The faults against the alternative that fits best, so that the message is about what was meant. */
function checkAny(value: unknown, types: ValueType[], path: string, checking: Checking): string[] {
  const isAttached = typeof value === 'string' && value.startsWith(ATTACHED);
  if (isAttached && types.includes('file')) return checkFile(value, path, checking);
  let best: string[] | undefined;
  for (const type of types) {
    const faults = checkValue(value, type, path, checking);
    if (best === undefined || faults.length < best.length) best = faults;
    if (faults.length === 0) break;
  }
  return best ?? [];
}

function checkSimple(value: unknown, type: string, path: string): string[] {
  switch (type) {
    case 'string':
      return typeof value === 'string' ? [] : [`${path} must be a String`];
    case 'integer':
      return Number.isSafeInteger(value) ? [] : [`${path} must be an Integer`];
    case 'number':
      return Number.isFinite(value) ? [] : [`${path} must be a Number`];
    default:
      return typeof value === 'boolean' ? [] : [`${path} must be a Boolean`];
  }
}

function checkValue(value: unknown, type: ValueType, path: string, checking: Checking): string[] {
  if (type === 'file') return checkFile(value, path, checking);
  if (typeof type === 'string') return checkSimple(value, type, path);
  if ('enum' in type) {
    const isListed = type.enum.some((one) => one === value);
    return isListed ? [] : [`${path} has the unknown value ${JSON.stringify(value)}`];
  }
  if ('array' in type) {
    if (!Array.isArray(value)) return [`${path} must be an Array`];
    return value.flatMap((item: unknown, index) =>
      checkValue(item, type.array, `${path}[${index}]`, checking),
    );
  }
  if ('any' in type) return checkAny(value, type.any, path, checking);
  const target = SCHEMAS.types[type.ref];
  if (target === undefined) throw new Error(`schemas.json lacks ${type.ref}`);
  return 'is' in target
    ? checkValue(value, target.is, path, checking)
    : checkFields(value, target.fields, path, checking);
}

/** Telegram has words of its own for the two parameters that are forgotten most. */
function missing(name: string): string {
  if (name === 'chat_id') return 'chat_id is empty';
  if (name === 'text') return 'message text is empty';
  return `parameter "${name}" is required`;
}

/**
 * The parameters of a call with their types restored. Uploads are `attach://part` in them.
 * @throws TelegramError 400 for an unknown, missing or mistyped parameter at any depth
 */
export function checkParameters(method: ServedMethod, body: RequestBody): Record<string, unknown> {
  const fields = SCHEMAS.methods[method];
  if (fields === undefined) throw new Error(`schemas.json lacks ${method}`);
  const checking: Checking = { uploads: body.uploads, attached: new Set() };
  const given = { ...body.values };
  for (const part of body.uploads.keys()) {
    if (part in fields && !(part in given)) given[part] = `${ATTACHED}${part}`;
  }

  const parameters: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const value = given[name];
    if (value === undefined) {
      if (field.required) throw badRequest(missing(name));
    } else if (field.type !== undefined) {
      const isText = body.isText && typeof value === 'string';
      parameters[name] = isText ? decode(value, field.type, name) : value;
      const [fault] = checkValue(parameters[name], field.type, name, checking);
      if (fault !== undefined) throw badRequest(`can't parse ${method}: ${fault}`);
    }
  }
  const unknown = Object.keys(given).find((name) => !(name in fields));
  if (unknown !== undefined) throw badRequest(`${method} has no parameter "${unknown}"`);
  const stray = [...body.uploads.keys()].find((part) => !checking.attached.has(part));
  if (stray !== undefined) throw badRequest(`${method} has no parameter for the part "${stray}"`);
  return parameters;
}
