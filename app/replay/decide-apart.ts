// Has today's code decide the past of a topology again, apart from it, and compares.
import type { CommitReplay, ReplayMode } from '../../gateway/replays.ts';
import type { Store } from '../../state/store.ts';
import { committers, endsOf, firstBehind } from '../../streams/commit-history.ts';
import { type DecideAgainOptions, type DecidedCommit, decideAgain } from '../../streams/decide-again.ts';
import { DecisionDiff } from '../../streams/decision-diff.ts';
import { topologyNames } from '../../streams/names.ts';
import { version } from '../manifest.ts';
import { clock } from '../wire/places.ts';
import { type ReplayWork, shownMoment } from './work.ts';

export interface DecideParts extends Partial<Pick<DecideAgainOptions, 'names' | 'loops'>> {
  readonly mode?: ReplayMode;
  readonly onDecided?: (commit: DecidedCommit) => Promise<void>;
  /** Looks at what came of it, while the state is still there. */
  readonly atEnd?: (decided: Decided & { readonly store: Store }) => Promise<Readonly<Record<string, number>>>;
}

export interface Decided {
  readonly report: CommitReplay;
  readonly diff: DecisionDiff;
}

export async function decideApart(work: ReplayWork, parts: DecideParts = {}): Promise<Decided> {
  const { log, deadLetters, topology, appId, from, limit } = work;
  const { mode = 'dry-run', onDecided, atEnd, ...options } = parts;
  const history = { log, topology, names: topologyNames(appId, topology.name) };
  const ends = await endsOf(history);
  const producers = await committers(history);
  work.onStep('reading what was decided');
  const diff = await DecisionDiff.open({ log, outputs: topology.outputs, producers, from, limit });
  const until = await firstBehind(history, ends);
  work.onStep('deciding again');
  const base = await work.bases.before(from, topology);
  const store = await work.openStore();
  const totals = { commits: 0, fired: 0, records: 0 };
  try {
    const past = { log, store, clock, topology, appId, deadLetters, codeVersion: version, base, ends };
    for await (const commit of decideAgain({ ...past, ...options })) {
      work.onCommit();
      diff.take(commit);
      await onDecided?.(commit);
      if (commit.now < from || commit.record === undefined) continue;
      totals.commits++;
      totals.fired += commit.record.fired;
      for (const [first, end] of Object.values(commit.record.inputs)) totals.records += end - first;
    }
    diff.endAt(until);
    work.onStep('comparing');
    const decisions = await diff.report();
    const differences = decisions.differences.map(({ topic, key, kind }) => `${topic} ${key}: ${kind}`);
    const compared = { compared: decisions.compared, differences, decisions };
    const report = { mode, from: shownMoment(from), ...totals, ...compared, written: {} };
    const written = (await atEnd?.({ report, diff, store })) ?? {};
    return { report: { ...report, written }, diff };
  } finally {
    await store.close();
  }
}
