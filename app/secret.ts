// Secrets that nobody configured: made at the first start and kept in the data directory.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config-schema.ts';

/** Signs tokens. */
export function tokenSecret(config: Config): string {
  return config.jwtSecret ?? keptSecret(config, 'token-secret');
}

/** 32 random bytes in base64, the same at every start. */
export function keptSecret({ data }: Config, name: 'token-secret' | 'payment-webhook-secret'): string {
  const file = join(data, name);
  try {
    return readFileSync(file, 'utf8');
  } catch {
    mkdirSync(data, { recursive: true });
    const secret = randomBytes(32).toString('base64');
    // Only this user may read it; an existing file is never overwritten.
    writeFileSync(file, secret, { mode: 0o600, flag: 'wx' });
    return secret;
  }
}
