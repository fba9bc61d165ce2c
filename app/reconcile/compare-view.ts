// Holds the documents of a view against the fold of its topic. Each document says at which position it stands, so it is
// held against the fold up to just there, however far the view has come by the time it is read; and what the view had
// not taken when the comparison began is waited for.
import type { Log } from '../../log/log.ts';
import { partitionOf } from '../../log/partitioner.ts';
import { Findings, type FoundPart } from '../../processors/reconcile/finding.ts';
import type { TopicEntry } from '../../schemas/topics.ts';
import type { View } from '../../streams/view.ts';
import type { Documents, DocumentWrite, StoredDocument } from '../../views/documents/documents.ts';
import { DocumentFold } from '../../views/fold.ts';
import { hasTaken } from '../view-lag.ts';
import { clock } from '../wire/places.ts';
import { readRecords, type Stretch } from './read-topic.ts';
import type { Whole } from './whole-orders.ts';

export interface ViewParts {
  readonly log: Log;
  readonly documents: Documents;
  readonly appId: string;
  readonly signal: AbortSignal;
  /** How many records of each partition are looked at, the latest; infinite for all. */
  readonly tail: number;
  /** How long a view that lags is waited for, in milliseconds. */
  readonly patienceMs: number;
  /** Completes what was found in the documents of the view by what is kept elsewhere; absent where nothing is. */
  readonly complete?: ((ids: readonly string[], found: readonly Found[]) => Promise<Whole[]>) | undefined;
}

type Found = StoredDocument | undefined;

/** Reads of documents at once, and documents that are folded at once where the log is read whole. */
const page = 500;
const documentsAtOnce = 100_000;

/** Undefined if the view lags too far behind to be compared. */
export async function compareView(parts: ViewParts, view: View<DocumentWrite>): Promise<FoundPart | undefined> {
  const { log } = parts;
  const topic = view.topic as TopicEntry<unknown>;
  const places = Array.from({ length: topic.partitions }, (_, partition) => ({ topic: topic.name, partition }));
  const starts = await log.admin.offsets(places, 'earliest');
  const ends = await log.admin.offsets(places, 'latest');
  const patience = { clock, milliseconds: parts.patienceMs, signal: parts.signal };
  if (!(await hasTaken(parts, view, ends, patience))) return undefined;
  const stretches = places.map(({ partition }) => {
    const [from = 0, to = 0] = [starts[partition], ends[partition]];
    return { partition, from: Math.max(from, to - parts.tail), to };
  });
  const isWhole =
    parts.tail === Number.POSITIVE_INFINITY && (topic.cleanup === 'compact' || starts.every((start) => start === 0));
  const findings = new Findings();
  const passes = isWhole ? Math.max(1, Math.ceil((await parts.documents.count(view.name)) / documentsAtOnce)) : 1;
  for (let pass = 0; pass < passes; pass++) {
    const isMine = (id: string) => passes === 1 || partitionOf(id, passes) === pass;
    const comparison = new ViewComparison({ ...parts, view, isMine, isWhole, findings });
    await comparison.fold(stretches);
    if (isWhole) await comparison.compareAll();
    else await comparison.compareFolded();
    await comparison.compareNewer(stretches);
  }
  return findings.part;
}

interface ComparisonParts extends ViewParts {
  readonly view: View<DocumentWrite>;
  readonly isMine: (id: string) => boolean;
  readonly isWhole: boolean;
  readonly findings: Findings;
}

class ViewComparison {
  readonly #parts: ComparisonParts;
  readonly #fold: DocumentFold;
  /** Documents that were read at a position behind what was folded. */
  readonly #newer = new Map<string, { readonly document: StoredDocument; readonly isArchived: boolean }>();

  constructor(parts: ComparisonParts) {
    this.#parts = parts;
    this.#fold = new DocumentFold(parts.isWhole);
  }

  async fold(stretches: readonly Stretch[]): Promise<void> {
    await this.#each(stretches, (write) => this.#fold.apply(write));
  }

  /** Every document that the view has, and those that it lacks. */
  async compareAll(): Promise<void> {
    const { documents, view, isMine } = this.#parts;
    const missing = new Set(this.#fold.ids);
    const query = { where: {}, sort: { field: 'id', direction: 'asc' }, limit: page } as const;
    for (let cursor: string | undefined; ; ) {
      const found = await documents.find(view.name, { ...query, cursor });
      const mine = found.documents.filter(({ id }) => isMine(id));
      const ids = mine.map(({ id }) => id);
      for (const id of ids) missing.delete(id);
      await this.#compareFound(ids, mine);
      cursor = found.cursor;
      if (cursor === undefined) break;
    }
    // Read again by their ids: one that came meanwhile may have been passed over.
    await this.#compareIds([...missing]);
  }

  async compareFolded(): Promise<void> {
    await this.#compareIds(this.#fold.ids);
  }

  /** Folds on, for each document that is newer up to where it stands, and compares it then. */
  async compareNewer(before: readonly Stretch[]): Promise<void> {
    if (this.#newer.size === 0) return;
    const { log, view } = this.#parts;
    const places = before.map(({ partition }) => ({ topic: view.topic.name, partition }));
    const ends = await log.admin.offsets(places, 'latest');
    const after = before.map(({ partition, to }, index) => ({
      partition,
      from: to,
      to: Math.max(to, ends[index] ?? to),
    }));
    const newer = new Map(this.#newer);
    await this.#each(after, (write) => {
      const found = newer.get(write.id);
      if (found !== undefined && write.position.offset <= found.document.position) this.#fold.apply(write);
    });
    for (const [id, { document, isArchived }] of newer) this.#tell(id, document, isArchived);
  }

  async #compareIds(ids: readonly string[]): Promise<void> {
    const { documents, view } = this.#parts;
    for (let from = 0; from < ids.length; from += page) {
      const some = ids.slice(from, from + page);
      await this.#compareFound(some, await documents.getMany(view.name, some));
    }
  }

  async #compareFound(ids: readonly string[], found: readonly Found[]): Promise<void> {
    const { complete, findings } = this.#parts;
    const whole = complete ? await complete(ids, found) : found.map((document) => ({ document, isArchived: false }));
    for (const [index, id] of ids.entries()) {
      const each = whole[index];
      // What was erased may be gone, whatever the log says.
      if (each === undefined || 'isErased' in each) findings.checked('view');
      else this.#compare(id, each.document, each.isArchived);
    }
  }

  #compare(id: string, document: Found, isArchived: boolean): void {
    const isNewer = document !== undefined && document.position > (this.#fold.positionOf(id) ?? -1);
    if (isNewer) this.#newer.set(id, { document, isArchived });
    else this.#tell(id, document, isArchived);
  }

  #tell(id: string, document: Found, isArchived: boolean): void {
    const { findings, view } = this.#parts;
    const difference = this.#fold.compare(id, document);
    findings.checked('view');
    if (difference === undefined) return;
    findings.add({
      check: 'view',
      subject: `${view.name}/${id}`,
      where: isArchived ? `archive of ${view.name}` : `view ${view.name}`,
      ...difference,
      // The archive keeps what it has.
      ...(!isArchived && { repair: { kind: 'rewrite-document', collection: view.name, documentId: id } }),
    });
  }

  async #each(stretches: readonly Stretch[], visit: (write: DocumentWrite) => void): Promise<void> {
    const { log, view, isMine, signal } = this.#parts;
    await readRecords({ log, topic: view.topic as TopicEntry<unknown>, stretches, signal }, (record) => {
      for (const write of projected(view, record)) {
        if (write.collection === view.name && isMine(write.id)) visit(write);
      }
    });
  }
}

/** The writes of one record. What can't be projected is a dead letter, and not in the view. */
export function projected(
  { projection }: View<DocumentWrite>,
  record: Parameters<View<DocumentWrite>['projection']['project']>[0],
): readonly DocumentWrite[] {
  try {
    return projection.project(record);
  } catch {
    return [];
  }
}
