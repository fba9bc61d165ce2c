// What an event does to an order that has moved to the archive. The view of orders knows nothing of the archive: its
// write finds no document and leaves one of the changed fields alone. So that is what such a document means: the late
// changes of an archived order, never an order. Readers put the two together, and the mover makes it last.
//
// Why nothing is lost or counted twice: a document is removed only at a position that the archive has. So late changes
// begin at or before what the archive has, without a gap, and go on to their own position. A step that both know has one
// sequence number, a field that both set has its later value in the late changes.
import type { Json, StoredDocument } from '../documents/documents.ts';

/** False for late changes: the first event alone sets when an order was placed. */
export function isWhole({ fields }: StoredDocument): boolean {
  return typeof fields.placedAt === 'number';
}

/**
 * The order after its late changes; undefined if a step is missing in between, which only a writer that was frozen for
 * longer than orders stay could bring about: a rebuild of the view then mends it. `late` must have been read before
 * `archived` was.
 */
export function withLateChanges(archived: StoredDocument, late: StoredDocument): StoredDocument | undefined {
  if (late.position <= archived.position) return archived;
  const known = stepsOf(archived);
  const steps = stepsOf(late);
  const last = sequenceOf(known.at(-1));
  const first = sequenceOf(steps[0]);
  const hasGap = first > last + 1 || steps.some((step, index) => sequenceOf(step) !== first + index);
  if (hasGap) return undefined;
  const history = [...known, ...steps.filter((step) => sequenceOf(step) > last)];
  return { ...late, fields: { ...archived.fields, ...late.fields, history } };
}

type Step = { readonly [detail: string]: Json };

function stepsOf({ fields }: StoredDocument): readonly Step[] {
  return (fields.history ?? []) as readonly Step[];
}

function sequenceOf(step: Step | undefined): number {
  return Number(step?.sequence ?? 0);
}
