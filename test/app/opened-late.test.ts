// A port whose server comes late: calls fail until it is there, then all go to the one that was opened.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openedLate } from '../../app/opened-late.ts';

class Port {
  isClosed = false;
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
  async greet(whom: string): Promise<string> {
    return `${this.name} greets ${whom}`;
  }
  async close(): Promise<void> {
    this.isClosed = true;
  }
}

test('it is opened once, by the first call that can', async () => {
  const made: Port[] = [];
  let isAway = true;
  const port = openedLate(async () => {
    if (isAway) throw new Error('away');
    made.push(new Port(`port ${made.length}`));
    return made.at(-1)!;
  });
  await assert.rejects(port.greet('ann'), /away/);
  await assert.rejects(port.greet('ann'), /away/);
  isAway = false;
  const greetings = await Promise.all([port.greet('ann'), port.greet('bob')]);
  assert.deepEqual(greetings, ['port 0 greets ann', 'port 0 greets bob']);
  await port.close();
  assert.deepEqual(
    made.map(({ isClosed }) => isClosed),
    [true],
  );
});

test('what was never opened is closed without being opened', async () => {
  const port = openedLate<Port>(async () => {
    throw new Error('away');
  });
  await port.close();
  assert.equal(await Promise.resolve(port), port);
});
