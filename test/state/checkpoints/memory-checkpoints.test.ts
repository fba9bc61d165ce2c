// Checkpoints in memory, held to the suite of their port.
import { memoryCheckpoints } from '../../../state/checkpoints/memory/memory-checkpoints.ts';
import { checkpointsSuite } from '../../conformance/checkpoints.suite.ts';

checkpointsSuite('checkpoints in memory', async () => memoryCheckpoints());
