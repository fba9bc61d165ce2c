// Replays on a real Kafka.
import { systemClock } from '../../../base/clock.ts';
import { systemRandom } from '../../../base/random.ts';
import { openKafkaLog } from '../../../log/kafka/kafka-log.ts';
import { services } from '../../services.ts';
import { replaysSuite } from './replays.suite.ts';

replaysSuite(async (t) => {
  const prefix = `test-${systemRandom.uuid().slice(0, 8)}-`;
  const brokers = services.brokers.split(',');
  const log = await openKafkaLog({ clock: systemClock, random: systemRandom, brokers, prefix });
  t.after(async () => {
    await log.admin.deleteTopics((await log.admin.describeTopics()).map(({ name }) => name));
    await log.close();
  });
  return log;
});
