// The registry that is a directory.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileRegistry } from '../../schemas/file-registry.ts';
import { registrySuite } from '../conformance/registry.suite.ts';

registrySuite('files', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'stockstream-schemas-'));
  return { registry: fileRegistry(directory), close: () => rm(directory, { recursive: true }) };
});
