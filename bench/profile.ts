// Takes a CPU profile of this thread while some work runs, and writes it twice: for the tools that know `.cpuprofile`, and
// as a flame graph. Other threads (storage, helpers of the garbage collector) are not in it.
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { flameGraph } from './flame-graph.ts';

const sampleMicroseconds = 250;

/** Writes `<path>.cpuprofile` and `<path>.svg` when `work` is done; without a path, only works. */
export async function profiled<T>(path: string | undefined, work: () => Promise<T>): Promise<T> {
  if (path === undefined) return await work();
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: sampleMicroseconds });
  await session.post('Profiler.start');
  const result = await work();
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  writeFileSync(`${path}.cpuprofile`, JSON.stringify(profile));
  writeFileSync(`${path}.svg`, flameGraph(profile));
  return result;
}
