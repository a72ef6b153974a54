// What is wrong with the body of a generation, in the order in which the service looks: types, then what is missing,
// then values and what goes together. Knows nothing of images, balance or slots.

import { type Body, type Fields, invalid, missing, readBody, requireFields } from './bodies.js';
import {
  type Model,
  type PricedOrder,
  MODELS,
  QUALITIES,
  type Quality,
  priceOf,
} from './prices.js';
import { Refusal, wholeDigits } from './wire.js';

export type SubmitPath = 'video/fusion/generate' | 'video/img/generate';

/** A generation as ordered, its form checked. */
export interface VideoOrder extends PricedOrder {
  path: SubmitPath;
  prompt: string;
  /** Null where the picture decides. */
  aspectRatio: string | null;
  seed: number | null;
  webhookId: string | null;
  templateId: string | null;
  /** All images, in the order of the body. */
  imageIds: readonly string[];
  /** Those that show people. */
  subjectIds: readonly string[];
  /** The one that shows the place. */
  placeId: string | null;
  credits: number;
}

/** What a check needs besides the body. */
export interface CheckContext {
  /** The ids of registered webhooks. */
  webhookIds: readonly string[];
  /** Told of fields that the call does not have; the service lets them pass. */
  onUnknownField: (name: string) => void;
}

const COMMON_FIELDS: Fields = {
  prompt: 'text',
  negative_prompt: 'text',
  model: 'text',
  duration: 'whole',
  quality: 'text',
  seed: 'whole',
  generate_audio_switch: 'flag',
  webhook_id: 'text',
  water_mark: 'flag',
};
const FUSION_FIELDS: Fields = {
  ...COMMON_FIELDS,
  image_references: 'references',
  aspect_ratio: 'text',
  reference_mode: 'text',
  video_references: 'references',
};
const IMAGE_FIELDS: Fields = {
  ...COMMON_FIELDS,
  img_id: 'id',
  img_ids: 'ids',
  template_id: 'id',
  motion_mode: 'text',
  style: 'text',
  camera_movement: 'text',
  generate_multi_clip_switch: 'flag',
  sound_effect_switch: 'flag',
  sound_effect_content: 'text',
  lip_sync_tts_switch: 'flag',
  lip_sync_tts_content: 'text',
  lip_sync_tts_speaker_id: 'text',
};

const MAX_PROMPT_LENGTH = 2048;
const MAX_SEED = 2_147_483_647;
const MAX_NAME_BYTES = 30;
const BASIC_RATIOS = ['16:9', '4:3', '1:1', '3:4', '9:16'];
const WIDE_RATIOS = [...BASIC_RATIOS, '2:3', '3:2', '21:9'];
const FUSION_MODELS: readonly Model[] = ['v4.5', 'v5', 'v5.5', 'v5.6', 'v6', 'c1'];
const FAST_MODELS: readonly Model[] = ['v3.5', 'v4', 'v4.5'];
const LEGACY_SOUND_MODELS: readonly Model[] = ['v3.5', 'v4', 'v4.5', 'v5'];
const STYLES = ['anime', '3d_animation', 'clay', 'comic', 'cyberpunk'];

interface Reference {
  imageId: string;
  type: string;
  name: string;
}

function oneOf<Value extends string>(
  name: string,
  allowed: readonly Value[],
  value: string,
): Value {
  const match = allowed.find((candidate) => candidate === value);
  return match ?? invalid(`${name} must be one of ${allowed.join(', ')}`);
}

function checkDuration(model: Model, quality: Quality, seconds: number): void {
  if (model === 'v6' || model === 'c1') {
    if (seconds < 1 || seconds > 15) invalid(`duration of ${model} is 1 to 15`);
    return;
  }
  const allowed = model === 'v5.5' || model === 'v5.6' ? [5, 8, 10] : [5, 8];
  if (!allowed.includes(seconds)) invalid(`duration of ${model} is ${allowed.join(' or ')}`);
  const longestFullHd = model === 'v5.5' || model === 'v5.6' || model === 'v5' ? 8 : 5;
  if (quality === '1080p' && seconds > longestFullHd) {
    invalid(`1080p of ${model} is at most ${longestFullHd} s`);
  }
}

function checkLengths(body: Body): void {
  const limits = { prompt: 400018, negative_prompt: 400019 };
  for (const [name, code] of Object.entries(limits)) {
    if (Array.from(body.texts.get(name) ?? '').length > MAX_PROMPT_LENGTH) throw new Refusal(code);
  }
}

/** The checks both kinds of generation share, after those of type and presence. */
function checkCommon(body: Body, models: readonly Model[], context: CheckContext) {
  const model = oneOf('model', models, body.texts.get('model') ?? '');
  const quality = oneOf('quality', QUALITIES, body.texts.get('quality') ?? '');
  const seconds = body.wholes.get('duration') ?? 0;
  checkDuration(model, quality, seconds);
  const seed = body.wholes.get('seed') ?? null;
  if (seed !== null && (seed < 0 || seed > MAX_SEED)) invalid(`seed is 0 to ${MAX_SEED}`);
  const webhookId = body.texts.get('webhook_id') ?? null;
  if (webhookId !== null && !context.webhookIds.includes(webhookId)) {
    invalid('webhook_id is not registered');
  }
  checkLengths(body);
  const hasAudio = body.flags.get('generate_audio_switch') ?? false;
  return {
    model,
    quality,
    seconds,
    seed,
    webhookId,
    hasAudio,
    prompt: body.texts.get('prompt') ?? '',
  };
}

function price(order: PricedOrder): number {
  return priceOf(order) ?? invalid('this combination is not offered');
}

function readReferences(items: readonly Record<string, unknown>[]): Reference[] {
  return items.map((item) => {
    const imageId = wholeDigits(item.img_id) ?? missing('image_references.img_id');
    const { type, ref_name: name } = item;
    if (typeof type !== 'string' || type === '') return missing('image_references.type');
    if (typeof name !== 'string' || name === '') return missing('image_references.ref_name');
    return { imageId, type, name };
  });
}

/** Every tag must be a reference's name and a space, and every reference must be tagged. */
function checkTags(prompt: string, names: readonly string[]): void {
  const tagged = new Set<string>();
  for (let at = prompt.indexOf('@'); at !== -1; at = prompt.indexOf('@', at + 1)) {
    const matches = names.filter((name) => prompt.startsWith(`${name} `, at + 1));
    const longest = matches.sort((a, b) => b.length - a.length)[0];
    if (longest === undefined) {
      invalid(`"${prompt.slice(at, at + 24)}" is no reference followed by a space`);
    }
    tagged.add(longest);
  }
  const untagged = names.find((name) => !tagged.has(name));
  if (untagged !== undefined) invalid(`@${untagged} and a space must be in the prompt`);
}

function checkReferences(references: readonly Reference[], model: Model, prompt: string): void {
  const max = model === 'v4.5' || model === 'v5' ? 3 : 7;
  if (references.length > max) invalid(`image_references of ${model} are at most ${max}`);
  for (const { type, name } of references) {
    oneOf('image_references.type', ['subject', 'background'], type);
    if (Buffer.byteLength(name) > MAX_NAME_BYTES)
      invalid(`ref_name is over ${MAX_NAME_BYTES} bytes`);
    if (!/^[A-Za-z0-9_ ]+$/.test(name)) invalid('ref_name is letters, digits, _ and space');
  }
  const names = references.map(({ name }) => name);
  if (new Set(names).size < names.length) invalid('ref_name must be unique');
  checkTags(prompt, names);
}

/**
 * Checks the body of `video/fusion/generate`.
 * @throws Refusal with the code of the first thing that is wrong
 */
export function checkFusion(json: Record<string, unknown>, context: CheckContext): VideoOrder {
  const body = readBody(json, FUSION_FIELDS, context.onUnknownField);
  requireFields(body, [
    'image_references',
    'prompt',
    'model',
    'duration',
    'quality',
    'aspect_ratio',
  ]);
  const references = readReferences(body.references.get('image_references') ?? []);
  if (body.texts.has('reference_mode') || body.references.has('video_references')) {
    invalid('omni mode is not offered here');
  }
  const common = checkCommon(body, FUSION_MODELS, context);
  const ratios = common.model === 'v6' || common.model === 'c1' ? WIDE_RATIOS : BASIC_RATIOS;
  const aspectRatio = oneOf('aspect_ratio', ratios, body.texts.get('aspect_ratio') ?? '');
  if (common.hasAudio && (common.model === 'v5.5' || LEGACY_SOUND_MODELS.includes(common.model))) {
    invalid(`generate_audio_switch is not for fusion of ${common.model}`);
  }
  checkReferences(references, common.model, common.prompt);
  const order = { ...common, isMultiClip: false, isFast: false };
  const ofType = (type: string) => references.filter((reference) => reference.type === type);
  return {
    ...order,
    path: 'video/fusion/generate',
    aspectRatio,
    templateId: null,
    imageIds: references.map(({ imageId }) => imageId),
    subjectIds: ofType('subject').map(({ imageId }) => imageId),
    placeId: ofType('background')[0]?.imageId ?? null,
    credits: price(order),
  };
}

function checkImageOptions(body: Body, model: Model, quality: Quality, seconds: number): void {
  const only = (isSet: boolean, models: readonly Model[], name: string): void => {
    if (isSet && !models.includes(model)) invalid(`${name} is not for ${model}`);
  };
  const motionMode = body.texts.get('motion_mode');
  if (motionMode !== undefined) oneOf('motion_mode', ['normal', 'fast'], motionMode);
  only(motionMode === 'fast', FAST_MODELS, 'motion_mode fast');
  if (motionMode === 'fast' && (seconds !== 5 || quality === '1080p')) {
    invalid('motion_mode fast is 5 s and below 1080p');
  }
  const style = body.texts.get('style');
  if (style !== undefined) oneOf('style', STYLES, style);
  only(style !== undefined, ['v3.5'], 'style');
  only(body.texts.has('camera_movement'), ['v4', 'v4.5'], 'camera_movement');
  const isOn = (name: string): boolean => body.flags.get(name) ?? false;
  only(isOn('generate_audio_switch'), ['v5.5', 'v5.6', 'v6', 'c1'], 'generate_audio_switch');
  only(isOn('generate_multi_clip_switch'), ['v5.5', 'v6'], 'generate_multi_clip_switch');
  only(isOn('lip_sync_tts_switch'), LEGACY_SOUND_MODELS, 'lip_sync_tts_switch');
  if (!body.ids.has('template_id')) {
    only(isOn('sound_effect_switch'), LEGACY_SOUND_MODELS, 'sound_effect_switch');
  }
}

/**
 * Checks the body of `video/img/generate`. The picture decides the shape here: `aspect_ratio` only earns a warning.
 * @throws Refusal with the code of the first thing that is wrong
 */
export function checkImage(json: Record<string, unknown>, context: CheckContext): VideoOrder {
  const body = readBody(json, IMAGE_FIELDS, context.onUnknownField);
  const one = body.ids.get('img_id');
  const several = body.ids.get('img_ids');
  const imageIds = one ?? several ?? missing('img_id');
  requireFields(body, ['prompt', 'model', 'duration', 'quality']);
  const templateId = body.ids.get('template_id')?.[0] ?? null;
  if (one !== undefined && several !== undefined) invalid('img_id and img_ids exclude each other');
  if (several !== undefined && templateId === null) invalid('img_ids needs a template_id');
  const common = checkCommon(body, MODELS, context);
  checkImageOptions(body, common.model, common.quality, common.seconds);
  const order = {
    ...common,
    isMultiClip: body.flags.get('generate_multi_clip_switch') ?? false,
    isFast: body.texts.get('motion_mode') === 'fast',
  };
  return {
    ...order,
    path: 'video/img/generate',
    aspectRatio: null,
    templateId,
    imageIds,
    subjectIds: imageIds,
    placeId: null,
    credits: price(order),
  };
}
