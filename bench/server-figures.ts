// What a started program says of itself in its metrics.
import { sleep, systemClock } from '../base/clock.ts';
import type { Server } from '../test/e2e/server.ts';

const lookMs = 100;

export interface ServerFigures {
  readonly cpuSeconds: number;
  readonly rssMb: number;
  /** Records that views and tasks have not taken yet. */
  readonly lag: number;
}

export async function figuresOf({ url }: Server): Promise<ServerFigures> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const figure = (name: string) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1] ?? 0);
  const lags = [...text.matchAll(/^(?:view|stream_task)_records_lag\{.*\} (\d+)/gm)];
  return {
    cpuSeconds: figure('process_cpu_seconds_total'),
    rssMb: Math.round(figure('process_resident_memory_bytes') / 1e6),
    lag: lags.reduce((sum, [, lag]) => sum + Number(lag), 0),
  };
}

/** Waits until nothing is left to take, at two looks in a row. */
export async function quiet(server: Server): Promise<void> {
  for (let calm = 0; calm < 2; calm = (await figuresOf(server)).lag === 0 ? calm + 1 : 0) {
    await sleep(systemClock, lookMs);
  }
}
