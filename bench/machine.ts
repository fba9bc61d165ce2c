// What a run had to run on: figures of another machine, or of a busy one, are others.
import { cpus, loadavg, totalmem } from 'node:os';

export interface Machine {
  readonly cores: number;
  readonly memoryGiB: number;
  /** Of the last minute. Above the count of cores, absolute figures are worth little. */
  readonly load: string;
}

export function machineNow(): Machine {
  return { cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30), load: loadavg()[0]!.toFixed(1) };
}

/** `2 cores, 24 GiB, Node v24.1.0`. */
export function nameOf({ cores, memoryGiB }: Machine): string {
  return `${cores} cores, ${memoryGiB} GiB, Node ${process.version}`;
}
