// The words that are sent to PixVerse: the owner's, and what the owner asks of realism. Pure.

import type { Variant } from '../variants.js';

/**
 * The names by which Fusion knows the two pictures. ASCII, at most 30 bytes, neither a prefix of the other; in a
 * prompt each is written `@name` and followed by a space, also before a full stop (PixVerse Fusion guide).
 */
export const SUBJECT_NAMES = { 1: 'left_person', 2: 'right_person' } as const;

/** PixVerse's smaller documented limit of a prompt, in characters. */
export const MAX_PROMPT_LENGTH = 2048;

const REALISM =
  'Both faces stay exactly as in the photos. Matching facial expressions, natural eye contact, symmetrical smiles. ' +
  'Anatomically correct arms and hands, real contact and real weight where they touch, calm visible breathing, ' +
  'hair that obeys gravity. One light source, consistent shadows, one colour temperature, one depth of field. ' +
  'Steady camera, soft warm light.';

/** The prompt for two Fusion subjects. */
export function fusionPrompt(variant: Variant): string {
  const left = `@${SUBJECT_NAMES[1]} `;
  const right = `@${SUBJECT_NAMES[2]} `;
  return (
    `${left}and ${right}stand close together, look at each other, open their arms, ` +
    `step into a warm friendly hug and hold it. ${variant.promptWords}. ${REALISM}`
  );
}

/** The prompt for one picture that shows both people side by side. */
export function compositePrompt(variant: Variant): string {
  return (
    'The person on the left and the person on the right turn to each other, open their arms, ' +
    'step together into a warm friendly hug and hold it; the line between the two pictures disappears into one ' +
    `shared place. ${variant.promptWords}. ${REALISM}`
  );
}
