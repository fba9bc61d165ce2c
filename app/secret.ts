// The secret that signs tokens: the configured one, or one made at the first start and kept in the data directory.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config-schema.ts';

export function tokenSecret({ jwtSecret, data }: Config): string {
  if (jwtSecret !== undefined) return jwtSecret;
  const file = join(data, 'token-secret');
  try {
    return readFileSync(file, 'utf8');
  } catch {
    mkdirSync(data, { recursive: true });
    const secret = randomBytes(32).toString('base64url');
    // Only this user may read it; an existing file is never overwritten.
    writeFileSync(file, secret, { mode: 0o600, flag: 'wx' });
    return secret;
  }
}
