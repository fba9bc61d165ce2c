// Counts searches that found nothing, by their text: how often within the last day. What the catalogue or the synonyms lack
// is read from it.
import type { SearchMiss, ZeroResults, ZeroResultsState } from '../../schemas/types.generated.ts';
import type { Context, Processor, TimerProcessor } from '../../streams/api.ts';
import { TimeWindows } from '../../streams/windows.ts';
import { requireKey } from '../require-key.ts';

interface SearchMissWiring {
  readonly stores: { readonly zeroResults: ZeroResultsState };
  readonly outputs: { readonly zeroResults: ZeroResults };
  readonly timers: 'zero-result-windows';
}

const hour = 3_600_000;

const windows = new TimeWindows({
  size: 24 * hour,
  advance: hour,
  grace: hour,
  zero: 0,
  add: (one: number, other: number) => one + other,
});

export const countSearchMiss: Processor<SearchMiss, SearchMissWiring> = {
  name: 'count-search-miss',

  process(record, context) {
    const { query, language, at } = record.value;
    requireKey(record, query);
    const { stores, drop, now } = context;
    const before = stores.zeroResults.get(query) ?? { language, lastDay: windows.empty, told: 0 };
    const { state, isLate } = windows.add(before.lastDay, { at: Math.min(at, now), value: 1 }, now);
    if (isLate) drop('late');
    keep(context, query, { ...before, language, lastDay: state });
  },
};

export const tellZeroResults: TimerProcessor<SearchMissWiring> = {
  name: 'tell-zero-results',

  fire(query, context) {
    const before = context.stores.zeroResults.get(query);
    if (before === undefined) return;
    const lastDay = windows.advanceTo(before.lastDay, context.now).state;
    keep(context, query, { ...before, lastDay });
  },
};

function keep({ stores, timers, forward, now }: Context<SearchMissWiring>, query: string, state: ZeroResultsState) {
  const { language, lastDay, told } = state;
  const counted = windows.last(lastDay);
  if (counted !== told) forward('zeroResults', query, { query, language, lastDay: counted, at: now });
  const next = windows.nextChange(lastDay);
  // What has left the last window is of use to none, though it may lie in a pane yet.
  if (next === undefined) stores.zeroResults.delete(query);
  else {
    stores.zeroResults.put(query, { ...state, told: counted });
    timers['zero-result-windows'].set(query, next);
  }
}
