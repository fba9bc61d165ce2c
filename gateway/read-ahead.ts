// Reads a body ahead of whoever takes it. A busy program comes to a socket but once in a turn of its event loop, and then
// takes 64 KiB; so a large body would get a small share of the processor, however little it asks of it.
import { PassThrough, pipeline, type Readable } from 'node:stream';

/** What a body holds in memory at most; as much as one portion of an import. */
const aheadBytes = 2 * 1024 * 1024;

/** What breaks the body off, breaks off what is read here. */
export function readAhead(body: Readable): Readable {
  return pipeline(body, new PassThrough({ highWaterMark: aheadBytes }), () => {});
}
