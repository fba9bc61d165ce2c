// What `start` shows people: where to click, what runs, and a line that lives.
import type { Application } from './application.ts';
import type { Config } from './config-schema.ts';
import { demoAccounts, demoPassword } from './demo/seed.ts';
import { version } from './manifest.ts';

export function banner(config: Config, { url, tasks }: Application, startedMs: number): string {
  const rows: [string, string][] = [
    ['Shop', `${url}    API docs: ${url}/docs`],
    ['Log', config.log === 'embedded' ? `embedded, in ${config.data}/log (one machine)` : `Kafka at ${config.brokers}`],
    ['State', `RocksDB, in ${config.data}/state`],
    ['Views', config.documents === 'sqlite' ? `SQLite, ${config.data}/views.sqlite` : 'MongoDB'],
    ['Tasks', tasks],
  ];
  if (config.demo) {
    const accounts = demoAccounts.map(({ email }) => email).join(', ');
    rows.push(['Accounts', `${accounts}; password: ${demoPassword}`]);
  }
  if (config.traffic) rows.push(['Traffic', 'simulated shoppers; without them: npm start -- --no-traffic']);
  const lines = rows.map(([name, text]) => `  ${name.padEnd(10)}${text}`);
  return [``, `Stockstream ${version}, ready in ${(startedMs / 1000).toFixed(1)} s`, ``, ...lines, ``].join('\n');
}

const shown = ['gateway_orders_accepted_total', 'stream_thread_process_total', 'stream_task_records_lag'] as const;

/** Writes a line about the last second, over the one before; only where somebody can see it. */
export function liveLine(application: Application, stream: NodeJS.WriteStream): () => void {
  if (!stream.isTTY) return () => {};
  let before = 0;
  const timer = setInterval(async () => {
    const [orders = 0, records = 0, lag = 0] = await application.totals(shown);
    const rate = `${orders - before} orders/s`;
    before = orders;
    stream.write(`\r\x1b[K  ${rate}   ${orders} since the start   ${records} records decided   lag ${lag}`);
  }, 1000);
  timer.unref();
  return () => {
    clearInterval(timer);
    stream.write('\r\x1b[K');
  };
}
