// A gate between the app and a stand-in: it passes everything on and can do something at an exact point of a call,
// before the service sees it or after the service acted and before the app hears of it.

import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Moment = 'before' | 'after';

export interface GatePoint {
  /** Fits method and path, for example /POST .*fusion/. */
  call: RegExp;
  moment: Moment;
  /** Fits the body as well: of the request before, of the answer after. */
  body?: RegExp;
  /** Which of the fitting calls; 1 for the first. */
  occurrence?: number;
  /** The call goes on once the action has run; otherwise it is never answered. */
  goesOn?: boolean;
}

export interface Gate {
  /** Origin to give to the app in the place of the stand-in's. */
  origin: string;
  /** Does `action` at this point, once. Resolves when the action has run. */
  at(point: GatePoint, action: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

interface Trap {
  point: GatePoint;
  seen: number;
  spring: () => Promise<void>;
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** @param target origin of the stand-in; its own address in answers is replaced by the gate's */
export async function openGate(target: string): Promise<Gate> {
  const traps = new Set<Trap>();
  const { hostname, port } = new URL(target);
  let origin = '';

  /** Runs the action of a trap that fits; true when the call ends here. */
  const isHeld = async (call: string, moment: Moment, body: Buffer): Promise<boolean> => {
    for (const trap of traps) {
      if (trap.point.moment !== moment || !trap.point.call.test(call)) continue;
      if (trap.point.body?.test(body.toString('latin1')) === false) continue;
      trap.seen += 1;
      if (trap.seen < (trap.point.occurrence ?? 1)) continue;
      traps.delete(trap);
      await trap.spring();
      return trap.point.goesOn !== true;
    }
    return false;
  };

  const pass = (
    incoming: IncomingMessage,
    body: Buffer,
  ): Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }> =>
    new Promise((resolve, reject) => {
      const outgoing = request(
        {
          hostname,
          port,
          method: incoming.method,
          path: incoming.url,
          headers: { ...incoming.headers, host: `${hostname}:${port}` },
        },
        (answer) => {
          readBody(answer).then((bytes) => {
            resolve({ status: answer.statusCode ?? 500, headers: answer.headers, body: bytes });
          }, reject);
        },
      );
      outgoing.on('error', reject);
      incoming.on('close', () => {
        if (!incoming.complete) outgoing.destroy();
      });
      outgoing.end(body);
    });

  const server: Server = createServer((incoming, response) => {
    const call = `${incoming.method ?? ''} ${incoming.url ?? ''}`;
    const serve = async (): Promise<void> => {
      const body = await readBody(incoming);
      if (await isHeld(call, 'before', body)) return;
      const answer = await pass(incoming, body);
      if (await isHeld(call, 'after', answer.body)) return;
      const isText = /json|text/.test(answer.headers['content-type'] ?? '');
      const bytes = isText
        ? Buffer.from(answer.body.toString('utf8').replaceAll(target, origin))
        : answer.body;
      const {
        'transfer-encoding': _encoding,
        'content-length': _length,
        ...headers
      } = answer.headers;
      response.writeHead(answer.status, { ...headers, 'content-length': bytes.length });
      response.end(bytes);
    };
    serve().catch(() => {
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    origin,
    at: (point, action) =>
      new Promise((resolve, reject) => {
        traps.add({
          point,
          seen: 0,
          spring: () => action().then(resolve, reject),
        });
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
