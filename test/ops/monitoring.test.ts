// Prometheus and Grafana ask what is there: targets are services, and every figure of a dashboard or an alert is one that
// the code registers, with these labels. Prometheus' own checks (promtool) aren't repeated.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readConfig } from '../../app/config.ts';
import { settingEntries, variableOf } from '../../app/settings.ts';
import { errorCatalogue } from '../../base/error-catalogue.ts';
import { root } from '../arch/tree.ts';
import { isOurs, loadCompose, portsOf, readYaml, volumesOf } from './compose.ts';
import { figures } from './figures.ts';
import { readQuery } from './promql.ts';

const { services } = loadCompose();
const known = figures();

/** What is wrong with a query, and with the labels that a text beside it fills in. */
function problemsOf(expression: string, filledIn: readonly string[] = []): string[] {
  const { selectors, groupedBy } = readQuery(expression);
  const all = selectors.map(({ metric, labels }) => ({ metric, labels, has: known.get(metric) }));
  const unknown = all.filter(({ has }) => has === undefined).map(({ metric }) => `${metric} is no figure of ours`);
  const wrong = all.flatMap(({ metric, labels, has = new Set() }) =>
    [...labels, ...groupedBy].filter((label) => !has.has(label)).map((label) => `${metric} has no label ${label}`),
  );
  const result = groupedBy.length > 0 ? groupedBy : [...(all[0]?.has ?? [])];
  const lost = filledIn.filter((label) => !result.includes(label)).map((label) => `the result has no label ${label}`);
  return unknown.length > 0 ? unknown : [...wrong, ...lost];
}

describe('queries are held against the code:', () => {
  const found: [expression: string, filledIn: string[], problem: string][] = [
    ['rate(stream_thread_proces_total[5m])', [], 'stream_thread_proces_total is no figure of ours'],
    ['sum by (view) (stream_task_records_lag)', [], 'stream_task_records_lag has no label view'],
    ['view_records_lag{topic="orders"} > 1', [], 'view_records_lag has no label topic'],
    ['http_request_duration_seconds', [], 'http_request_duration_seconds is no figure of ours'],
    ['sum by (view) (view_records_lag)', ['partition'], 'the result has no label partition'],
  ];
  for (const [expression, filledIn, problem] of found)
    test(`${problem}`, () => assert.deepEqual(problemsOf(expression, filledIn), [problem]));

  test('what the reader does not know is refused, not passed over', () => {
    assert.throws(() => readQuery('absent(up)'), /absent .* function that nobody here uses/);
    assert.throws(() => readQuery("up{job='x'}"), /not understood/);
    assert.throws(() => readQuery('sum up'), /not called/);
  });

  test('metrics, choices and groups are told apart', () => {
    const query = 'histogram_quantile(0.9, sum by (le, a) (rate(m_bucket{b!~"x|y", c="}"}[5m]))) > 1 and n offset 10m';
    const selectors = [
      { metric: 'm_bucket', labels: ['b', 'c'] },
      { metric: 'n', labels: [] },
    ];
    assert.deepEqual(readQuery(query), { selectors, groupedBy: ['le', 'a'] });
  });
});

interface PrometheusConfig {
  readonly rule_files: readonly string[];
  readonly scrape_configs: readonly {
    readonly job_name: string;
    readonly static_configs: readonly { readonly targets: readonly string[] }[];
  }[];
}

const prometheus = readYaml('ops/prometheus/prometheus.yml') as PrometheusConfig;

test('Prometheus asks every gateway and worker, where they answer', () => {
  const targets = prometheus.scrape_configs.flatMap(({ job_name: job, static_configs: configs }) =>
    configs.flatMap((config) => config.targets.map((target) => `${job} ${target}`)),
  );
  const programs = Object.entries(services).filter(([, each]) => isOurs(each) && !each.healthcheck.disable);
  const expected = programs.map(([name, { command = [], environment = {}, networks }]) => {
    assert.ok(networks.includes('figures'), name);
    const { port, metricsPort } = readConfig({ flags: {}, parts: [], env: environment });
    return command[0] === 'gateway' ? `gateway ${name}:${port}` : `worker ${name}:${metricsPort}`;
  });
  assert.deepEqual(targets, [...expected, 'prometheus localhost:9090']);
});

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string; readonly runbook: string };
}

const rules = readYaml('ops/prometheus/alerts.yml') as { groups: readonly { name: string; rules: readonly Alert[] }[] };
const alerts = rules.groups.flatMap((group) => group.rules);

test('the alerts are the ones that Prometheus reads, each of its own name', () => {
  const [mount] = volumesOf(services.prometheus ?? assert.fail());
  assert.deepEqual([mount?.from, mount?.to], ['./ops/prometheus', '/etc/prometheus']);
  assert.deepEqual(prometheus.rule_files, ['alerts.yml']);
  const names = alerts.map(({ alert }) => alert);
  assert.ok(names.length >= 8);
  assert.deepEqual(names, [...new Set(names)]);
});

describe('the alert', () => {
  const variables = settingEntries.map(([name]) => variableOf(name));
  for (const { alert, expr, labels, annotations } of alerts) {
    test(`${alert} speaks of what there is`, () => {
      const texts = Object.values(annotations).join('\n');
      const filledIn = [...texts.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label ?? '');
      assert.deepEqual(problemsOf(expr, filledIn), []);
    });

    test(`${alert} says how urgent it is and where to look`, () => {
      assert.match(labels.severity, /^(page|ticket)$/);
      const { summary, description, runbook } = annotations;
      for (const text of [summary, description, runbook]) assert.ok(text.length > 20, text);
      for (const [name] of runbook.matchAll(/\b[A-Z]+(_[A-Z]+)+\b/g))
        assert.ok(name in errorCatalogue || variables.includes(name), `${name} is no code and no variable`);
      for (const [, service = ''] of runbook.matchAll(/docker compose (?:ps|logs) ([a-z][\w-]*-\d|mongo)/g))
        assert.ok(service in services, service);
    });
  }
});

interface Dashboard {
  readonly uid: string;
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly type: string;
    readonly targets?: readonly {
      readonly expr: string;
      readonly legendFormat: string;
      readonly datasource: { readonly uid: string };
    }[];
  }[];
}

const provisioning = 'ops/grafana/provisioning';
const { datasources } = readYaml(`${provisioning}/datasources/prometheus.yml`) as {
  readonly datasources: readonly { readonly uid: string; readonly url: string }[];
};

describe('Grafana', () => {
  const grafana = services.grafana ?? assert.fail();

  test('asks Prometheus, where it answers', () => {
    assert.equal(datasources.length, 1);
    const { hostname, port } = new URL(datasources[0]?.url ?? '');
    const other = services[hostname] ?? assert.fail(hostname);
    assert.ok(portsOf(other).some(({ container }) => container === Number(port)));
    assert.deepEqual(other.networks, grafana.networks);
  });

  test('finds its dashboards', () => {
    const { providers } = readYaml(`${provisioning}/dashboards/stockstream.yml`) as {
      readonly providers: readonly { readonly options: { readonly path: string } }[];
    };
    const mounts = new Map(volumesOf(grafana).map(({ from, to }) => [to, from]));
    assert.equal(mounts.get(providers[0]?.options.path ?? ''), './ops/grafana/dashboards');
    assert.equal(mounts.get('/etc/grafana/provisioning'), `./${provisioning}`);
    const home = grafana.environment?.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH ?? '';
    assert.ok(readdirSync(join(root, 'ops/grafana/dashboards')).includes(home.split('/').at(-1) ?? ''));
  });

  test('lets nobody in as more than a viewer', () => {
    const { GF_AUTH_ANONYMOUS_ORG_ROLE, GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION } = grafana.environment ?? {};
    assert.deepEqual([GF_AUTH_ANONYMOUS_ORG_ROLE, GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION], ['Viewer', 'true']);
  });
});

for (const file of readdirSync(join(root, 'ops/grafana/dashboards'))) {
  describe(`the dashboard ${file}`, () => {
    const path = join(root, 'ops/grafana/dashboards', file);
    const { uid, panels } = JSON.parse(readFileSync(path, 'utf8')) as Dashboard;

    test('is named as its file is, and its panels can be told apart', () => {
      assert.equal(`${uid}.json`, file);
      const ids = panels.map(({ id }) => id);
      assert.deepEqual(ids, [...new Set(ids)]);
    });

    for (const { title, type, targets = [] } of panels.filter(({ type }) => type !== 'row')) {
      test(`shows "${title}"`, () => {
        assert.equal(type, 'timeseries');
        assert.ok(targets.length > 0);
        for (const { expr, legendFormat, datasource } of targets) {
          const filledIn = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label ?? '');
          assert.deepEqual(problemsOf(expr, filledIn), []);
          assert.equal(datasource.uid, datasources[0]?.uid);
        }
      });
    }

    test('shows every figure of the engine and of the gateway', () => {
      const shown = panels.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => readQuery(expr).selectors));
      const names = new Set(shown.map(({ metric }) => metric.replace(/_(bucket|count|sum)$/, '')));
      const own = [...known.keys()].map((name) => name.replace(/_(bucket|count|sum)$/, ''));
      const missing = own.filter((name) => !/^(process|nodejs|up)/.test(name) && !names.has(name));
      assert.deepEqual(missing, []);
    });
  });
}
