// Which of the driver's errors pass, which stay, and that none carries what was asked.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errors } from 'cassandra-driver';
import { isStockstreamError, StockstreamError } from '../../../base/errors.ts';
import { archiveFailure } from '../../../views/archive/cassandra/failures.ts';

const { ArgumentError, AuthenticationError, NoHostAvailableError, OperationTimedOutError, ResponseError } = errors;

const none = (error: Error) => new NoHostAvailableError({ '10.0.0.1:9042': error });
const cases: readonly (readonly [what: string, error: Error, code: string, reason: RegExp])[] = [
  [
    'too few copies alive',
    new ResponseError(0x1000, 'not enough replicas.'),
    'ARCHIVE_UNAVAILABLE',
    /not enough replicas$/,
  ],
  ['a write that timed out', new ResponseError(0x1100, 'timed out'), 'ARCHIVE_UNAVAILABLE', /timed out/],
  ['no answer', new OperationTimedOutError('no answer within 10 s', 'h'), 'ARCHIVE_UNAVAILABLE', /no answer/],
  ['nobody there', none(new Error('connect ECONNREFUSED')), 'ARCHIVE_UNAVAILABLE', /10\.0\.0\.1:9042: connect/],
  ['a wrong password', none(new AuthenticationError('bad credentials')), 'ARCHIVE_REFUSED', /bad credentials/],
  ['another data centre', none(new ArgumentError('only found dc2')), 'ARCHIVE_REFUSED', /only found dc2/],
  ['no right', new ResponseError(0x2100, 'shop has no MODIFY'), 'ARCHIVE_REFUSED', /no MODIFY/],
  ['a table that is gone', new ResponseError(0x2200, 'unconfigured table'), 'ARCHIVE_REFUSED', /unconfigured/],
];
for (const [what, error, code, reason] of cases) {
  test(`${what}: ${code}`, () => {
    const failure = archiveFailure(error);
    assert.ok(isStockstreamError(failure));
    assert.equal(failure.code, code);
    assert.match(String(failure.details.reason), reason);
    assert.doesNotMatch(failure.message, /\.\.$/);
    assert.equal(failure.cause, undefined);
  });
}

test('what is ours stays as it is, and so does a fault of the program', () => {
  for (const error of [new StockstreamError('ARCHIVE_UNAVAILABLE', { reason: 'r' }), new TypeError('x'), 'text']) {
    assert.equal(archiveFailure(error), error);
  }
});
