// NDJSON sent to a started program in one request, as it is made.
import { Readable } from 'node:stream';
import type { Server } from '../test/e2e/server.ts';

export interface Upload {
  readonly path: string;
  readonly token: string;
  readonly lines: Iterable<Buffer> | AsyncIterable<Buffer>;
}

/** @returns the answer's body. @throws if it isn't 202 */
export async function upload(server: Server, { path, token, lines }: Upload): Promise<string> {
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' },
    body: Readable.toWeb(Readable.from(lines)) as ReadableStream,
    duplex: 'half',
  } as RequestInit);
  const text = await response.text();
  if (response.status !== 202) throw new Error(`${path}: ${response.status} ${text}`);
  return text;
}
