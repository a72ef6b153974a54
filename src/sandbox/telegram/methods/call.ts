// What every method is given, and what several of them need: the chat that is meant, and files in parameters.

import type { ApiMethods, Message, Opts } from 'grammy/types';
import { badRequest, forbidden } from '../errors.js';
import { type MediaDesk, type MediaDetails, storePhoto } from '../files/media.js';
import type { ChatRecord } from '../messages/chats.js';
import type { Upload } from '../request/body.js';
import type { ServedMethod } from '../request/served.js';
import type { TelegramState } from '../state.js';

export interface Call {
  uploads: ReadonlyMap<string, Upload>;
  /** A line for the call log. */
  note: (text: string) => void;
  /** The sentence that some methods answer beside their result. */
  describe: (text: string) => void;
  /** Aborts when the caller goes away. */
  gone: AbortSignal;
}

/** A sent message may turn out to be of another kind than the method's name says. */
type Loose<Result> = Result extends readonly { message_id: number }[]
  ? Message[]
  : Result extends { message_id: number; chat: unknown }
    ? Message
    : Result;

export type MethodResult<M extends ServedMethod> = Loose<ReturnType<ApiMethods[M]>>;

export type Methods<Served extends ServedMethod> = {
  [M in Served]: (
    state: TelegramState,
    parameters: Opts<M>,
    call: Call,
  ) => MethodResult<M> | Promise<MethodResult<M>>;
};

/** @throws TelegramError 400 when the bot knows no such chat */
export function requireChat(state: TelegramState, chatId: number | string | undefined): ChatRecord {
  if (chatId === undefined) throw badRequest('chat_id is empty');
  const record = state.chats.find(chatId);
  if (record === undefined) throw badRequest('chat not found');
  return record;
}

/** @throws TelegramError also 403 when the bot may not write there */
export function requireOpenChat(
  state: TelegramState,
  chatId: number | string | undefined,
): ChatRecord {
  const record = requireChat(state, chatId);
  if (record.access === 'blocked') throw forbidden('bot was blocked by the user');
  if (record.access === 'kicked') throw forbidden('bot was kicked from the supergroup chat');
  return record;
}

/** The upload that a parameter stands for; undefined for a file id or an address. */
export function uploadOf(call: Call, source: unknown): Upload | undefined {
  if (typeof source !== 'string' || !source.startsWith('attach://')) return undefined;
  return call.uploads.get(source.slice('attach://'.length));
}

export function deskOf(state: TelegramState, call: Call): MediaDesk {
  return { files: state.files, note: call.note };
}

interface DetailInput {
  width?: number;
  height?: number;
  duration?: number;
  start_timestamp?: number;
  thumbnail?: unknown;
  cover?: unknown;
}

/** What a call says about a file beside the file itself. Stores the cover. */
export async function readDetails(
  state: TelegramState,
  call: Call,
  input: object,
): Promise<MediaDetails> {
  const given: DetailInput = input;
  const { width, height, duration, start_timestamp: startTimestamp } = given;
  const thumbnail = uploadOf(call, given.thumbnail);
  return {
    ...(width !== undefined && { width }),
    ...(height !== undefined && { height }),
    ...(duration !== undefined && { duration }),
    ...(startTimestamp !== undefined && { startTimestamp }),
    ...(thumbnail !== undefined && { thumbnail }),
    ...(await readCover(state, call, given.cover)),
  };
}

async function readCover(
  state: TelegramState,
  call: Call,
  source: unknown,
): Promise<Pick<MediaDetails, 'cover'>> {
  if (typeof source !== 'string') return {};
  const upload = uploadOf(call, source);
  if (upload !== undefined) {
    return { cover: await storePhoto(deskOf(state, call), upload.bytes) };
  }
  const file = state.files.find(source);
  if (file === undefined) throw badRequest('wrong file identifier/HTTP URL specified');
  const { photo } = file.content;
  if (photo === undefined) throw badRequest(`can't use file of type ${file.type} as Photo`);
  return { cover: photo };
}
