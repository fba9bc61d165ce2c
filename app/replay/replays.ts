// Replays as a process has them: one at a time, on command, with its progress and the last report.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unreachable } from '../../base/assert.ts';
import { isStockstreamError, reasonOf, StockstreamError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import type { CommitReplay, ReplayRequest, ReplayState, Replays, RunningReplay } from '../../gateway/replays.ts';
import type { Log } from '../../log/log.ts';
import type { Topic } from '../../streams/api.ts';
import { momentOf } from '../../streams/commit-history.ts';
import { topologyNames } from '../../streams/names.ts';
import type { Topology } from '../../streams/topology.ts';
import { verifyReplay } from '../../streams/verify-replay.ts';
import { openStoreIn } from '../wire/log.ts';
import { clock } from '../wire/places.ts';
import type { ReplayBases } from './bases.ts';
import { decideApart } from './decide-apart.ts';
import { replayInPlace } from './in-place.ts';
import { dropCopy, replayInto } from './into.ts';
import { parsePoint } from './point.ts';
import { type ReplayWork, shownMoment } from './work.ts';

export interface ReplaysParts {
  readonly log: Log;
  readonly deadLetters: Topic<Buffer>;
  readonly topologies: readonly Topology[];
  readonly appId: string;
  readonly random: Random;
  readonly bases: ReplayBases;
}

export class LoggedReplays implements Replays {
  readonly #parts: ReplaysParts;
  #running: RunningReplay | null = null;
  #last: ReplayState['last'] = null;

  constructor(parts: ReplaysParts) {
    this.#parts = parts;
  }

  state(): ReplayState {
    return { running: this.#running, last: this.#last };
  }

  start(request: ReplayRequest): { readonly id: string; readonly done: Promise<CommitReplay> } {
    if (this.#running !== null) throw new StockstreamError('REPLAY_RUNNING', { id: this.#running.id });
    const { topology: name, mode } = request;
    const topology = this.#parts.topologies.find((each) => each.name === name);
    if (topology === undefined) throw new StockstreamError('TOPOLOGY_NOT_FOUND', { topology: name });
    this.#check(request);
    parsePoint(request.from);
    const id = this.#parts.random.uuid();
    const frame = { id, topology: name, mode, startedAt: clock.now() };
    this.#running = { ...frame, step: 'start', commits: 0, of: 0 };
    const done = this.#run(topology, request).then(
      (report) => {
        this.#last = { ...frame, endedAt: clock.now(), commits: this.#commits, report };
        return report;
      },
      (error: unknown) => {
        const code = isStockstreamError(error) ? error.code.toLowerCase() : 'internal';
        this.#last = {
          ...frame,
          endedAt: clock.now(),
          commits: this.#commits,
          failure: { code, detail: reasonOf(error) },
        };
        throw error;
      },
    );
    return { id, done: done.finally(() => (this.#running = null)) };
  }

  drop(into: string): Promise<readonly string[]> {
    const { log, appId } = this.#parts;
    return dropCopy(log, { appId, into });
  }

  /** @throws REPLAY_REQUEST_INVALID, REPLAY_UNCONFIRMED */
  #check({ mode, into, confirm }: ReplayRequest): void {
    const { appId } = this.#parts;
    const invalid = (reason: string) => new StockstreamError('REPLAY_REQUEST_INVALID', { reason });
    if (into !== undefined && mode !== 'into') throw invalid(`${mode} writes into no other application`);
    if (mode === 'into') {
      if (into === undefined) throw invalid('an application id to replay into is missing');
      if (!/^[A-Za-z0-9._-]{1,64}$/.test(into)) throw invalid(`${JSON.stringify(into)} is no application id`);
      if (into === appId) throw invalid(`${into} is the application itself`);
    }
    if (mode === 'in-place' && confirm !== appId) throw new StockstreamError('REPLAY_UNCONFIRMED', { appId });
  }

  async #run(topology: Topology, request: ReplayRequest): Promise<CommitReplay> {
    const { log, appId, bases } = this.#parts;
    const directory = mkdtempSync(join(tmpdir(), 'stockstream-replay-'));
    try {
      const names = topologyNames(appId, topology.name);
      const point = parsePoint(request.from);
      const from =
        point.type === 'checkpoint'
          ? await bases.momentOf(point.id, topology)
          : await momentOf({ log, names, topology }, point);
      this.#note({ of: await this.#countCommits(topology) });
      let stores = 0;
      const work: ReplayWork = {
        ...this.#parts,
        topology,
        from,
        limit: request.limit,
        openStore: () => openStoreIn(join(directory, String(stores++))),
        onStep: (step) => this.#note({ step }),
        onCommit: () => this.#note({ commits: this.#commits + 1 }),
      };
      return await replay(work, request);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }

  async #countCommits({ name, partitions }: Topology): Promise<number> {
    const { log, appId } = this.#parts;
    const { commits: topic } = topologyNames(appId, name);
    const places = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
    const [first, end] = [await log.admin.offsets(places, 'earliest'), await log.admin.offsets(places, 'latest')];
    return end.reduce((sum, each, index) => sum + each - first[index]!, 0);
  }

  get #commits(): number {
    return this.#running?.commits ?? 0;
  }

  #note(news: Partial<RunningReplay>): void {
    if (this.#running !== null) this.#running = { ...this.#running, ...news };
  }
}

async function replay(work: ReplayWork, { mode, into = '' }: ReplayRequest): Promise<CommitReplay> {
  switch (mode) {
    case 'verify':
      return await verify(work);
    case 'dry-run':
      return (await decideApart(work)).report;
    case 'into':
      return await replayInto(work, into);
    case 'in-place':
      return await replayInPlace(work);
    default:
      return unreachable(mode);
  }
}

async function verify(work: ReplayWork): Promise<CommitReplay> {
  const { log, deadLetters, topology, appId, from, bases } = work;
  work.onStep('doing commits again');
  const base = await bases.before(from, topology);
  const options = { log, clock, topology, appId, deadLetters, from, base };
  const report = await verifyReplay(options, work.openStore, work.onCommit);
  return { mode: 'verify', from: shownMoment(from), ...report, decisions: null, written: {} };
}
