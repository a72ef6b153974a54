// Which versions of the video are sold. A further variant is one more row here, its prices in
// money/price-table.json and its name in texts/*.ftl (`variant-name`, `variant-hint`).

export interface Variant {
  /** Stable id: stored on orders, used in the price table and in the API. */
  id: string;
  /** The owner's experiment letter. */
  code: string;
  /** PixVerse's `quality`. */
  resolution: '720p' | '1080p';
  durationSeconds: number;
  /** What one video costs in our own credits. */
  credits: number;
  /** The owner's words, kept verbatim inside the prompt that is sent. */
  promptWords: string;
}

export const VARIANTS: readonly Variant[] = [
  {
    id: 'premium',
    code: 'A',
    resolution: '1080p',
    durationSeconds: 5,
    credits: 5,
    promptWords:
      'Two people in a beautiful, hyperrealistic fraternal embrace, emotional connection, warm hug, smooth motion, cinematic quality',
  },
  {
    id: 'standard',
    code: 'B',
    resolution: '720p',
    durationSeconds: 5,
    credits: 3,
    promptWords: 'Two people in a realistic embrace, warm hug, smooth motion, good quality',
  },
];

/** The variant with this id, or undefined: ids come from buttons and requests and may be anything. */
export function findVariant(id: string): Variant | undefined {
  return VARIANTS.find((variant) => variant.id === id);
}

/** The variant of a stored order. @throws Error when a row names a variant that is no longer listed. */
export function variantOf(id: string | null): Variant {
  const variant = id === null ? undefined : findVariant(id);
  if (variant === undefined) throw new Error(`unknown variant ${String(id)}`);
  return variant;
}
