// What every process of Stockstream has set before anything else is loaded. Tests and benchmarks begin with this file, too.
import module from 'node:module';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import v8 from 'node:v8';

// What was compiled once starts sooner next time, in every thread and process. Where it can't be written there is none.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url));
// Old versions have none.
module.enableCompileCache?.(process.env.NODE_COMPILE_CACHE);

// V8 learns where objects are made that live for long, and makes them among the old ones from then on. A batch outlives a look
// of the collector, so it learns that of nearly all that an order is made of; but it dies with its commit, and then there is
// ten times as much to mark, on memory that is given back late. docs/performance.md has what that costs.
v8.setFlagsFromString('--no-allocation-site-pretenuring');
