// What every adapter of the archive port must do. Registers its tests when called; an adapter gives places to open.
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import fc from 'fast-check';
import { isStockstreamError } from '../../base/errors.ts';
import type { Archive, ArchiveQuery } from '../../views/archive/archive.ts';
import type { JsonObject, StoredDocument } from '../../views/documents/documents.ts';

/** Where an archive is kept: opened any number of times, each time with all that was put. */
export interface ArchivePlace {
  open(): Promise<Archive>;
  remove(): Promise<void>;
}

export function archiveSuite(name: string, makePlace: () => ArchivePlace, { runs = 60 } = {}): void {
  const open = async (t: TestContext) => {
    const place = makePlace();
    const archive = await place.open();
    t.after(async () => {
      await archive.close();
      await place.remove();
    });
    return archive;
  };
  describe(`${name}: orders`, () => orders(open));
  describe(`${name}: lists`, () => lists(open));
  describe(`${name}: life`, () => life(open, makePlace));
  it(`${name}: any puts and erasures leave the newest states, and pages are the sorted list`, async (t) => {
    await holdsTheNewest(await open(t), runs);
  });
}

type Open = (t: TestContext) => Promise<Archive>;

const day = 86_400_000;
const november = Date.UTC(2026, 10, 21, 12);

function order(id: string, position: number, fields: JsonObject = {}): StoredDocument {
  const content = { orderId: id, customerId: 'carl', placedAt: november, status: 'delivered', sellers: ['ann'] };
  return { id, position, fields: { ...content, ...fields } };
}

async function idsOf(archive: Archive, query: Partial<ArchiveQuery>): Promise<string[]> {
  const { orders: found } = await archive.list({ limit: 100, ...query });
  return found.map(({ id }) => id);
}

function orders(open: Open): void {
  it('keeps an order as it is, and finds it by id', async (t) => {
    const archive = await open(t);
    const whole = order('o1~lamp', 7, {
      text: 'Zoë “x” \'y\' "z" \\ \n 漢字 🛒 $%.',
      nested: { 'a.b': [1.5, null, true, { $c: [[]] }] },
      history: [{ sequence: 1, type: 'OrderCreated', at: 1 }],
      large: 'x'.repeat(1 << 16),
    });
    await archive.put([whole, order('o2~lamp', 0)]);
    assert.deepEqual(await archive.find(['o2~lamp', 'never', 'o1~lamp']), [order('o2~lamp', 0), undefined, whole]);
  });

  it('takes a newer state, leaves an older one and the same one', async (t) => {
    const archive = await open(t);
    const newer = order('o1', 6, { status: 'refunded' });
    await archive.put([order('o1', 5), order('o1', 3, { status: 'old' })]);
    await archive.put([newer]);
    await archive.put([order('o1', 5), order('o1', 6, { status: 'refunded' })]);
    assert.deepEqual(await archive.find(['o1']), [newer]);
    assert.deepEqual(await idsOf(archive, { status: 'refunded' }), ['o1']);
    for (const status of ['delivered', 'old']) assert.deepEqual(await idsOf(archive, { status }), []);
    await archive.put([order('o1', 2 ** 40)]);
    assert.deepEqual(await idsOf(archive, { status: 'delivered' }), ['o1']);
    assert.deepEqual(await idsOf(archive, { status: 'refunded' }), []);
    assert.deepEqual(await archive.find(['o1']), [order('o1', 2 ** 40)]);
  });

  it('forgets what was erased, and takes it no more', async (t) => {
    const archive = await open(t);
    await archive.put([order('o1', 5), order('o2', 6)]);
    await archive.erase('o1');
    await archive.erase('o3');
    await archive.put([order('o1', 9), order('o3', 9)]);
    assert.deepEqual(await archive.find(['o1', 'o2', 'o3']), ['erased', order('o2', 6), 'erased']);
    for (const query of [{ customerId: 'carl' }, { sellerId: 'ann' }, { status: 'delivered' }, {}]) {
      assert.deepEqual(await idsOf(archive, query), ['o2']);
    }
    await archive.erase('o1');
  });

  it('refuses what is no whole order', async (t) => {
    const archive = await open(t);
    for (const field of ['customerId', 'placedAt', 'status']) {
      const half = order('o1', 1, { [field]: null });
      await assert.rejects(archive.put([half]), /lacks its/, field);
    }
    assert.deepEqual(await archive.find(['o1']), [undefined]);
    await assert.rejects(archive.list({ limit: 0 }), /1 to 1,000/);
  });

  it('takes many at once', async (t) => {
    const archive = await open(t);
    const many = Array.from({ length: 400 }, (_, index) => order(`o${index}`, index, { placedAt: november + index }));
    await archive.put(many);
    await archive.put(many);
    await archive.put([]);
    assert.equal((await archive.find(many.map(({ id }) => id))).filter(Boolean).length, 400);
    const { orders: found, hasMore } = await archive.list({ customerId: 'carl', limit: 150 });
    assert.deepEqual([found.length, found[0]?.id, hasMore], [150, 'o399', true]);
  });
}

function lists(open: Open): void {
  const filled = async (t: TestContext) => {
    const archive = await open(t);
    await archive.put([
      order('o1', 1, { placedAt: november - 400 * day, sellers: ['ann', 'bob'] }),
      order('o2', 2, { placedAt: november - 40 * day, status: 'cancelled' }),
      order('o3', 3, { placedAt: november, customerId: 'dora', sellers: ['bob'] }),
      order('o4', 4, { placedAt: november, sellers: ['bob', 'ann', 'bob'] }),
      order('o5', 5, { placedAt: november + 1, status: 'rejected', sellers: [] }),
    ]);
    return archive;
  };

  it('gives the newest first, a tie by id', async (t) => {
    assert.deepEqual(await idsOf(await filled(t), {}), ['o5', 'o4', 'o3', 'o2', 'o1']);
  });

  it('filters by customer, status, seller and time, and by all together', async (t) => {
    const archive = await filled(t);
    const cases: [Partial<ArchiveQuery>, string[]][] = [
      [{ customerId: 'carl' }, ['o5', 'o4', 'o2', 'o1']],
      [{ customerId: 'nobody' }, []],
      [{ status: 'delivered' }, ['o4', 'o3', 'o1']],
      [{ sellerId: 'bob' }, ['o4', 'o3', 'o1']],
      [{ sellerId: 'ann', status: 'cancelled' }, ['o2']],
      [{ customerId: 'carl', sellerId: 'bob' }, ['o4', 'o1']],
      [{ customerId: 'carl', status: 'delivered', sellerId: 'ann' }, ['o4', 'o1']],
      [{ from: november }, ['o5', 'o4', 'o3']],
      [{ to: november }, ['o2', 'o1']],
      [{ from: november, to: november + 1 }, ['o4', 'o3']],
      [{ from: november + 1, to: november }, []],
      [{ customerId: 'carl', from: november - 40 * day, to: november + 1 }, ['o4', 'o2']],
      [{ sellerId: 'bob', to: november - 40 * day }, ['o1']],
      [{ status: 'delivered', from: november - 40 * day }, ['o4', 'o3']],
    ];
    for (const [query, expected] of cases)
      assert.deepEqual(await idsOf(archive, query), expected, JSON.stringify(query));
  });

  it('goes on after any place, whether an order is there or not', async (t) => {
    const archive = await filled(t);
    const after = (placedAt: number, orderId: string) => idsOf(archive, { after: { placedAt, orderId } });
    assert.deepEqual(await after(november, 'o4'), ['o3', 'o2', 'o1']);
    assert.deepEqual(await after(november, 'o3x'), ['o3', 'o2', 'o1']);
    assert.deepEqual(await after(november - 1, 'zzz'), ['o2', 'o1']);
    assert.deepEqual(await after(november - 400 * day, 'o1'), []);
  });

  it('says whether more follow', async (t) => {
    const archive = await filled(t);
    for (const [limit, hasMore] of [
      [4, true],
      [5, false],
    ] as const) {
      const page = await archive.list({ limit });
      assert.deepEqual([page.orders.length, page.hasMore], [limit, hasMore]);
    }
  });
}

function life(open: Open, makePlace: () => ArchivePlace): void {
  it('keeps orders over closing, for all who open it', async (t) => {
    const place = makePlace();
    t.after(() => place.remove());
    const [first, second] = [await place.open(), await place.open()];
    await first.put([order('o1', 1)]);
    assert.deepEqual(await idsOf(second, { customerId: 'carl' }), ['o1']);
    await first.close();
    await second.put([order('o1', 2, { status: 'refunded' })]);
    await second.close();
    const again = await place.open();
    assert.deepEqual(await again.find(['o1']), [order('o1', 2, { status: 'refunded' })]);
    await again.close();
  });

  it('answers a ping until it is closed, and nothing after', async (t) => {
    const archive = await open(t);
    await archive.ping();
    await archive.close();
    await archive.close();
    const unavailable = (error: unknown) => isStockstreamError(error, 'ARCHIVE_UNAVAILABLE');
    await assert.rejects(archive.ping(), unavailable);
    await assert.rejects(archive.find(['o1']), unavailable);
    await assert.rejects(archive.put([order('o1', 1)]), unavailable);
    await assert.rejects(archive.list({ limit: 1 }), unavailable);
  });
}

const anyMonth = fc.constantFrom(0, 1, 40, 400);
const anyOrder = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  status: fc.constantFrom('delivered', 'refunded', 'cancelled'),
  erase: fc.nat(12).map((dice) => dice === 0),
});
/** What never changes about an order. */
const anyBirth = fc.record({
  customerId: fc.constantFrom('carl', 'dora'),
  placedAt: fc.tuple(anyMonth, fc.nat(2)).map(([days, more]) => november - days * day + more),
  sellers: fc.subarray(['ann', 'bob', 'eve']),
});
const anyQuery = fc.record(
  {
    customerId: fc.constantFrom('carl', 'dora'),
    sellerId: fc.constantFrom('ann', 'bob'),
    status: fc.constantFrom('delivered', 'refunded', 'cancelled'),
    from: anyMonth.map((days) => november - days * day),
    to: anyMonth.map((days) => november - days * day + 1),
  },
  { requiredKeys: [] },
);

/** Puts come in any order and again and again, as movers that die and workers that take turns send them. */
async function holdsTheNewest(archive: Archive, numRuns: number): Promise<void> {
  let run = 0;
  const example = fc.record({
    births: fc.array(anyBirth, { minLength: 5, maxLength: 5 }),
    steps: fc.array(anyOrder, { maxLength: 12 }),
    turns: fc.array(fc.nat(), { minLength: 24, maxLength: 24 }),
    queries: fc.array(anyQuery, { minLength: 1, maxLength: 3 }),
    limit: fc.integer({ min: 1, max: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(example, async ({ births, steps, turns, queries, limit }) => {
      // One archive for all runs: each has customers and sellers of its own.
      const own = (name: string) => `${name}-${run}`;
      run++;
      const states = steps.map(({ id, status, erase }, position) => {
        const { customerId, placedAt, sellers } = births['abcde'.indexOf(id)]!;
        const fields = { customerId: own(customerId), placedAt, status: own(status), sellers: sellers.map(own) };
        return { state: order(own(id), position, fields), erase };
      });
      const model = new Map<string, StoredDocument | 'erased'>();
      const apply = async ({ state, erase }: (typeof states)[number]) => {
        const known = model.get(state.id);
        if (erase) await archive.erase(state.id);
        else await archive.put([state]);
        if (erase) model.set(state.id, 'erased');
        else if (known !== 'erased' && (known?.position ?? -1) < state.position) model.set(state.id, state);
      };
      if (states.length > 0) for (const turn of turns) await apply(states[turn % states.length]!);
      const ids = [...'abcde'].map(own);
      assert.deepEqual(
        await archive.find(ids),
        ids.map((id) => model.get(id)),
      );
      const kept = [...model.values()].filter((each) => each !== 'erased');
      for (const { customerId = 'carl', sellerId, status, from, to } of queries) {
        const query = {
          customerId: own(customerId),
          ...(sellerId && { sellerId: own(sellerId) }),
          ...(status && { status: own(status) }),
          from,
          to,
        };
        // Also as an operator asks, where the narrowest name is a seller or a status.
        const { customerId: _, ...operators } = query;
        for (const each of sellerId || status ? [query, operators] : [query]) {
          assert.deepEqual(await allPages(archive, each, limit), expectedOf(kept, each));
        }
      }
    }),
    { numRuns },
  );
}

async function allPages(archive: Archive, query: Omit<ArchiveQuery, 'limit'>, limit: number): Promise<string[]> {
  const ids: string[] = [];
  let after: ArchiveQuery['after'];
  for (;;) {
    const { orders: page, hasMore } = await archive.list({ ...query, limit, after });
    assert.ok(page.length === limit || !hasMore, 'a short page has no next one');
    ids.push(...page.map(({ id }) => id));
    assert.ok(ids.length < 50, 'pages come to an end');
    const last = page.at(-1);
    if (!hasMore || last === undefined) return ids;
    after = { placedAt: Number(last.fields.placedAt), orderId: last.id };
  }
}

function expectedOf(kept: readonly StoredDocument[], query: Omit<ArchiveQuery, 'limit'>): string[] {
  const { customerId, sellerId, status, from = 0, to = Infinity } = query;
  return kept
    .filter(({ fields }) => {
      const placedAt = Number(fields.placedAt);
      return (
        (customerId === undefined || fields.customerId === customerId) &&
        (sellerId === undefined || (fields.sellers as readonly string[]).includes(sellerId)) &&
        (status === undefined || fields.status === status) &&
        placedAt >= from &&
        placedAt < to
      );
    })
    .sort((a, b) => Number(b.fields.placedAt) - Number(a.fields.placedAt) || (a.id < b.id ? 1 : -1))
    .map(({ id }) => id);
}
