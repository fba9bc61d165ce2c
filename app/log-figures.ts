// Whether the log answers, as a figure: what an alert looks at first.
import { Gauge, type Registry } from 'prom-client';
import type { Log } from '../log/log.ts';
import { logHealth } from './operations.ts';

/** Of several threads that give it, the worst counts. */
export function registerLogFigures(registry: Registry, log: Log): void {
  new Gauge({
    name: 'log_available',
    help: '1 while the log answers, else 0.',
    registers: [registry],
    aggregator: 'min',
    collect() {
      this.set(logHealth(log).healthy ? 1 : 0);
    },
  });
}
