// The log of `bench restore`: in Kafka, or embedded in whichever process has it open.
import { systemClock } from '../../base/clock.ts';
import { systemRandom } from '../../base/random.ts';
import { openEmbeddedLog } from '../../log/embedded/embedded-log.ts';
import type { Log } from '../../log/log.ts';

export type BenchLog =
  | { readonly kind: 'embedded'; readonly directory: string }
  | { readonly kind: 'kafka'; readonly brokers: readonly string[]; readonly prefix: string };

export async function openBenchLog(place: BenchLog): Promise<Log> {
  if (place.kind === 'embedded') {
    const onBackgroundError = (error: unknown) => console.error(error);
    return await openEmbeddedLog({ directory: place.directory, clock: systemClock, onBackgroundError });
  }
  const { openKafkaLog } = await import('../../log/kafka/kafka-log.ts');
  const { brokers, prefix } = place;
  return await openKafkaLog({ brokers, prefix, clock: systemClock, random: systemRandom, clientId: 'bench' });
}
