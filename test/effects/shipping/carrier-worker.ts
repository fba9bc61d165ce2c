// Sends parcels with the simulated carrier for as long as it lives, and prints each that was accepted and each piece of
// news that it told. For the kill test: nobody stops it but a kill.
import { writeSync } from 'node:fs';
import { systemClock } from '../../../base/clock.ts';
import { silentLogger } from '../../../base/logger.ts';
import { systemRandom } from '../../../base/random.ts';
import { openSimulatedCarrier } from '../../../effects/shipping/simulator/simulated-carrier.ts';
import { requestOf } from './parcels.ts';

const [file = '', prefix = ''] = process.argv.slice(2);
// Told to the system at once, so that a kill loses no line.
const print = (text: string) => writeSync(1, `${text}\n`);
const carrier = openSimulatedCarrier({
  file,
  clock: systemClock,
  random: systemRandom,
  logger: silentLogger,
  delays: { packed: 1, inTransit: 1, delivered: 3_600_000, returned: 1 },
  tell: async ({ updateId }) => void print(`told ${updateId}`),
});
for (let number = 0; ; number++) {
  const request = requestOf(`${prefix}-${number}`);
  await carrier.send(request, new AbortController().signal);
  print(`sent ${request.shipmentId}`);
  await new Promise((resolve) => setImmediate(resolve));
}
