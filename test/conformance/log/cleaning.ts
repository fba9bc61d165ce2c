// Retention and compaction, for logs that can do them on command.
import assert from 'node:assert/strict';
import { RecordBatchBuilder } from '../../../log/record-batch-builder.ts';
import { type LogKit, numbers } from './kit.ts';

export function cleaning(kit: LogKit): void {
  const { clean, clock } = kit.features;
  if (clean === undefined) return;

  kit.test('forgets records that are older than the topic keeps them', async () => {
    const topic = await kit.topic(1, { retentionMs: 60_000 });
    for (const value of numbers(3)) await kit.producer.append(topic, 0, kit.batchAt(clock.now() - 600_000, value));
    const end = await kit.offset(topic, 'latest');
    await clean(topic);
    await kit.until('old records are gone', async () => (await kit.offset(topic, 'earliest')) === end);
    await kit.append(topic, 'new');
    await clean(topic);
    const [record] = await kit.reader(topic, 1, await kit.offset(topic, 'earliest')).next(1);
    assert.equal(String(record?.value), 'new');
  });

  kit.test('keeps the last value of each key, at its offset', async () => {
    const topic = await kit.topic(1, { cleanup: 'compact' });
    const written = new Map<string, { offset: number; value: string }>();
    for (const round of numbers(6)) {
      const builder = new RecordBatchBuilder();
      const keys = numbers(10).filter((key) => key !== round);
      for (const key of keys) builder.append(clock.now(), `key ${key}`, Buffer.from(`${key}/${round}`));
      const base = await kit.producer.append(topic, 0, builder);
      for (const [index, key] of keys.entries()) {
        written.set(`key ${key}`, { offset: base + index, value: `${key}/${round}` });
      }
    }
    await kit.append(topic, 'last batch');
    const end = await kit.offset(topic, 'latest');
    const read = () => kit.reader(topic).rest();
    await clean(topic);
    await kit.until('older values are gone', async () => (await read()).length <= 20);
    const latest = new Map<string, { offset: number; value: string }>();
    for (const { key, value, offset } of await read()) latest.set(String(key), { offset, value: String(value) });
    latest.delete('last batch');
    assert.deepEqual(new Map([...latest].sort()), new Map([...written].sort()));
    assert.equal(await kit.offset(topic, 'latest'), end);
  });
}
