// A carrier that moves parcels in a file alone: packed, in transit, delivered, or returned, each after a while. For the
// demo and for tests, in which it can also lose, double and reorder its news. It accepts everything.
import { createHash } from 'node:crypto';
import type { Clock } from '../../../base/clock.ts';
import type { Logger } from '../../../base/logger.ts';
import type { Random } from '../../../base/random.ts';
import {
  type Acceptance,
  type Carrier,
  type ParcelStatus,
  type ShipmentRequest,
  type ShipmentUpdate,
  type Tell,
  updateIdOf,
} from '../carrier.ts';
import { type News, Parcels } from './parcels.ts';

/** How long each step takes, in milliseconds. */
export interface SimulatorDelays {
  readonly packed: number;
  /** From then on. */
  readonly inTransit: number;
  readonly delivered: number;
  /** From the moment in which it is asked to come back. */
  readonly returned: number;
}

/** How often news goes astray, each from 0 for never to 1 for always. */
export interface SimulatorFaults {
  /** It is never told. */
  readonly lose: number;
  /** It is told twice. */
  readonly double: number;
  /** It is told after what comes next. */
  readonly reorder: number;
}

export interface SimulatedCarrierOptions {
  /** Made with its folder if it isn't there; `:memory:` keeps it in memory. */
  readonly file: string;
  readonly tell: Tell;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly delays: SimulatorDelays;
  readonly faults?: SimulatorFaults;
}

const noFaults: SimulatorFaults = { lose: 0, double: 0, reorder: 0 };
/** What couldn't be told, or was being told when the process died, is told again after this. */
const leaseMs = 5_000;
/** How long it remembers what is over. */
const keepMs = 30 * 86_400_000;
/** Others with the same file may have news that are due, or may be gone with theirs. */
const lookEveryMs = 5_000;

/** @throws CARRIER_STORAGE_FAILED if the file can't be opened or isn't a database */
export function openSimulatedCarrier(options: SimulatedCarrierOptions): Carrier {
  return new SimulatedCarrier(options);
}

class SimulatedCarrier implements Carrier {
  readonly #options: SimulatedCarrierOptions;
  readonly #faults: SimulatorFaults;
  readonly #parcels: Parcels;
  #cancelTimer = () => {};
  #telling: Promise<void> | undefined;
  /** When it looks for something to tell. */
  #looksAt = 0;
  #isClosed = false;

  constructor(options: SimulatedCarrierOptions) {
    this.#options = options;
    this.#faults = options.faults ?? noFaults;
    this.#parcels = new Parcels(options.file);
    this.#parcels.purge(options.clock.now() - keepMs);
    this.#wait();
  }

  async send(parcel: ShipmentRequest): Promise<Acceptance> {
    const { packed, inTransit, delivered } = this.#options.delays;
    return this.#accept(parcel, [
      ['packed', packed],
      ['in_transit', inTransit],
      ['delivered', delivered],
    ]);
  }

  async fetch(parcel: ShipmentRequest): Promise<Acceptance> {
    return this.#accept(parcel, [['returned', this.#options.delays.returned]]);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelTimer();
    await this.#telling;
    await this.#parcels.close();
  }

  async #accept(parcel: ShipmentRequest, steps: readonly Step[]): Promise<Acceptance> {
    const { requestId, shipmentId } = parcel;
    const now = this.#options.clock.now();
    const news = this.#newsOf(parcel, now, steps);
    await this.#parcels.add(requestId, shipmentId, now, news);
    // What it was set for before may be dropped by now: then it looks once in vain.
    if (news.some(({ dueAt }) => dueAt < this.#looksAt)) this.#wait();
    return { trackingCode: trackingCodeOf(shipmentId) };
  }

  #newsOf({ shipmentId, orderId, carrier }: ShipmentRequest, now: number, steps: readonly Step[]): News[] {
    const trackingCode = trackingCodeOf(shipmentId);
    let at = now;
    return steps.map(([status, delay], index) => {
      at += delay;
      const update = {
        updateId: updateIdOf(shipmentId, status),
        shipmentId,
        orderId,
        at,
        carrier,
        trackingCode,
        status,
      };
      const [, next = 0] = steps[index + 1] ?? [];
      return { update, dueAt: this.#happens(this.#faults.reorder) ? at + next + 1 : at };
    });
  }

  /** Sets the timer to what is due next. */
  #wait(): void {
    this.#cancelTimer();
    if (this.#isClosed || this.#telling !== undefined) return;
    const { clock } = this.#options;
    const pause = this.#pause();
    this.#looksAt = clock.now() + pause;
    this.#cancelTimer = clock.schedule(pause, () => {
      this.#telling = this.#tellDue().finally(() => {
        this.#telling = undefined;
        this.#wait();
      });
    });
  }

  #pause(): number {
    const { clock, logger } = this.#options;
    try {
      const dueAt = this.#parcels.nextDueAt() ?? Number.POSITIVE_INFINITY;
      return Math.min(Math.max(0, dueAt - clock.now()), lookEveryMs);
    } catch (error) {
      logger.warn({ err: error }, 'the simulated carrier cannot read what is to be told; it looks again');
      return leaseMs;
    }
  }

  /** Never rejects: what fails is told again when its lease is over. Parcels go side by side, one's news in turn. */
  async #tellDue(): Promise<void> {
    const { clock, logger } = this.#options;
    try {
      const due = this.#parcels.take(clock.now(), clock.now() + leaseMs);
      const parcels = Map.groupBy(due, ({ shipmentId }) => shipmentId);
      const told = await Promise.all([...parcels.values()].map((news) => this.#tellInTurn(news)));
      this.#parcels.markTold(told.flat(), clock.now());
    } catch (error) {
      logger.warn({ err: error }, 'the simulated carrier cannot note what it tells; it is told again');
    }
  }

  /** Gives the ids of those that were told; never rejects. */
  async #tellInTurn(news: readonly ShipmentUpdate[]): Promise<readonly string[]> {
    const { logger, tell } = this.#options;
    const told: string[] = [];
    try {
      for (const update of news) {
        if (this.#isClosed) break;
        if (!this.#happens(this.#faults.lose)) await tell(update);
        if (this.#happens(this.#faults.double)) await tell(update);
        told.push(update.updateId);
      }
    } catch (error) {
      logger.warn({ err: error }, 'news of a parcel could not be told; it is told again');
    }
    return told;
  }

  #happens(rate: number): boolean {
    return rate > 0 && this.#options.random.next() < rate;
  }
}

type Step = readonly [status: ParcelStatus, delay: number];

/** Like a carrier's: `SIM` and 12 letters and digits, the same for the same parcel. */
function trackingCodeOf(shipmentId: string): string {
  return `SIM${createHash('sha256').update(shipmentId).digest('hex').slice(0, 12).toUpperCase()}`;
}
