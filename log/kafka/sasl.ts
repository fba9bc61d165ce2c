// Authentication as the connection wants it. A broker may end a session after some time; the library would log in again
// on the running connection, between requests that are in flight, which brokers refuse. So the session's end is told to
// the link, which opens a new connection in time.
import {
  AuthenticationError,
  type Connection,
  type SASLOptions as ConnectionSasl,
  type SASLCustomAuthenticator,
  saslOAuthBearer,
  saslPlain,
  saslScramSha,
} from '@platformatic/kafka';
import type { Sasl } from './options.ts';

type AuthenticateApi = Parameters<SASLCustomAuthenticator>[2];
type AuthenticateResponse = Awaited<ReturnType<AuthenticateApi['async']>>;

/** `onSession` is told how long the session lasts, in milliseconds; not called if it has no end. */
export function connectionSasl(sasl: Sasl, onSession: (milliseconds: number) => void): ConnectionSasl {
  const { mechanism } = sasl;
  return {
    mechanism,
    authenticate: (...[, connection, api, , , , callback]) => {
      const onSuccess = (response: AuthenticateResponse) => {
        if (response.sessionLifetimeMs > 0n) onSession(Number(response.sessionLifetimeMs));
        callback(null, { ...response, sessionLifetimeMs: 0n });
      };
      logIn(sasl, connection, api).then(onSuccess, callback);
    },
  };
}

async function logIn(sasl: Sasl, connection: Connection, api: AuthenticateApi): Promise<AuthenticateResponse> {
  if (sasl.mechanism === 'OAUTHBEARER') {
    const response = await saslOAuthBearer.authenticate(api, connection, sasl.token, {});
    // What the broker has against the token comes as a success that says more: RFC 7628, 3.2.2.
    if (response.authBytes?.length > 0) throw new AuthenticationError(`the token is refused: ${response.authBytes}`);
    return response;
  }
  const { mechanism, username, password } = sasl;
  if (mechanism === 'PLAIN') return saslPlain.authenticate(api, connection, username, password);
  const algorithm = mechanism === 'SCRAM-SHA-256' ? 'SHA-256' : 'SHA-512';
  return saslScramSha.authenticate(api, connection, algorithm, username, password);
}
