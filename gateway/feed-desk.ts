// Suppliers' feeds as operators enter, read and remove them: into the log, and out of the views. What is entered counts
// for the workers a moment later.
import { topics } from '../schemas/topics.ts';
import type { Feed, FeedRun } from '../schemas/types.generated.ts';
import { collections } from '../views/collections.ts';
import type { Documents } from '../views/documents/documents.ts';
import type { LogWriter } from './log-writer.ts';
import type { ImportReader } from './read-imports.ts';
import { type Fault, Refusal } from './refusal.ts';
import type { FeedRequest, FeedState } from './shapes/feeds.ts';
import { invalidRequest } from './validation.ts';
import { lookFor, type Waiting } from './waiting.ts';

export interface FeedDeskOptions {
  readonly documents: Documents;
  readonly writer: LogWriter;
  readonly imports: ImportReader;
  readonly waiting: Waiting;
  /** How long to wait until the view shows what was written. Milliseconds. */
  readonly waitMs: number;
}

/** Headers that log in: what they say must be no more than the name of a secret. */
const loggingIn = /^(authorization|proxy-authorization|cookie|.*(token|secret|password|api-?key|auth).*)$/i;
const onlySecrets = /^((Basic|Bearer|Token|Digest) )?(\{secret:[A-Za-z0-9_-]{1,64}\})+$/;

export class FeedDesk {
  readonly #options: FeedDeskOptions;

  constructor(options: FeedDeskOptions) {
    this.#options = options;
  }

  async find(feedId: string): Promise<Feed | undefined> {
    const document = await this.#options.documents.get(collections.feeds.name, feedId);
    return document?.fields as unknown as Feed | undefined;
  }

  /** @throws FEED_NOT_FOUND */
  async read(feedId: string): Promise<FeedState> {
    const feed = await this.find(feedId);
    if (!feed) throw new Refusal('FEED_NOT_FOUND');
    const [state] = await this.#withRuns([feed]);
    return state!;
  }

  async list(cursor: string | undefined, limit: number): Promise<{ feeds: FeedState[]; cursor?: string | undefined }> {
    const sort = { field: 'id', direction: 'asc' } as const;
    const page = await this.#options.documents.find(collections.feeds.name, { where: {}, sort, limit, cursor });
    const feeds = await this.#withRuns(page.documents.map(({ fields }) => fields as unknown as Feed));
    return { feeds, cursor: page.cursor };
  }

  /** Resolves when the view shows it, or a while later. @throws REQUEST_INVALID */
  async put(feedId: string, asked: FeedRequest, by: string): Promise<void> {
    const faults = faultsOf(asked);
    if (faults.length > 0) throw invalidRequest(faults);
    await this.#write(feedOf(feedId, asked, { at: this.#options.waiting.clock.now(), by }));
  }

  /** @throws FEED_NOT_FOUND */
  async change(feedId: string, change: Pick<Feed, 'isRemoved'> | Pick<Feed, 'requestedAt'>, by: string): Promise<void> {
    const feed = await this.find(feedId);
    if (!feed) throw new Refusal('FEED_NOT_FOUND');
    // A wish to look for it doesn't change it.
    const isChanged = 'isRemoved' in change;
    const now = this.#options.waiting.clock.now();
    await this.#write({ ...feed, ...change, ...(isChanged && { updatedAt: now, updatedBy: by }) });
  }

  async #write(feed: Feed): Promise<void> {
    const { writer, waiting, waitMs } = this.#options;
    await writer.append(topics.feeds, feed.feedId, feed);
    await lookFor(waiting, waitMs, async () => {
      const shown = await this.find(feed.feedId);
      if (feed.isRemoved) return shown === undefined ? true : undefined;
      const isIt = shown?.updatedAt === feed.updatedAt && shown.requestedAt === feed.requestedAt;
      return isIt ? true : undefined;
    });
  }

  async #withRuns(feeds: readonly Feed[]): Promise<FeedState[]> {
    const { documents, imports } = this.#options;
    const ids = feeds.map(({ feedId }) => feedId);
    const runs = await documents.getMany(collections.feedRuns.name, ids);
    return await Promise.all(
      feeds.map(async (feed, index) => {
        const run = runs[index]?.fields as unknown as FeedRun | undefined;
        if (run === undefined || run.run === 0) return stateOf(feed, run);
        const { sellerId, feedId } = feed;
        const taken = await imports.state({ sellerId, importId: `${feedId}~${run.run}` });
        return { ...stateOf(feed, run), lastRun: { ...lastRunOf(run), ...(taken && { import: taken }) } };
      }),
    );
  }
}

/** What is wrong that the schema can't tell. */
function faultsOf({ kind, url, path, headers = {}, content = 'products', deletesMissing }: FeedRequest): Fault[] {
  const faults: Fault[] = [];
  const fault = (field: string, message: string) => faults.push({ path: `/${field}`, message });
  if (kind === 'http' && url === undefined) fault('url', 'is required of kind http');
  if (kind === 'http' && path !== undefined) fault('path', 'is for kind directory');
  if (kind === 'directory' && path === undefined) fault('path', 'is required of kind directory');
  if (kind === 'directory' && url !== undefined) fault('url', 'is for kind http');
  if (url !== undefined && !URL.canParse(url)) fault('url', 'must be an address');
  else if (url !== undefined && `${new URL(url).username}${new URL(url).password}` !== '') {
    fault('url', 'must have no user and password in it: send a header with a secret');
  }
  for (const [name, value] of Object.entries(headers)) {
    const isPlain = loggingIn.test(name) && !onlySecrets.test(value);
    if (isPlain) fault(`headers/${name}`, 'must name a secret, such as `Bearer {secret:acme-token}`');
  }
  if (deletesMissing && content === 'stock') fault('deletesMissing', 'is for products');
  return faults;
}

function feedOf(feedId: string, asked: FeedRequest, { at, by }: { readonly at: number; readonly by: string }): Feed {
  const { sellerId, kind, url = '', headers = {}, path = '', movesDone = false, format, everySeconds } = asked;
  const { content = 'products', deletesMissing = false, mostDeletedPercent = 50, enabled = true } = asked;
  return {
    feedId,
    sellerId,
    origin: kind === 'http' ? { type: 'HttpOrigin', url, headers } : { type: 'DirectoryOrigin', path, movesDone },
    format,
    content,
    everySeconds,
    deletesMissing,
    mostDeletedPercent,
    isEnabled: enabled,
    isRemoved: false,
    requestedAt: null,
    updatedAt: at,
    updatedBy: by,
  };
}

function stateOf(feed: Feed, run: FeedRun | undefined): FeedState {
  const { origin, isEnabled, isRemoved: _, requestedAt: __, ...told } = feed;
  const { type, ...place } = origin;
  const { lookedAt, failures = 0, error = '' } = run ?? {};
  return {
    ...told,
    kind: type === 'HttpOrigin' ? 'http' : 'directory',
    ...place,
    enabled: isEnabled,
    state: wordFor(feed, run),
    ...(lookedAt !== undefined && { lookedAt }),
    failures,
    ...(error !== '' && { error }),
  };
}

function wordFor({ isEnabled }: Feed, run: FeedRun | undefined): FeedState['state'] {
  if (!isEnabled) return 'off';
  if (run === undefined) return 'new';
  if (run.failures > 0) return 'failing';
  return run.status === 'idle' ? 'idle' : 'taking';
}

function lastRunOf({ run, name, status, deleted, startedAt, finishedAt, warning }: FeedRun) {
  return {
    run,
    name,
    status: status === 'idle' ? ('done' as const) : status,
    deleted,
    startedAt,
    ...(finishedAt !== null && { finishedAt }),
    ...(warning !== '' && { warning }),
  };
}
