// Takes one content of a feed: its lines as records for the streams, in pieces, each with how far the run has come. What
// was taken before a crash is read again and left out, for the content is the same; so each line gets into the log once.
import type { Clock } from '../../base/clock.ts';
import { type ImportOf, type ImportRecord, recordOf } from '../../gateway/import-record.ts';
import type { TypeLookup } from '../../gateway/product-body.ts';
import { type Topics, topics } from '../../schemas/topics.ts';
import type { Feed, FeedPosition } from '../../schemas/types.generated.ts';
import type { Forwarded, Pulled } from '../../streams/api.ts';
import { importKey } from '../../views/import-lines.ts';
import { type FeedLines, feedLines } from './feed-lines.ts';
import { importOf, type Run, runName, runPosition } from './feed-run.ts';
import type { FeedContent } from './origin.ts';

export interface TakeContent {
  readonly feed: Feed;
  readonly content: FeedContent;
  readonly types: TypeLookup;
  /** As the log has them. */
  readonly topics: Topics;
  readonly clock: Clock;
  /** Gathers the products that the content names, if that is wanted. */
  readonly seen: Set<string> | undefined;
}

/** What is handed over at once. */
const pieceRecords = 1_000;
const pieceBytes = 1024 * 1024;

export type FeedPiece = Pulled<FeedPosition>;

export class ContentTaker {
  readonly #options: TakeContent;
  readonly #lines: FeedLines;
  readonly #sized: ReadonlyMap<string, Forwarded['topic']>;
  #run: Run;
  #records: Forwarded[] = [];
  #bytes = 0;
  /** A line that names no product: what is missing can't be told then. */
  #isBlurred = false;

  constructor(options: TakeContent, run: Run) {
    this.#options = options;
    this.#run = run;
    this.#lines = feedLines(options.feed, options.types);
    this.#sized = new Map(Object.values(options.topics).map((topic) => [topic.name, topic as Forwarded['topic']]));
  }

  get run(): Run {
    return this.#run;
  }

  get isBlurred(): boolean {
    return this.#isBlurred;
  }

  /** The lines that aren't in the log yet. The last piece is for `finish` to give. */
  async *take(): AsyncGenerator<FeedPiece> {
    const { content } = this.#options;
    const from = this.#run.nextLine;
    for await (const { lines, nextLine, bytes } of this.#lines.pieces(content.read())) {
      const of = this.#importOf();
      for (const line of lines) {
        const record = recordOf(line, of, this.#lines.read, this.#lines.refusals);
        this.#see(record);
        if (line.line < from) continue;
        this.#bytes += line.text.length;
        this.#add(record);
      }
      if (nextLine > from) this.#run = { ...this.#run, nextLine, bytes };
      if (this.#records.length >= pieceRecords || this.#bytes >= pieceBytes) yield this.#piece();
    }
  }

  /** Products that go off sale, those that are in the log already left out. */
  async *delete(productIds: readonly string[]): AsyncGenerator<FeedPiece> {
    for (const productId of productIds.slice(this.#run.deleted)) {
      const { sellerId, importId, at } = this.#importOf();
      const change = { type: 'DeleteProduct' } as const;
      const value = { changeId: `${importId}~gone`, productId, sellerId, at, importId, importLine: 0, change };
      this.#run = { ...this.#run, deleted: this.#run.deleted + 1 };
      this.#add({ topic: topics.catalogChanges, key: productId, value });
      if (this.#records.length >= pieceRecords) yield this.#piece();
    }
  }

  /** What is left, with the run as it is then. */
  finish(change: Partial<Run>): FeedPiece {
    this.#run = { ...this.#run, ...change };
    return this.#piece();
  }

  #importOf(): ImportOf {
    const { feed, clock } = this.#options;
    return { sellerId: feed.sellerId, importId: runName(feed.feedId, this.#run.run), at: clock.now() };
  }

  #see({ key, refusal }: ImportRecord): void {
    if (key !== '') this.#options.seen?.add(key);
    else if (refusal !== undefined) this.#isBlurred = true;
  }

  #add({ topic, key, value, refusal }: ImportRecord): void {
    const { lines, refused } = this.#run;
    this.#run = { ...this.#run, lines: lines + 1, refused: refusal === undefined ? refused : refused + 1 };
    this.#records.push({ topic: this.#sized.get(topic.name)!, key, value });
  }

  #piece(): FeedPiece {
    const { feed, topics: sized, clock } = this.#options;
    const told = importOf(feed, this.#run, clock.now());
    const records = [...this.#records, { topic: sized.imports, key: importKey(told), value: told }];
    this.#records = [];
    this.#bytes = 0;
    return { records, positions: [[runPosition, { feedId: feed.feedId, what: { type: 'FeedRun', ...this.#run } }]] };
  }
}
