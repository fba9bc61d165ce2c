// An answer of S3 is nothing, a reason to try again, or a no that stays; of two that make a bucket at once none fails.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { StockstreamError } from '../../base/errors.ts';
import { ifFound, makeMissing, s3Failure } from '../../base/s3-answers.ts';

const answer = (httpStatusCode: number, message = 'UnknownError', name = 'Error') =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
const codes = { refused: 'IMAGES_REFUSED', unavailable: 'IMAGES_UNAVAILABLE' } as const;

test('only 404 means that there is nothing', async () => {
  assert.equal(await ifFound(Promise.resolve('x')), 'x');
  assert.equal(await ifFound(Promise.reject(answer(404))), undefined);
  for (const error of [answer(403), new Error('no answer')])
    await assert.rejects(ifFound(Promise.reject(error)), (thrown) => thrown === error);
});

describe('a bucket', () => {
  const missing = () => Promise.reject(answer(404));

  test('that is there is not made', async () => {
    await makeMissing(
      async () => ({}),
      () => assert.fail('it is there'),
    );
  });

  test('that is not there is made, by this one or another at the same moment', async () => {
    let made = 0;
    await makeMissing(missing, async () => made++);
    assert.equal(made, 1);
    await makeMissing(missing, () => Promise.reject(answer(409)));
  });

  test('that may not be looked for or made is an error', async () => {
    await assert.rejects(
      makeMissing(
        () => Promise.reject(answer(403)),
        () => assert.fail('not to be made'),
      ),
    );
    await assert.rejects(makeMissing(missing, () => Promise.reject(answer(403))));
  });
});

describe('a failure', () => {
  const codeOf = (error: unknown) => s3Failure(error, codes).code;

  test('stays if the server says no, and passes if it is slow, busy or away', () => {
    for (const status of [301, 400, 401, 403, 404, 411]) assert.equal(codeOf(answer(status)), 'IMAGES_REFUSED');
    for (const status of [408, 429, 500, 503]) assert.equal(codeOf(answer(status)), 'IMAGES_UNAVAILABLE');
    for (const error of [new Error('ECONNREFUSED'), undefined, 'text'])
      assert.equal(codeOf(error), 'IMAGES_UNAVAILABLE');
  });

  test('is told in the words that there are, once each, with its cause', () => {
    const cause = answer(403, 'Access Denied.', 'AccessDenied');
    const error = s3Failure(cause, codes);
    assert.match(error.message, /AccessDenied, Access Denied\., status 403/);
    assert.equal(error.cause, cause);
    assert.match(s3Failure(answer(403, 'Forbidden', 'Forbidden'), codes).message, /Forbidden, status 403/);
    assert.doesNotMatch(s3Failure(answer(403, 'Forbidden', 'Forbidden'), codes).message, /Forbidden, Forbidden/);
  });

  test('of ours goes through as it is', () => {
    const ours = new StockstreamError('CHECKPOINTS_REFUSED', { reason: 'closed' });
    assert.equal(s3Failure(ours, codes), ours);
  });
});
