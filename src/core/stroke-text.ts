// Digits and a few signs as strokes: a machine without fonts would print boxes in a picture. Pure.

/** Strokes in a box 32 high with the baseline at 30; `width` is how wide the sign itself is. */
const GLYPHS: Readonly<Record<string, { width: number; path: string }>> = {
  '0': {
    width: 18,
    path: 'M9 2 C3 2 1 8 1 16 C1 24 3 30 9 30 C15 30 17 24 17 16 C17 8 15 2 9 2 Z',
  },
  '1': { width: 12, path: 'M1 8 L8 2 L8 30' },
  '2': { width: 18, path: 'M1 9 C1 -0.5 17 -0.5 17 9.5 C17 16 1 23 1 30 L17 30' },
  '3': {
    width: 18,
    path: 'M1.5 6 C5 0 16 1 16 8.5 C16 13 12 15.2 7 15.2 C12 15.2 17 17.5 17 22.5 C17 31.5 4 32 1 25.5',
  },
  '4': { width: 19, path: 'M14 30 L14 2 L1 21.5 L18 21.5' },
  '5': { width: 18, path: 'M16 2 L4 2 L2.5 14.5 C7 11.5 17 12 17 21 C17 31 5 32 1 25.5' },
  '6': {
    width: 18,
    path: 'M14.5 3 C6 5 1 12 1 20.5 C1 27 4.5 30 9 30 C14 30 17 26.5 17 21.5 C17 16.5 14 13 9.5 13 C5 13 1 16 1 21',
  },
  '7': { width: 17, path: 'M1 2 L16 2 L6 30' },
  '8': {
    width: 18,
    path: 'M9 14.5 C4.5 14.5 2 12 2 8.3 C2 4.5 4.5 2 9 2 C13.5 2 16 4.5 16 8.3 C16 12 13.5 14.5 9 14.5 C4 14.5 1 17.5 1 22 C1 27 4 30 9 30 C14 30 17 27 17 22 C17 17.5 14 14.5 9 14.5 Z',
  },
  '9': {
    width: 18,
    path: 'M3.5 29 C12 27 17 20 17 11.5 C17 5 13.5 2 9 2 C4 2 1 5.5 1 10.5 C1 15.5 4 19 8.5 19 C13 19 17 16 17 11',
  },
  '.': { width: 3, path: 'M1.5 29 L1.5 29.5' },
  '-': { width: 11, path: 'M1 18 L10 18' },
  '–': { width: 15, path: 'M1 18 L14 18' },
  ':': { width: 3, path: 'M1.5 13 L1.5 13.5 M1.5 26.5 L1.5 27' },
  '/': { width: 13, path: 'M12 0 L1 33' },
  '%': {
    width: 26,
    path: 'M22 2 L4 30 M6.5 3 C3 3 1.2 5.5 1.2 9 C1.2 12.5 3 15 6.5 15 C10 15 11.8 12.5 11.8 9 C11.8 5.5 10 3 6.5 3 Z M19.5 17.5 C16 17.5 14.2 20 14.2 23.5 C14.2 27 16 29.5 19.5 29.5 C23 29.5 24.8 27 24.8 23.5 C24.8 20 23 17.5 19.5 17.5 Z',
  },
  s: {
    width: 13,
    path: 'M12 14.5 C9 11 1.5 11.5 1.5 16 C1.5 21.5 12.5 19 12.5 25.2 C12.5 31 3.5 31.5 0.8 27.3',
  },
  k: { width: 13, path: 'M1.5 2 L1.5 30 M12 12 L1.5 22.5 M5.5 18.8 L12.5 30' },
  ' ': { width: 7, path: '' },
};

const GAP = 5.5;
const BOX_HEIGHT = 32;
const STROKE = 3.4;

export interface StrokeStyle {
  /** Height of a digit in pixels. */
  size: number;
  color: string;
  /** Where `x` is. */
  anchor?: 'start' | 'middle' | 'end';
  /** 1 is regular; 1.4 is bold. */
  weight?: number;
}

/** How wide a text is in pixels. A sign that is not drawn here takes no room. */
export function strokeWidth(text: string, size: number): number {
  const widths = Array.from(text).flatMap((sign) => GLYPHS[sign]?.width ?? []);
  const units =
    widths.reduce((sum, width) => sum + width, 0) + GAP * Math.max(0, widths.length - 1);
  return (units * size) / (BOX_HEIGHT - 4);
}

/** SVG of a text of digits and `. - – : / % s k`, its baseline at `y`. */
export function strokeText(text: string, x: number, y: number, style: StrokeStyle): string {
  const { size, color, anchor = 'start', weight = 1 } = style;
  const scale = size / (BOX_HEIGHT - 4);
  const width = strokeWidth(text, size);
  const left = anchor === 'start' ? x : anchor === 'middle' ? x - width / 2 : x - width;
  let offset = 0;
  const paths: string[] = [];
  for (const sign of text) {
    const glyph = GLYPHS[sign];
    if (glyph === undefined) continue;
    if (glyph.path !== '')
      paths.push(`<path transform="translate(${offset} 0)" d="${glyph.path}"/>`);
    offset += glyph.width + GAP;
  }
  return (
    `<g transform="translate(${left.toFixed(1)} ${(y - 30 * scale).toFixed(1)}) scale(${scale.toFixed(4)})" ` +
    `fill="none" stroke="${color}" stroke-width="${(STROKE * weight).toFixed(2)}" ` +
    `stroke-linecap="round" stroke-linejoin="round">${paths.join('')}</g>`
  );
}
