// Bodies of many lines: routes take the stream itself, so the whole is never in memory, and it is read ahead of them. A busy
// program comes to a socket but once in a turn of its event loop, and then takes 64 KiB; so a large body would get a small
// share of the processor, however little it asks of it.
import { PassThrough, pipeline, type Readable } from 'node:stream';
import type { App } from './route.ts';

export const ndjson = 'application/x-ndjson';
export const csv = 'text/csv';

/** What a body holds in memory at most; as much as one portion of an import. */
const aheadBytes = 2 * 1024 * 1024;

/** For the routes of this scope. */
export function takeStreams(app: App): void {
  app.addContentTypeParser([ndjson, csv], (_request, payload, done) => done(null, readAhead(payload)));
}

/** What breaks the body off, breaks off what is read here. */
export function readAhead(body: Readable): Readable {
  return pipeline(body, new PassThrough({ highWaterMark: aheadBytes }), () => {});
}
