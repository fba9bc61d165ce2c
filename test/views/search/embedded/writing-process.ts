// A process that writes listings without end, joins the index now and then, and tells what is applied, to be killed at
// any moment: `node writing-process.ts FILE FROM`. Listing n is written at position n and again, changed, at a later one.
import { Engine } from '../../../../views/search/embedded/engine.ts';
import { writesFrom } from './endless-writes.ts';

const [file = '', from = '0'] = process.argv.slice(2);
const engine = new Engine(file);
engine.load();
for (let position = Number(from); ; position += 20) {
  engine.apply(writesFrom(position, 20));
  process.stdout.write(`${position + 20}\n`);
  if (position % 200 === 0) await engine.joinInSteps();
}
