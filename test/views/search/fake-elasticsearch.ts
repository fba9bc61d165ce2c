// A server that answers as a test says, in the manner of Elasticsearch: for what a real one does seldom or never when asked
// to, such as to be too busy, to take half of a bulk, to hang up. It keeps nothing.
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

export interface Asked {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Status and body, or the connection ends without an answer. */
export type Answer = { readonly status: number; readonly body: unknown } | 'hang up';

/** Listens until the test is over. Gives the URL without a scheme. */
export async function fakeElasticsearch(
  t: TestContext,
  answer: (asked: Asked) => Answer,
  tls?: { readonly key: string; readonly cert: string },
): Promise<string> {
  const listener: RequestListener = async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', url: path = '', headers } = request;
    const given = answer({ method, path, headers, body: Buffer.concat(chunks).toString() });
    if (given === 'hang up') return void response.socket?.destroy();
    const isPage = typeof given.body === 'string';
    response.writeHead(given.status, {
      'content-type': isPage ? 'text/html' : 'application/vnd.elasticsearch+json;compatible-with=8',
      ...(!isPage && { 'x-elastic-product': 'Elasticsearch' }),
    });
    response.end(method === 'HEAD' ? undefined : isPage ? given.body : JSON.stringify(given.body));
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What the server says of what it doesn't take. */
export function refused(status: number, type: string, reason: string): Answer {
  return { status, body: { status, error: { type, reason, root_cause: [{ type, reason }] } } };
}

/** Whatever an index that is there answers when it is opened; undefined for anything else. */
export function opened({ method, path }: Asked): Answer | undefined {
  if (method === 'HEAD') return { status: 200, body: {} };
  return path.endsWith('/_mapping') ? { status: 200, body: {} } : undefined;
}
