// How the parts of a film move: two cards glide together, lean in and breathe, and a heart holds them. Pure; the
// result is an ffmpeg filter graph that a build of 2018 understands as well as a new one.

import { HEART_BEAT_FRAMES, HEART_GROWTH_FRAMES } from './heart.js';
import type { Layout } from './scene.js';

export const FRAMES_PER_SECOND = 30;
/** Cards are turned at half the rate of the film, which nobody sees and which halves the dearest filter. */
const LEANS_PER_SECOND = 15;

/** The order in which the graph expects its pictures as inputs. */
export const GRAPH_INPUTS = ['backdrop', 'left', 'right', 'heart', 'light'] as const;

/** From the RGB of a picture to the colours of HD video. */
export const STILL_COLORS = 'scale=out_color_matrix=bt709:out_range=tv';

/** Where a light starts, in shares of the frame, how fast it rises, in thousandths of a side a second, and its phase. */
const LIGHTS = [
  { x: 0.14, y: 0.9, rise: 60, phase: 0 },
  { x: 0.82, y: 1.02, rise: 85, phase: 1 },
  { x: 0.3, y: 1.15, rise: 70, phase: 2.1 },
  { x: 0.68, y: 0.3, rise: 50, phase: 4.2 },
  { x: 0.9, y: 0.62, rise: 65, phase: 5.5 },
  { x: 0.08, y: 0.36, rise: 45, phase: 3.3 },
] as const;

interface Timing {
  startSeconds: number;
  contactSeconds: number;
  heartSeconds: number;
}

function time(seconds: number): Timing {
  const contactSeconds = Math.min(2.4, seconds * 0.48);
  const startSeconds = contactSeconds * 0.12;
  return { startSeconds, contactSeconds, heartSeconds: contactSeconds * 0.4 };
}

function short(value: number): string {
  return value.toFixed(4);
}

/** How far the glide has come, 0 to 1: quick at first, soft at its end. */
function glide({ startSeconds, contactSeconds }: Timing): string {
  const part = `clip((t-${short(startSeconds)})/${short(contactSeconds - startSeconds)},0,1)`;
  return `(1-pow(1-${part},2.6)*(1+1.6*${part}))`;
}

/** The slow swaying of the embrace, -1 to 1, nothing before the contact. */
function breath({ contactSeconds }: Timing): string {
  const since = `(t-${short(contactSeconds)})`;
  return `(sin(2*PI*${since}/2.4)*clip(${since}/0.8,0,1))`;
}

/** Positions fall on even pixels, as the colour planes have half the size: both halves of a card must round alike. */
function toEven(expression: string): string {
  return `2*floor((${expression})/2)`;
}

interface Path {
  x: string;
  y: string;
  angle: string;
}

/** The way of one card: -1 is the left one, which is the higher one too. */
function cardPath(layout: Layout, timing: Timing, side: -1 | 1): Path {
  const { frame, photo, card } = layout;
  const gone = glide(timing);
  const apart = Math.min(frame.width * 0.292, photo.width * 0.95);
  const together = photo.width * 0.38;
  const offset = frame.height * (frame.height > frame.width ? 0.04 : 0.03);
  const fromMiddle = `${short(side * apart)}+${short(side * (together - apart))}*${gone}`;
  const fromCenter = `${short(side * offset)}*(1-0.72*${gone})`;
  return {
    x: toEven(`${short((frame.width - card.width) / 2)}+${fromMiddle}`),
    y: toEven(`${short((frame.height * 1.01 - card.height) / 2)}+${fromCenter}`),
    angle: `${side === -1 ? '' : '-'}(-0.04+0.12*${gone}+0.011*${breath(timing)})`,
  };
}

/** The number of the heart in its strip: it grows while the cards meet, then beats. */
function heartFrame({ heartSeconds }: Timing): string {
  const frame = `trunc((t-${short(heartSeconds)})*${FRAMES_PER_SECOND}+0.01)`;
  const beat = `${HEART_GROWTH_FRAMES}+mod(${frame}-${HEART_GROWTH_FRAMES},${HEART_BEAT_FRAMES})`;
  return `if(lt(${frame},${HEART_GROWTH_FRAMES}),max(0,${frame}),${beat})`;
}

/**
 * The whole film as a filter graph; its inputs are `GRAPH_INPUTS`, its output is `[film]`.
 *
 * The two cards are intertwined: the lower half of the left one lies under the right one, its upper half over it, and
 * the heart covers the place where they cross.
 */
export function filmGraph(layout: Layout, seconds: number): string {
  const { frame, card, heart, backdrop } = layout;
  const timing = time(seconds);
  const left = cardPath(layout, timing, -1);
  const right = cardPath(layout, timing, 1);
  const still = (input: (typeof GRAPH_INPUTS)[number], format: string, rate: number): string =>
    `[${GRAPH_INPUTS.indexOf(input)}:v]${STILL_COLORS},format=${format},` +
    `loop=loop=-1:size=1:start=0,setpts=N/${rate}/TB,trim=duration=${seconds}`;
  const turned = (path: Path): string => `rotate=a='${path.angle}':c=0x3a142000:ow=iw:oh=ih`;
  const drift = {
    x: `${backdrop.width - frame.width}*(0.5-0.5*cos(PI*t/${seconds}))`,
    y: `${backdrop.height - frame.height}*(1-t/${seconds})`,
  };
  const half = card.height / 2;
  const sources = [
    `${still('backdrop', 'yuv420p', FRAMES_PER_SECOND)},crop=${frame.width}:${frame.height}:'${drift.x}':'${drift.y}'[place]`,
    `${still('left', 'yuva420p', LEANS_PER_SECOND)},${turned(left)},split[a][b]`,
    `[a]crop=iw:${half}:0:0[upper]`,
    `[b]crop=iw:${half}:0:${half}[lower]`,
    `${still('right', 'yuva420p', LEANS_PER_SECOND)},${turned(right)}[right]`,
    `${still('heart', 'yuva420p', FRAMES_PER_SECOND)},crop=${heart.width}:${heart.height}:0:'${heart.height}*${heartFrame(timing)}'[heart]`,
    `${still('light', 'yuva420p', FRAMES_PER_SECOND)},split=${LIGHTS.length}${LIGHTS.map((_, index) => `[light${index}]`).join('')}`,
  ];
  const layers = [
    ...LIGHTS.map((light, index) => ({
      name: `light${index}`,
      x: `${short(light.x * frame.width)}+${short(30 * layout.unit)}*sin(${light.phase}+t*0.7)-w/2`,
      y: `${short(light.y * frame.height)}-${short(light.rise * layout.unit)}*t-h/2`,
    })),
    { name: 'lower', x: left.x, y: `${left.y}+${half}` },
    { name: 'right', x: right.x, y: right.y },
    { name: 'upper', x: left.x, y: left.y },
    { name: 'heart', x: `${frame.width / 2}-w/2`, y: `${left.y}+${half}-h/2` },
  ];
  const stacked = layers.map(({ name, x, y }, index) => {
    const below = index === 0 ? 'place' : `on${index - 1}`;
    const above = index === layers.length - 1 ? 'film' : `on${index}`;
    return `[${below}][${name}]overlay=x='${x}':y='${y}'[${above}]`;
  });
  return [...sources, ...stacked].join(';');
}
