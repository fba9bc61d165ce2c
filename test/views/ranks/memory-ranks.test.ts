// The ranks in memory, held to the suite of their port.
import { memoryRanks } from '../../../views/ranks/memory/memory-ranks.ts';
import { ranksSuite } from '../../conformance/ranks.suite.ts';

ranksSuite('ranks in memory', async (options) => memoryRanks(options));
