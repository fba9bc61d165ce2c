// Words that stand next to each other in one field. Lists are read with their positions, the rarest word's first; each
// further one keeps the listings in which it stands where it must.
import { fieldBits, inDescription, positionAt } from './entries.ts';
import type { Options } from './expand.ts';
import type { MemoryIndex } from './memory-index.ts';
import { PostingList, positionStride } from './posting-list.ts';

export interface PhraseMatch {
  readonly slot: number;
  readonly fields: number;
}

/** Where the first word of a phrase may stand in a listing, as far as its words were looked at. */
interface Candidate {
  fields: number;
  readonly positions: number[];
}

const list = new PostingList({ hasPositions: true });

export function findPhrase(index: MemoryIndex, phrase: readonly Options[]): PhraseMatch[] {
  const { postings } = index;
  const countOf = (options: Options) => options.reduce((sum, { word }) => sum + postings.count(word), 0);
  const words = phrase
    .map((options, offset) => ({ options, offset }))
    .sort((a, b) => countOf(a.options) - countOf(b.options));
  let candidates: Map<number, Candidate> | undefined;
  for (const { options, offset } of words) candidates = standing(index, options, offset, candidates);
  return [...(candidates ?? [])].map(([slot, { fields, positions }]) => ({
    slot,
    fields: fields & fieldsOf(positions),
  }));
}

/** Those of `within` that have one of `options` at `offset` words after where the phrase begins. */
function standing(
  { postings, columns }: MemoryIndex,
  options: Options,
  offset: number,
  within: ReadonlyMap<number, Candidate> | undefined,
): Map<number, Candidate> {
  const found = new Map<number, Candidate>();
  for (const { word, language } of options) {
    postings.read(word, list);
    for (let index = 0; index < list.length; index++) {
      const slot = list.slots[index]!;
      const before = within?.get(slot);
      if (within !== undefined && before === undefined) continue;
      if (language !== -1 && columns.language[slot] !== language) continue;
      const fields = list.fields[index]! & (before?.fields ?? -1);
      const begins = beginningsOf(index, offset).filter((each) => before?.positions.includes(each) ?? true);
      if (begins.length === 0) continue;
      const known = found.get(slot);
      if (known === undefined) found.set(slot, { fields, positions: begins });
      else {
        known.fields |= fields;
        known.positions.push(...begins);
      }
    }
  }
  return found;
}

/** Where a phrase would begin that has the word of a posting at `offset`. */
function beginningsOf(index: number, offset: number): number[] {
  const start = index * positionStride;
  const count = list.positions[start]!;
  return Array.from({ length: count }, (_, each) => positionAt(list.positions[start + 1 + each]!, -offset));
}

/** The fields in which the positions can be. */
function fieldsOf(positions: readonly number[]): number {
  const others = fieldBits.title | fieldBits.brand | fieldBits.category | fieldBits.attributes;
  return positions.reduce(
    (fields, each) => fields | ((each & inDescription) !== 0 ? fieldBits.description : others),
    0,
  );
}
