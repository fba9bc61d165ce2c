// What was compiled once starts sooner next time, in every thread and process. Where it can't be written there is none.
// Tests begin with this file, too.
import module from 'node:module';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url));
// Old versions have none.
module.enableCompileCache?.(process.env.NODE_COMPILE_CACHE);
