// What the gateway asks of whoever keeps the sets of views: fill another one beside the one that answers, compare the two,
// switch, switch back, drop. The app implements it.

export interface GenerationDescription {
  readonly name: string;
  readonly state: 'active' | 'standby';
  /** Milliseconds since the Unix epoch; 0 for the first one. */
  readonly begunAt: number;
  /** Records of the log that its views haven't taken yet. */
  readonly lag: number;
  /** The last comparison with the one that answered then. */
  readonly checked: {
    readonly at: number;
    readonly against: string;
    readonly compared: number;
    readonly differences: number;
  } | null;
}

export interface GenerationList {
  readonly active: string;
  /** The one that answered before; null if there is none to go back to. */
  readonly previous: string | null;
  readonly generations: readonly GenerationDescription[];
  /** The comparison that this process is at, or its last one. */
  readonly check: GenerationCheckState | null;
}

export interface GenerationCheckState {
  readonly generation: string;
  readonly state: 'running' | 'done' | 'failed';
  readonly compared: number;
  readonly differences: number;
  /** The first differences; `expected` is what the one that answers has. JSON, empty for nothing. */
  readonly examples: readonly { readonly subject: string; readonly expected: string; readonly found: string }[];
  /** Why it failed; empty if it didn't. */
  readonly reason: string;
}

export interface ViewGenerations {
  list(): Promise<GenerationList>;
  /** Begins to fill another set; gives its name. @throws GENERATION_REFUSED */
  begin(actor: string): Promise<string>;
  /** Compares in the background; `list` tells how far it is. @throws GENERATION_REFUSED, GENERATION_NOT_READY */
  check(generation: string, actor: string): Promise<void>;
  /** Lets it answer. `force`: even if it wasn't compared, or lags. @throws GENERATION_REFUSED, GENERATION_NOT_READY */
  activate(generation: string, options: { readonly actor: string; readonly force: boolean }): Promise<void>;
  /** Stops filling it, and drops what it stored. @throws GENERATION_REFUSED */
  drop(generation: string, actor: string): Promise<void>;
}
