// Ids that leave the process: short, unguessable, safe in buttons and addresses.

import { randomBytes } from 'node:crypto';

const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789';

/** 16 letters and digits, 80 random bits; none of them looks like another. */
export function newId(): string {
  let id = '';
  for (const byte of randomBytes(16)) id += ALPHABET.charAt(byte % ALPHABET.length);
  return id;
}
