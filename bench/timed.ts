// What some work takes, by the clock and by the processors.

export interface Timed<Result> {
  readonly result: Result;
  readonly seconds: number;
  /** Of the processors, over all threads of this process: what a busy machine doesn't change. */
  readonly cpu: number;
}

export async function timed<Result>(work: () => Promise<Result>): Promise<Timed<Result>> {
  const used = process.cpuUsage();
  const began = performance.now();
  const result = await work();
  const { user, system } = process.cpuUsage(used);
  return { result, seconds: (performance.now() - began) / 1000, cpu: (user + system) / 1e6 };
}
