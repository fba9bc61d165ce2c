// Certificates for a Kafka of the test's own: an authority, the broker's and a client's, made by openssl, for a day.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** PEM. The broker's stands for `localhost` alone, and lies with its key in `broker.pem`, the authority's in `ca.crt`. */
export function makeCertificates(directory: string) {
  const file = (name: string) => join(directory, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const newKey = (name: string) => ['-newkey', 'rsa:2048', '-nodes', '-keyout', file(`${name}.key`)];
  const authority = (name: string) => {
    openssl('req', '-x509', ...newKey(name), '-days', '1', '-subj', `/CN=${name}`, '-out', file(`${name}.crt`));
  };
  const signed = (name: string, extension: string) => {
    openssl('req', '-new', ...newKey(name), '-subj', `/CN=${name}`, '-out', file(`${name}.csr`));
    writeFileSync(file(`${name}.ext`), extension);
    const by = ['-CA', file('ca.crt'), '-CAkey', file('ca.key'), '-CAcreateserial'];
    const as = ['-days', '1', '-extfile', file(`${name}.ext`), '-out', file(`${name}.crt`)];
    openssl('x509', '-req', '-in', file(`${name}.csr`), ...by, ...as);
  };
  const read = (name: string) => readFileSync(file(name), 'utf8');
  authority('ca');
  authority('other-ca');
  signed('broker', 'subjectAltName=DNS:localhost');
  signed('client', 'extendedKeyUsage=clientAuth');
  writeFileSync(file('broker.pem'), `${read('broker.key')}${read('broker.crt')}${read('ca.crt')}`);
  return {
    ca: read('ca.crt'),
    otherCa: read('other-ca.crt'),
    client: { cert: read('client.crt'), key: read('client.key') },
  };
}
