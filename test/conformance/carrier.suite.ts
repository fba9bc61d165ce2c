// What every adapter of the carrier port must do. The other side stands still unless a test moves it; no test waits.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Carrier, ShipmentRequest } from '../../effects/shipping/carrier.ts';
import { requestOf } from '../effects/shipping/parcels.ts';

/** A carrier and what happened at its other side. */
export interface OpenCarrier {
  readonly carrier: Carrier;
  /** The request ids that were carried out, in order, each once. */
  carriedOut(): Promise<readonly string[]>;
  /** Closes the carrier and what is behind it. */
  close(): Promise<void>;
}

export function carrierSuite(name: string, open: () => Promise<OpenCarrier>): void {
  describe(`${name} as carrier`, () => {
    let opened: OpenCarrier;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());
    const { signal } = new AbortController();
    const send = (parcel: ShipmentRequest) => opened.carrier.send(parcel, signal);

    test('takes a parcel and names it', async () => {
      const { trackingCode } = await send(requestOf('w1'));
      assert.match(trackingCode, /^[\x21-\x7e]{4,100}$/);
      assert.deepEqual(await opened.carriedOut(), [requestOf('w1').requestId]);
    });

    test('asked again, gives the same answer and does nothing more', async () => {
      const first = await send(requestOf('w1'));
      assert.deepEqual(await send(requestOf('w1')), first);
      assert.deepEqual(await send({ ...requestOf('w1'), at: 1 }), first);
      assert.deepEqual(await opened.carriedOut(), [requestOf('w1').requestId]);
    });

    test('asked by several at a time, does it once', async () => {
      const answers = await Promise.all(Array.from({ length: 5 }, () => send(requestOf('w1'))));
      assert.equal(new Set(answers.map(({ trackingCode }) => trackingCode)).size, 1);
      assert.deepEqual(await opened.carriedOut(), [requestOf('w1').requestId]);
    });

    test('keeps parcels apart', async () => {
      const one = await send(requestOf('w1'));
      const other = await send(requestOf('w2'));
      assert.notEqual(one.trackingCode, other.trackingCode);
    });

    test('brings a parcel back, also one that it did not bring', async () => {
      await send(requestOf('w1'));
      for (const warehouse of ['w1', 'w2']) {
        const request = requestOf(warehouse, 'FetchParcel');
        const { trackingCode } = await opened.carrier.fetch(request, signal);
        assert.ok(trackingCode);
        assert.deepEqual(await opened.carrier.fetch(request, signal), { trackingCode });
      }
      const expected = [requestOf('w1'), requestOf('w1', 'FetchParcel'), requestOf('w2', 'FetchParcel')];
      assert.deepEqual(
        await opened.carriedOut(),
        expected.map(({ requestId }) => requestId),
      );
    });

    test('is closed twice as well as once', async () => {
      await opened.carrier.close();
      await opened.carrier.close();
    });
  });
}
