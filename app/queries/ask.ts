// How a process asks another of its application: over HTTP, with a token of the secret that all of them share. It promises no
// answer: who asks decides what an absent one means.
import type { Config } from '../config-schema.ts';
import { tokenSecret } from '../secret.ts';
import { tokenIssuer } from '../tokens.ts';

/** Posts to `host:port`. @throws whatever comes between, a refusal included */
export type Ask = (endpoint: string, path: string, body: object, withinMs: number) => Promise<unknown>;

export function askerOf(config: Config): Ask {
  let issuer: ReturnType<typeof tokenIssuer> | undefined;
  return async (endpoint, path, body, withinMs) => {
    issuer ??= tokenIssuer(tokenSecret(config));
    const token = (await issuer)({ userId: 'state-query', role: 'operator', email: 'state-query@localhost' });
    const response = await fetch(`http://${endpoint}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(Math.ceil(withinMs)),
    });
    if (!response.ok) throw new Error(`${endpoint} answers ${response.status}: ${await response.text()}`);
    return await response.json();
  };
}
