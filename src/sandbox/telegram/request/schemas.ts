// What every Bot API method takes: the shape of schemas.json, which scripts/derive-telegram-schemas.ts writes.

import { readFileSync } from 'node:fs';

export type ValueType =
  | 'string'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'true'
  /** An upload; elsewhere a file may also be named by a string. */
  | 'file'
  | { enum: (string | number)[] }
  | { array: ValueType }
  | { any: ValueType[] }
  | { ref: string };

export interface Field {
  /** Absent for methods that the stand-in does not serve. */
  type?: ValueType;
  required?: true;
}

export interface Schemas {
  /** Package and version that they were derived from. */
  source: string;
  methods: Record<string, Record<string, Field>>;
  types: Record<string, { fields: Record<string, Field> } | { is: ValueType }>;
}

export const SCHEMAS = JSON.parse(
  readFileSync(new URL('../schemas.json', import.meta.url), 'utf8'),
) as Schemas;
