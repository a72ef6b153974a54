// One call of the Bot API over HTTP: faults first, then the checks, then the method, then a line in the log.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { badRequest, TelegramError } from '../errors.js';
import type { CallFault } from '../faults.js';
import { answeringMethods } from '../methods/answers.js';
import type { Call, Methods } from '../methods/call.js';
import { describingMethods } from '../methods/describing.js';
import { editingMethods } from '../methods/editing.js';
import { receivingMethods } from '../methods/receiving.js';
import { sellingMethods } from '../methods/selling.js';
import { sendingMethods } from '../methods/sending.js';
import { readBody, type RequestBody } from '../request/body.js';
import { checkParameters } from '../request/check.js';
import { SCHEMAS } from '../request/schemas.js';
import { isServed, type ServedMethod } from '../request/served.js';
import type { TelegramState } from '../state.js';

export interface TelegramCall {
  /** Epoch milliseconds. */
  at: number;
  method: string;
  ok: boolean;
  /** Telegram's description of the refusal, or the fault that struck. */
  error?: string;
  /** The parameters in short, without the bytes of files. */
  summary: string;
  /** What Telegram would have passed over in silence. */
  notes: string[];
}

interface Reply {
  status: number;
  body: {
    ok: boolean;
    result?: unknown;
    description?: string;
    error_code?: number;
    parameters?: object;
  };
}

const METHODS: Methods<ServedMethod> = {
  ...answeringMethods,
  ...describingMethods,
  ...editingMethods,
  ...receivingMethods,
  ...sellingMethods,
  ...sendingMethods,
};

/** Parameters whose value nobody needs to read. */
const SECRETS = ['secret_token', 'provider_token', 'certificate'];
const LONGEST_VALUE = 80;
const LONGEST_SUMMARY = 400;

const BAD_GATEWAY =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n' +
  '<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n';

function shorten(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}…`;
}

function summarise({ values, uploads }: RequestBody): string {
  const parts = Object.entries(values).map(([name, value]) => {
    if (SECRETS.includes(name)) return `${name}=[secret]`;
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return `${name}=${shorten(text, LONGEST_VALUE)}`;
  });
  const files = [...uploads].map(
    ([name, { bytes, fileName }]) => `${name}=<${fileName}, ${bytes.length} bytes>`,
  );
  return shorten([...parts, ...files].join(' '), LONGEST_SUMMARY);
}

function refuse(error: TelegramError): Reply {
  const { code, message, parameters } = error;
  return {
    status: code,
    body: {
      ok: false,
      error_code: code,
      description: message,
      ...(parameters !== undefined && { parameters }),
    },
  };
}

/** Method names are read without regard to case. */
function findMethod(name: string): ServedMethod {
  const method = Object.keys(SCHEMAS.methods).find(
    (one) => one.toLowerCase() === name.toLowerCase(),
  );
  if (method === undefined) throw new TelegramError(404, 'Not Found: method not found');
  if (!isServed(method)) {
    throw new TelegramError(501, `Not Implemented: the stand-in does not serve ${method}`);
  }
  return method;
}

async function act(
  state: TelegramState,
  method: ServedMethod,
  body: RequestBody,
  context: Pick<Call, 'note' | 'gone'>,
): Promise<Reply> {
  const parameters = checkParameters(method, body);
  const reply: Reply = { status: 200, body: { ok: true } };
  const call: Call = {
    ...context,
    uploads: body.uploads,
    describe: (text) => {
      reply.body.description = text;
    },
  };
  // The schemas that have just been checked are derived from the types of these parameters.
  const run = METHODS[method] as (state: TelegramState, parameters: object, call: Call) => unknown;
  reply.body.result = await run(state, parameters, call);
  return reply;
}

/** Answers in the place of the method; false when the method shall act after all. */
async function strike(
  fault: CallFault | undefined,
  response: ServerResponse,
  state: TelegramState,
  gone: AbortSignal,
): Promise<boolean> {
  switch (fault?.kind) {
    case 'too_many_requests': {
      const seconds = fault.retryAfter ?? 1;
      const text = `Too Many Requests: retry after ${seconds}`;
      write(response, refuse(new TelegramError(429, text, { retry_after: seconds })));
      return true;
    }
    case 'bad_request':
      write(response, refuse(badRequest('FAULT_OF_THE_SANDBOX')));
      return true;
    case 'bad_gateway':
      response.writeHead(502, { 'content-type': 'text/html' }).end(BAD_GATEWAY);
      return true;
    case 'server_error':
      write(response, refuse(new TelegramError(500, 'Internal Server Error')));
      return true;
    case 'cut_before':
      response.destroy();
      return true;
    case 'hang':
      await new Promise<void>((resolve) => {
        AbortSignal.any([state.closing, gone]).addEventListener('abort', () => {
          resolve();
        });
      });
      response.destroy();
      return true;
    default:
      return false;
  }
}

function write(response: ServerResponse, reply: Reply): void {
  response
    .writeHead(reply.status, { 'content-type': 'application/json' })
    .end(JSON.stringify(reply.body));
}

function watchCaller(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.on('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}

/**
 * Serves one call.
 * @param name the method as it stands in the address
 * @param log called once, when the outcome is known
 */
export async function serveCall(
  state: TelegramState,
  name: string,
  query: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
  log: (call: TelegramCall) => void,
): Promise<void> {
  const gone = watchCaller(response);
  const notes: string[] = [];
  const note = (text: string) => notes.push(text);
  const entry: TelegramCall = {
    at: state.clock.now(),
    method: name,
    ok: false,
    summary: '',
    notes,
  };
  let fault: CallFault | undefined;
  let reply: Reply;
  try {
    const method = findMethod(name);
    entry.method = method;
    const body = await readBody(request, query);
    entry.summary = summarise(body);
    const struck = state.faults.takeForCall(method);
    fault = struck.fault;
    if (struck.delayMs > 0) {
      await state.clock.sleep(struck.delayMs, AbortSignal.any([state.closing, gone]));
    }
    if (fault !== undefined && (await strike(fault, response, state, gone))) {
      log({ ...entry, error: `fault: ${fault.kind}` });
      return;
    }
    reply = await act(state, method, body, { note, gone });
  } catch (error) {
    request.resume();
    const text = error instanceof Error ? error.message : String(error);
    reply = refuse(
      error instanceof TelegramError
        ? error
        : new TelegramError(500, `Internal Server Error: ${text}`),
    );
  }
  const { ok, description } = reply.body;
  const isCut = fault?.kind === 'cut_after';
  log({
    ...entry,
    ok: ok && !isCut,
    ...(!ok && description !== undefined && { error: description }),
    ...(isCut && { error: 'fault: cut_after' }),
  });
  if (isCut) response.destroy();
  else if (!response.destroyed) write(response, reply);
}
