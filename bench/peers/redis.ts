// A peer of the bench: the same orders as one Lua script each on Redis, pipelined. It decrements all lines or none and
// is idempotent by order id; no refusals with reasons, no expiry, no events. `--variant always` syncs every write.
import { Redis } from 'ioredis';
import { measuredHere, peerArguments, printResult } from '../peer-result.ts';
import { stockOf, workload } from '../workload.ts';
import { Ledger } from './ledger.ts';

const { url, variant, ...options } = peerArguments('redis://127.0.0.1:6379/9', ['everysec', 'always']);
const pipelineLength = 256;
const pipelines = 2;

const redis = new Redis(url, { maxRetriesPerRequest: 1, retryStrategy: () => null });
await redis.flushdb();
await redis.config('SET', 'appendonly', 'yes');
await redis.config('SET', 'appendfsync', variant);
const script = String(
  await redis.script(
    'LOAD',
    `
    local answer = redis.call('GET', KEYS[1])
    if answer then return answer end
    for line = 2, #KEYS do
      if (tonumber(redis.call('GET', KEYS[line])) or 0) < tonumber(ARGV[line - 1]) then
        redis.call('SET', KEYS[1], 'rejected')
        return 'rejected'
      end
    end
    for line = 2, #KEYS do redis.call('DECRBY', KEYS[line], ARGV[line - 1]) end
    redis.call('SET', KEYS[1], 'reserved')
    return 'reserved'`,
  ),
);
const stockKey = (product: number) => `stock:${product}`;
const products = Array.from({ length: options.products }, (_, product) => product);
await redis.mset(products.flatMap((product) => [stockKey(product), stockOf(product)]));

const orders = [...workload(options)];
const ledger = new Ledger();
let next = 0;
const [cpu, started] = [process.cpuUsage(), performance.now()];
await Promise.all(
  Array.from({ length: pipelines }, async () => {
    while (next < orders.length) {
      const taken = orders.slice(next, next + pipelineLength);
      next += taken.length;
      const pipeline = redis.pipeline();
      for (const { id, lines } of taken) {
        const keys = [`order:${id}`, ...lines.map(({ product }) => stockKey(product))];
        pipeline.evalsha(script, keys.length, ...keys, ...lines.map(({ quantity }) => quantity));
      }
      const answers = (await pipeline.exec()) ?? [];
      answers.forEach(([error, answer], index) => {
        if (error) throw error;
        ledger.note(taken[index]!, answer);
      });
    }
  }),
);
const measured = measuredHere(cpu, started);

const left = await redis.mget(products.map(stockKey));
const problems = ledger.problems(options, (product) => stockOf(product) - Number(left[product]));
await redis.flushdb();
redis.disconnect();
printResult(`redis Lua, ${variant}`, options, { ...measured, refused: ledger.refused, problems });
