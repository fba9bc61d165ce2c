// Which server, and how safely it is spoken to: `smtp(s)://user:pass@host:port`. `smtps` is TLS from the first byte (port
// 465), `smtp` begins readable (port 587) and must go over to TLS before anything is said, unless the server is on this
// machine or the URL ends with `?tls=optional`. The certificate must be good wherever TLS has to be there.
import { StockstreamError } from '../../../base/errors.ts';

const submissions = 465;
const submission = 587;

/** The part of nodemailer's options. @throws CONFIG_INVALID */
export function readServer(url: string, ca: Buffer | string | undefined) {
  const { protocol, hostname, port, username, password, searchParams } = parse(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const secure = protocol === 'smtps:';
  const tls = searchParams.get('tls') ?? (isLoopback(host) && ca === undefined ? 'optional' : 'required');
  if (tls !== 'required' && tls !== 'optional') throw invalid(`tls is ${tls}; give required or optional`);
  const isRequired = secure || tls === 'required';
  return {
    host,
    port: Number(port) || (secure ? submissions : submission),
    secure,
    requireTLS: !secure && isRequired,
    // Where TLS may be left out, a bad certificate is no worse.
    tls: { rejectUnauthorized: isRequired, ...(ca !== undefined && { ca }) },
    ...(username !== '' && { auth: { user: decoded(username), pass: decoded(password) } }),
  };
}

/** Messages leave the URL out, for it holds a password. */
function parse(url: string): URL {
  const parsed = URL.parse(url);
  if (!parsed || !/^smtps?:$/.test(parsed.protocol) || parsed.hostname === '') {
    throw invalid('it is not a URL like smtp://user:pass@host:587');
  }
  return parsed;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalid('a % of the user or the password is written %25');
  }
}

function invalid(reason: string): StockstreamError {
  return new StockstreamError('CONFIG_INVALID', { problems: `  --smtp: ${reason}` });
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host);
}
