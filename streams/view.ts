// The declaration of a view: which topic, through which projection, into which destination.
import type { Projection, Topic, ViewSink } from './api.ts';

export interface View<Write> {
  /** Names the view's consumer group: its offsets are its own. */
  readonly name: string;
  readonly topic: Topic<unknown>;
  readonly projection: Projection<unknown, Write>;
  readonly sink: ViewSink<Write>;
}

export function view<V, Write>(
  name: string,
  parts: { topic: Topic<V>; projection: Projection<V, Write>; sink: ViewSink<Write> },
): View<Write> {
  return { name, ...parts } as View<Write>;
}

export function viewGroup(appId: string, name: string): string {
  return `${appId}-view-${name}`;
}
