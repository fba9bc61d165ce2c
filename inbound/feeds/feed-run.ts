// Where a feed stands: the record of its last run, and how it goes on from one to the next. Pure.
import type { Feed, FeedPosition, FeedRun, Import } from '../../schemas/types.generated.ts';
import type { FeedContent, KnownContent } from './origin.ts';

export type Positions = ReadonlyMap<string, FeedPosition>;
export type Run = Omit<FeedRun, 'type'>;

/** The names under which positions are kept. */
export const runPosition = '';
export const filesPosition = 'files';

const noRun: Run = {
  run: 0,
  status: 'idle',
  name: '',
  version: '',
  digest: '',
  nextLine: 1,
  bytes: 0,
  lines: 0,
  refused: 0,
  deleted: 0,
  comparedFrom: 1,
  startedAt: 0,
  finishedAt: null,
  lookedAt: 0,
  failures: 0,
  error: '',
  warning: '',
};

export function runIn(positions: Positions): Run {
  const what = positions.get(runPosition)?.what;
  return what?.type === 'FeedRun' ? what : noRun;
}

/** Files that were taken: their versions by name. */
export function filesIn(positions: Positions): ReadonlyMap<string, string> {
  const what = positions.get(filesPosition)?.what;
  return new Map(what?.type === 'FeedFiles' ? Object.entries(what.versions) : []);
}

export function isUnderWay({ status }: Run): boolean {
  return status === 'taking' || status === 'deleting';
}

/** An address is asked anew for what it has if the feed was changed, or if somebody wants it to be. */
export function knownOf(feed: Feed, positions: Positions): KnownContent {
  const run = runIn(positions);
  const begun = isUnderWay(run) ? run.name : undefined;
  if (feed.origin.type === 'DirectoryOrigin') {
    return { begun, digest: '', taken: filesIn(positions) };
  }
  const isAskedAnew = Math.max(feed.updatedAt, feed.requestedAt ?? 0) > run.startedAt;
  if (begun !== undefined || isAskedAnew) return { begun, digest: '', taken: new Map() };
  return { begun, digest: run.digest, taken: new Map([[run.name, run.version]]) };
}

/** The run that takes this content: the one that was broken off, if it was this, else the next. */
export function runFor({ name, version, digest }: FeedContent, before: Run, now: number): Run {
  const looked = { version, lookedAt: now };
  if (isUnderWay(before) && before.name === name && before.digest === digest) return { ...before, ...looked };
  const { run, comparedFrom } = before;
  return { ...noRun, run: run + 1, status: 'taking', name, digest, comparedFrom, startedAt: now, ...looked };
}

/** How the seller finds the run among their imports. */
export function importOf({ feedId, sellerId, content }: Feed, run: Run, now: number): Import {
  const { nextLine, lines, refused, bytes, startedAt, status } = run;
  return {
    importId: runName(feedId, run.run),
    sellerId,
    feedId,
    content,
    status: status === 'idle' ? 'taken' : 'running',
    nextLine,
    lines,
    refused,
    bytes,
    startedAt,
    updatedAt: now,
  };
}

export function runName(feedId: string, run: number): string {
  return `${feedId}~${run}`;
}
