// Faults on the way to others: ends of transactions that come late or twice, and the destination of the views, which
// times out after it has written, is away or slow, or loses what nobody asked it to make durable.
import { between } from '../dice.ts';
import { long, type Strike, type Striking, shortOrLong } from './strike.ts';

export const neighbourStrikes = {
  'delay ends of transactions': (at) => forAWhile(at, at.world.ends, 'areLate'),
  'repeat ends of transactions': (at) => forAWhile(at, at.world.ends, 'comeTwice'),
  'views time out after writing': (at) => forAWhile(at, at.world.destination, 'timesOut'),
  'views are away': (at) => forAWhile(at, at.world.destination, 'isAway'),
  'views are slow': (at) => {
    const { destination } = at.world;
    destination.slowness = between(at.random, 20, 200);
    at.world.after(long(at), () => {
      destination.slowness = 1;
    });
  },
} satisfies Record<string, Strike>;

function forAWhile<Name extends string>(at: Striking, flags: Record<Name, boolean>, name: Name): void {
  flags[name] = true;
  at.world.after(shortOrLong(at), () => {
    flags[name] = false;
  });
}
