// A process of its own that asks the simulated provider and then stands still, to be killed. Argument: the file.
import { systemClock } from '../../../base/clock.ts';
import { silentLogger } from '../../../base/logger.ts';
import { openSimulatedPayments } from '../../../effects/payments/simulator/simulated-payments.ts';

const [file = ''] = process.argv.slice(2);
const tell = () => new Promise<void>(() => {});
const payments = openSimulatedPayments({
  file,
  clock: systemClock,
  logger: silentLogger,
  tell,
  rates: {},
  latencyMs: 0,
});
const orderId = 'AAAAAAAAAAAAAAAAAAAAAA~p1';
const question = { customerId: 'c1', amount: 1_000, currency: 'EUR', orderId, method: 'card' };
const never = new AbortController().signal;
await payments.authorize({ ...question, requestId: 'late', token: 'tok_late_success_0' }, never);
await payments.authorize({ ...question, requestId: 'now', token: 'tok_success' }, never);
console.log('asked');
setInterval(() => {}, 60_000);
