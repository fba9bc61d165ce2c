// The search's settings as every gateway holds them: the fold of their topic, so that what an operator sets holds
// everywhere without a restart. A change says which version it is made for; of two made for the same one the first in
// the log holds, and the other changes nothing.
import { unreachable } from '../base/assert.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Log } from '../log/log.ts';
import { topics } from '../schemas/topics.ts';
import type { SearchSettingsChange } from '../schemas/types.generated.ts';
import { defaultSearchSettings, type SearchSettings, type SynonymRule } from '../views/search/search-settings.ts';
import { Synonyms } from '../views/search/understand.ts';
import { FollowedTopic } from './followed-topic.ts';

/** As they hold. */
export interface CurrentSearchSettings {
  /** 0 for those in the code; each change adds one. */
  readonly version: number;
  readonly settings: SearchSettings;
  /** Those of `settings`, ready for use. */
  readonly synonyms: Synonyms;
  /** Who set them when, if anybody did. */
  readonly set: { readonly by: string; readonly at: number } | undefined;
}

/** What became of a change: the version that it made, or the one that was there instead of that which it was made for. */
export type SettingsOutcome =
  | { readonly kind: 'applied'; readonly version: number }
  | { readonly kind: 'differs'; readonly version: number };

export interface SearchSettingsTailOptions {
  readonly log: Log;
  readonly partitions: ReadonlyMap<string, number>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A gateway starts with those of the code rather than not at all. */
const longestStartMs = 10_000;

export class SearchSettingsTail {
  readonly #followed: FollowedTopic<SearchSettingsChange>;
  readonly #listeners = new Map<string, (outcome: SettingsOutcome) => void>();
  #current: CurrentSearchSettings = currentOf(0, defaultSearchSettings);

  constructor(options: SearchSettingsTailOptions) {
    const take = (_key: string, change: SearchSettingsChange | null) => {
      if (change !== null) this.#take(change);
    };
    this.#followed = new FollowedTopic({ ...options, topic: topics.searchSettings, take });
  }

  get current(): CurrentSearchSettings {
    return this.#current;
  }

  start(): Promise<void> {
    return this.#followed.start(longestStartMs);
  }

  close(): Promise<void> {
    return this.#followed.close();
  }

  /** Calls `listener` once with what becomes of a change that isn't in the log yet; the returned function ends that. */
  expect(changeId: string, listener: (outcome: SettingsOutcome) => void): () => void {
    this.#listeners.set(changeId, listener);
    return () => this.#listeners.delete(changeId);
  }

  #take(change: SearchSettingsChange): void {
    const { version } = this.#current;
    const isApplied = change.basedOn === version;
    if (isApplied) this.#current = currentOf(version + 1, settingsIn(change), { by: change.by, at: change.at });
    this.#listeners.get(change.changeId)?.({ kind: isApplied ? 'applied' : 'differs', version: this.#current.version });
    this.#listeners.delete(change.changeId);
  }
}

function currentOf(
  version: number,
  settings: SearchSettings,
  set?: CurrentSearchSettings['set'],
): CurrentSearchSettings {
  return { version, settings, synonyms: new Synonyms(settings.synonyms), set };
}

function settingsIn({ synonyms, weights }: SearchSettingsChange): SearchSettings {
  return { weights, synonyms: synonyms.map(ruleOf) };
}

function ruleOf(rule: SearchSettingsChange['synonyms'][number]): SynonymRule {
  switch (rule.type) {
    case 'EqualWords':
      return { kind: 'equal', language: rule.language, words: rule.words };
    case 'OneWayWords':
      return { kind: 'one-way', language: rule.language, from: rule.from, to: rule.to };
    default:
      return unreachable(rule);
  }
}

/** As the topic has them. */
export function recordOf(settings: SearchSettings): Pick<SearchSettingsChange, 'synonyms' | 'weights'> {
  const synonyms = settings.synonyms.map((rule): SearchSettingsChange['synonyms'][number] => {
    const { language } = rule;
    if (rule.kind === 'equal') return { type: 'EqualWords', language, words: rule.words };
    return { type: 'OneWayWords', language, from: rule.from, to: rule.to };
  });
  return { synonyms, weights: settings.weights };
}
