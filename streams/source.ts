// The declaration of a source task: which topic says what to pull, and which one keeps where each pull stands.
import type { Source, Topic } from './api.ts';

export interface SourceTask {
  /** Compacted; its partitions are owned, each by one thread, and so are the keys in it. */
  readonly configs: Topic<unknown>;
  /** Compacted; under `<key>` and `<key>/<name>`. */
  readonly positions: Topic<unknown>;
  readonly source: Source<unknown, unknown>;
}

export function sourceTask<C, P>(parts: {
  readonly configs: Topic<C>;
  readonly positions: Topic<P>;
  readonly source: Source<C, P>;
}): SourceTask {
  return parts as SourceTask;
}

/** Its members own the keys among them. */
export function sourceGroup(appId: string, name: string): string {
  return `${appId}-source-${name}`;
}

/** The key of a position in its topic. */
export function positionKey(key: string, name: string): string {
  return name === '' ? key : `${key}/${name}`;
}
