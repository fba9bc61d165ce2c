// The picture of a profile: boxes as wide as their share, without the time in which nothing ran.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flameGraph } from '../../bench/flame-graph.ts';

const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 4 });

test('a box a function, as wide as its share, with callers above what they called', () => {
  const svg = flameGraph({
    nodes: [
      { id: 1, callFrame: frame('(root)'), children: [2, 3, 5] },
      { id: 2, callFrame: frame('decide<Order>', 'file:///shop/streams/batch.ts'), children: [4] },
      { id: 3, callFrame: frame('(idle)') },
      { id: 4, callFrame: frame('encode', 'file:///shop/schemas/avro.ts') },
      { id: 5, callFrame: frame('(garbage collector)') },
    ],
    samples: [2, 3, 4, 5],
    timeDeltas: [1_000, 96_000, 2_000, 1_000],
  });
  assert.doesNotMatch(svg, /idle/);
  assert.match(svg, /<title>decide&lt;Order&gt; streams\/batch\.ts:5: 3\.0 ms, 75\.0 %<\/title>/);
  const places = [...svg.matchAll(/<title>(\S+).*?x="(\S+)" y="(\S+)" width="(\S+)"/g)].map((found) => found.slice(1));
  assert.deepEqual(places, [
    ['(root):', '0.0', '0', '1800.0'],
    ['decide&lt;Order&gt;', '0.0', '17', '1350.0'],
    ['encode', '0.0', '34', '900.0'],
    ['(garbage', '1350.0', '17', '450.0'],
  ]);
});
