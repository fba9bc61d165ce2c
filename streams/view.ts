// The declaration of a view: which topic, through which projection, into which destination.
import type { Projection, Topic, ViewSink } from './api.ts';

export interface View<Write> {
  /** What it shows. */
  readonly name: string;
  /** Tells it from others of the same name that are filled beside it; empty if it is the only one. */
  readonly generation: string;
  readonly topic: Topic<unknown>;
  readonly projection: Projection<unknown, Write>;
  readonly sink: ViewSink<Write>;
}

interface Parts<V, Write> {
  readonly topic: Topic<V>;
  readonly projection: Projection<V, Write>;
  readonly sink: ViewSink<Write>;
  readonly generation?: string;
}

export function view<V, Write>(name: string, { generation = '', ...parts }: Parts<V, Write>): View<Write> {
  return { name, generation, ...parts } as View<Write>;
}

type Named = Pick<View<unknown>, 'name' | 'generation'>;

/** What tells a view from all others of the application. */
export function viewLabel({ name, generation }: Named): string {
  return generation === '' ? name : `${name}-${generation}`;
}

/** The view's consumer group: its offsets are its own. */
export function viewGroup(appId: string, view: Named): string {
  return `${appId}-view-${viewLabel(view)}`;
}
