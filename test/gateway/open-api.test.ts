// The documentation is whole: OpenAPI 3.1, every route with words, answers, refusals and security.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { errorCatalogue } from '../../base/error-catalogue.ts';
import { TestGateway } from './test-gateway.ts';

interface Media {
  readonly schema?: object;
  readonly examples?: {
    readonly [name: string]: { readonly value: { readonly code: string; readonly status: number } };
  };
}

interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly object[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema?: object;
    readonly required?: boolean;
  }[];
  readonly requestBody?: { readonly content: { readonly [type: string]: Media } };
  readonly responses: {
    readonly [status: string]: { readonly description: string; readonly content?: { readonly [type: string]: Media } };
  };
}

describe('the documentation', () => {
  let shop: TestGateway;
  let operations: [name: string, operation: Operation][];
  let document: {
    readonly openapi: string;
    readonly info: { readonly title: string; readonly version: string };
    readonly tags: readonly { readonly name: string }[];
    readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } };
    readonly components: { readonly securitySchemes: object };
  };
  before(async () => {
    shop = await TestGateway.open();
    document = (await shop.call('GET', '/openapi.json')).body;
    operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): [string, Operation] => [`${method} ${path}`, operation]),
    );
  });
  after(() => shop.close());

  test('is OpenAPI 3.1', () => {
    assert.equal(document.openapi, '3.1.0');
    assert.ok(document.info.title && document.info.version);
    assert.deepEqual(Object.keys(document.components.securitySchemes), ['bearer']);
    assert.ok(operations.length > 25);
  });

  test('has words for every route', () => {
    const tags = new Set(document.tags.map(({ name }) => name));
    const summaries = operations.map(([, { summary }]) => summary);
    assert.equal(new Set(summaries).size, summaries.length, 'no two routes have one summary');
    for (const [name, operation] of operations) {
      assert.ok(operation.summary, name);
      assert.ok(operation.tags?.length === 1 && tags.has(operation.tags[0]!), name);
      assert.ok(operation.security, name);
      for (const [status, { description }] of Object.entries(operation.responses)) {
        assert.ok(description && description !== 'Default Response', `${name} ${status}`);
      }
    }
  });

  test('has a good answer and refusals for every route', () => {
    for (const [name, { responses, security }] of operations) {
      const statuses = Object.keys(responses);
      assert.ok(
        statuses.some((status) => /^(2..|101)$/.test(status)),
        name,
      );
      assert.ok(statuses.includes('500') && statuses.includes('503') && statuses.includes('429'), name);
      if (security?.length === 1) assert.ok(statuses.includes('401') && statuses.includes('403'), name);
      for (const [status, { content }] of Object.entries(responses)) {
        if (status < '400' || (name === 'get /health/ready' && status === '503')) continue;
        const media = content?.['application/problem+json'];
        assert.ok(media?.schema, `${name} ${status}`);
        for (const { value } of Object.values(media.examples ?? {})) {
          assert.equal(String(value.status), status);
          assert.ok(value.code.toUpperCase() in errorCatalogue, value.code);
        }
      }
    }
  });

  test('has a schema for every parameter and body, and an example for every body', () => {
    for (const [name, { parameters = [], requestBody }] of operations) {
      for (const parameter of parameters) assert.ok(parameter.schema, `${name} ${parameter.name}`);
      const inPath = parameters.filter((parameter) => parameter.in === 'path').map((parameter) => parameter.name);
      assert.deepEqual(
        inPath,
        [...name.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter),
        name,
      );
      for (const [type, media] of Object.entries(requestBody?.content ?? {}))
        assert.ok(media.schema, `${name} ${type}`);
      const json = requestBody?.content['application/json'];
      if (json) assert.match(JSON.stringify(json), /"examples?":/, name);
    }
  });

  test('tells which key an order needs, and in which types stock changes come', () => {
    const order = document.paths['/v1/orders']?.post;
    const key = order?.parameters?.find(({ name }) => name === 'idempotency-key');
    assert.equal(key?.required, true);
    const types = Object.keys(document.paths['/v1/stock-changes']?.post?.requestBody?.content ?? {});
    assert.deepEqual(types, ['application/json', 'application/x-ndjson', 'text/csv']);
  });

  test('has a page', async () => {
    const page = await shop.call('GET', '/docs/');
    assert.equal(page.status, 200);
    assert.match(page.headers['content-type'] ?? '', /text\/html/);
    assert.ok(page.headers['content-security-policy']);
  });
});
