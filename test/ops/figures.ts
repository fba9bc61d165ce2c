// Every figure that the code registers, with its labels: what dashboards and alerts may speak of.
import { collectDefaultMetrics, Registry } from 'prom-client';
import { createArchiveFigures } from '../../app/archiving.ts';
import { createReconciliationFigures } from '../../app/reconcile/reconciler.ts';
import { EventTail } from '../../gateway/event-tail.ts';
import { createGatewayMetrics } from '../../gateway/metrics.ts';
import { createCheckpointMetrics } from '../../streams/checkpoint-metrics.ts';
import {
  createEffectMetrics,
  createSourceMetrics,
  createStreamsMetrics,
  createViewMetrics,
} from '../../streams/metrics.ts';
import type { ProductReader } from '../../views/cache/product-reader.ts';

/** Labels by the name under which Prometheus has it; `job` and `instance` are Prometheus' own. */
export function figures(): ReadonlyMap<string, ReadonlySet<string>> {
  const registry = new Registry();
  createStreamsMetrics(registry);
  createCheckpointMetrics(registry);
  createViewMetrics(registry);
  createEffectMetrics(registry);
  createSourceMetrics(registry);
  createArchiveFigures(registry);
  createReconciliationFigures(registry);
  // It is asked only when figures are collected, and none are here.
  const tail = new EventTail({} as ConstructorParameters<typeof EventTail>[0]);
  createGatewayMetrics(registry, { tail, products: {} as ProductReader });
  collectDefaultMetrics({ register: registry });
  const found = new Map([['up', new Set(['job', 'instance'])]]);
  for (const metric of registry.getMetricsAsArray()) {
    const labels = ['job', 'instance', ...labelsOf(metric)];
    const isHistogram = String(metric.type) === 'histogram';
    for (const suffix of isHistogram ? ['_sum', '_count'] : ['']) found.set(metric.name + suffix, new Set(labels));
    if (isHistogram) found.set(`${metric.name}_bucket`, new Set([...labels, 'le']));
  }
  return found;
}

function labelsOf(metric: object): string[] {
  return 'labelNames' in metric && Array.isArray(metric.labelNames) ? metric.labelNames.map(String) : [];
}
