// The in-memory store under the store suite.
import { MemoryDisk, memoryStore } from '../../state/memory/memory-store.ts';
import { storeSuite } from '../conformance/store.suite.ts';

storeSuite('memory store', () => {
  const disk = new MemoryDisk();
  return { open: async () => memoryStore(disk), remove: async () => {} };
});
