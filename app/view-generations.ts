// What operators do with generations of views: each step is written into the log, and every process follows. Before a set
// may answer it must have come to the end of the log and have been found equal to the one that answers.
import { type Clock, sleep } from '../base/clock.ts';
import { reasonOf, StockstreamError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type {
  GenerationCheckState,
  GenerationDescription,
  GenerationList,
  ViewGenerations,
} from '../gateway/view-generations.ts';
import type { Log } from '../log/log.ts';
import { RecordBatchBuilder } from '../log/record-batch-builder.ts';
import type { Topics } from '../schemas/topics.ts';
import type { ViewGenerationEvent } from '../schemas/types.generated.ts';
import type { Archive } from '../views/archive/archive.ts';
import { type Generation, type GenerationRefusal, generationRefusal, nextGeneration } from '../views/generations.ts';
import { compareSets } from './compare-sets.ts';
import { hasTaken, lagOfView, partitionsOf } from './view-lag.ts';
import type { ViewSet, ViewSets } from './view-sets.ts';
import { viewsOf } from './views.ts';

export interface ViewGenerationsParts {
  readonly log: Log;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly topics: Topics;
  readonly appId: string;
  readonly viewSets: ViewSets;
  /** For one comparison, which closes it. */
  readonly openArchive: () => Promise<Archive>;
}

type Step = ViewGenerationEvent['event'];

const refusals: { readonly [Reason in GenerationRefusal]: string } = {
  unknown_generation: 'there is none of that name',
  too_many_generations: 'there are two already: drop the one that does not answer',
  already_there: 'another one was begun at the same moment',
  is_active: 'it is the one that answers',
};

/** How long a step may take to come back through the log, and a standby to take what is written now. */
const patienceMs = 30_000;
const lookAgainMs = 50;

export class LoggedViewGenerations implements ViewGenerations {
  readonly #parts: ViewGenerationsParts;
  readonly #stopping = new AbortController();
  #check: GenerationCheckState | null = null;
  #checking: Promise<void> = Promise.resolve();

  constructor(parts: ViewGenerationsParts) {
    this.#parts = parts;
  }

  async list(): Promise<GenerationList> {
    const { viewSets } = this.#parts;
    const { active, previous, live } = viewSets.generations;
    const isThere = live.some(({ name }) => name === previous);
    const generations = await Promise.all(live.map((generation) => this.#describe(generation, active)));
    return { active, previous: isThere ? (previous ?? null) : null, generations, check: this.#check };
  }

  async begin(actor: string): Promise<string> {
    const { viewSets } = this.#parts;
    const name = nextGeneration(viewSets.generations);
    await this.#take(name, { type: 'GenerationBegun' }, actor);
    await this.#until(name, async () => viewSets.has(name));
    return name;
  }

  async check(name: string, actor: string): Promise<void> {
    const { viewSets } = this.#parts;
    const step = {
      type: 'GenerationChecked',
      against: viewSets.generations.active,
      compared: 0,
      differences: 0,
    } as const;
    this.#refuse(name, step);
    if (name === viewSets.generations.active) throw refused(name, refusals.is_active);
    if (this.#check?.state === 'running') throw new StockstreamError('GENERATION_NOT_READY', busy(this.#check));
    this.#check = { generation: name, state: 'running', compared: 0, differences: 0, examples: [], reason: '' };
    this.#checking = this.#compare(name, actor);
  }

  async activate(name: string, { actor, force }: { readonly actor: string; readonly force: boolean }): Promise<void> {
    const { viewSets } = this.#parts;
    this.#refuse(name, { type: 'GenerationActivated' });
    if (!force) {
      const { checked } = viewSets.generations.live.find((each) => each.name === name)!;
      const isBack = name === viewSets.generations.previous;
      if (!isBack && checked === undefined) throw notReady(name, 'it was not compared with the one that answers');
      if (!isBack && checked!.differences > 0) throw notReady(name, `it differs in ${checked!.differences} places`);
      await this.#untilCurrent(name);
    }
    await this.#take(name, { type: 'GenerationActivated' }, actor);
    await this.#until(name, async () => viewSets.generations.active === name);
  }

  async drop(name: string, actor: string): Promise<void> {
    const { viewSets } = this.#parts;
    this.#refuse(name, { type: 'GenerationDropped' });
    const set = viewSets.get(name);
    await this.#take(name, { type: 'GenerationDropped' }, actor);
    await this.#until(name, async () => !viewSets.has(name));
    await set.remove();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#checking;
  }

  async #describe({ name, begunAt, checked }: Generation, active: string): Promise<GenerationDescription> {
    const { viewSets } = this.#parts;
    const lag = viewSets.has(name) ? await this.#lagOf(viewSets.get(name)) : 0;
    return { name, state: name === active ? 'active' : 'standby', begunAt, lag, checked: checked ?? null };
  }

  async #compare(name: string, actor: string): Promise<void> {
    const { viewSets, clock, openArchive, logger } = this.#parts;
    const against = viewSets.generations.active;
    const tell = (news: Partial<GenerationCheckState>) => {
      if (this.#check) this.#check = { ...this.#check, ...news };
    };
    const archive = await openArchive();
    try {
      await this.#untilCurrent(name);
      const { signal } = this.#stopping;
      const onProgress = (compared: number) => tell({ compared });
      const parts = { archive, clock, signal, onProgress };
      const result = await compareSets(viewSets.get(against), viewSets.get(name), parts);
      if (signal.aborted) throw new StockstreamError('GENERATION_NOT_READY', busy({ generation: name }));
      const { compared, differences } = result;
      await this.#take(name, { type: 'GenerationChecked', against, compared, differences }, actor);
      tell({ state: 'done', ...result });
    } catch (error) {
      logger.warn({ err: error, generation: name }, 'the comparison of two generations of views was not finished');
      tell({ state: 'failed', reason: reasonOf(error) });
    } finally {
      await archive.close();
    }
  }

  #refuse(generation: string, event: Step): void {
    const reason = generationRefusal({ generation, event }, this.#parts.viewSets.generations);
    if (reason) throw refused(generation, refusals[reason]);
  }

  /** Writes the step. Whether it counts is decided by the order in the log. */
  async #take(generation: string, event: Step, by: string): Promise<void> {
    this.#refuse(generation, event);
    const { log, clock, topics } = this.#parts;
    const { name, serde } = topics.viewGenerations;
    const batch = new RecordBatchBuilder();
    batch.encode(clock.now(), generation, { generation, at: clock.now(), by, event }, serde);
    const producer = await log.producer();
    try {
      await producer.append(name, 0, batch);
    } finally {
      await producer.close();
    }
  }

  async #until(generation: string, isSo: () => Promise<boolean>): Promise<void> {
    const { clock } = this.#parts;
    const until = clock.monotonic() + patienceMs;
    while (!(await isSo())) {
      if (clock.monotonic() > until) throw notReady(generation, 'the step is in the log and not carried out yet');
      await sleep(clock, lookAgainMs, this.#stopping.signal);
    }
  }

  /** Resolves when the set has taken all that stands in the log now. */
  async #untilCurrent(name: string): Promise<void> {
    const { log, clock, viewSets, topics } = this.#parts;
    const patience = { clock, milliseconds: patienceMs, signal: this.#stopping.signal };
    for (const view of viewsOf(viewSets.get(name), topics)) {
      const ends = await log.admin.offsets(partitionsOf(view), 'latest');
      const isCurrent = await hasTaken(this.#parts, view, ends, patience);
      if (!isCurrent) throw notReady(name, `its view ${view.name} has not come to the end of the log`);
    }
  }

  async #lagOf(set: ViewSet): Promise<number> {
    const lags = viewsOf(set, this.#parts.topics).map((view) => lagOfView(this.#parts, view));
    return (await Promise.all(lags)).reduce((sum, lag) => sum + lag, 0);
  }
}

function refused(generation: string, reason: string): StockstreamError {
  return new StockstreamError('GENERATION_REFUSED', { generation, reason });
}

function notReady(generation: string, reason: string): StockstreamError {
  return new StockstreamError('GENERATION_NOT_READY', { generation, reason });
}

function busy({ generation }: { readonly generation: string }): { generation: string; reason: string } {
  return { generation, reason: 'it is being compared' };
}
