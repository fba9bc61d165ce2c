// The leaves that stop things: assertions, and the one error class over its catalogue.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AssertionError, assert as must, unreachable } from '../../base/assert.ts';
import { errorCatalogue } from '../../base/error-catalogue.ts';
import { isStockstreamError, reasonOf, StockstreamError } from '../../base/errors.ts';

describe('an assertion', () => {
  test('lets the truth pass and stops the rest', () => {
    must(1 + 1 === 2, 'sums add up');
    assert.throws(() => must(undefined, 'there is a value'), { name: 'AssertionError', message: 'there is a value' });
  });

  test('narrows the type', () => {
    const value: string | undefined = [''].pop();
    must(value !== undefined, 'there is a value');
    assert.equal(value.length, 0);
  });

  test('names a case that should not exist', () => {
    assert.throws(
      () => unreachable({ kind: 'new' } as never),
      (error: Error) => {
        return error instanceof AssertionError && error.message === 'unreachable case: {"kind":"new"}';
      },
    );
  });
});

describe('a StockstreamError', () => {
  test('fills the message of its code, and shows gaps', () => {
    const error = new StockstreamError('LOG_UNKNOWN_TOPIC', { topic: 'a', partition: 3n });
    assert.equal(error.message, 'Topic a (partition 3) does not exist.');
    assert.equal(new StockstreamError('LOG_UNKNOWN_TOPIC').message, 'Topic ? (partition ?) does not exist.');
  });

  test('carries what the catalogue says of its code', () => {
    const error = new StockstreamError('LOG_BATCH_TOO_LARGE', { bytes: 2, limit: 1 });
    assert.deepEqual(
      [error.name, error.code, error.disposition, error.status],
      ['StockstreamError', 'LOG_BATCH_TOO_LARGE', 'refuse', 413],
    );
    assert.equal(error.remedy, errorCatalogue.LOG_BATCH_TOO_LARGE.remedy);
    assert.deepEqual(error.details, { bytes: 2, limit: 1 });
    assert.equal(new StockstreamError('LOG_CLOSED').status, 500);
  });

  test('keeps its cause, and has none by itself', () => {
    const cause = new Error('disk');
    assert.equal(new StockstreamError('LOG_CLOSED', {}, cause).cause, cause);
    assert.ok(!('cause' in new StockstreamError('LOG_CLOSED')));
  });

  test('is told apart from others', () => {
    const error: unknown = new StockstreamError('LOG_CLOSED');
    assert.ok(isStockstreamError(error) && isStockstreamError(error, 'LOG_CLOSED'));
    assert.ok(!isStockstreamError(error, 'LOG_CORRUPT_BATCH') && !isStockstreamError(new Error('LOG_CLOSED')));
  });
});

test('a reason is told for anything thrown', () => {
  assert.deepEqual([reasonOf(new Error('why')), reasonOf('text'), reasonOf(undefined)], ['why', 'text', 'undefined']);
});
