import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of the lab's own certificate authority, the API server's certificate and the service-account key. */
export interface Certificates {
  ca: string;
  serverCertificate: string;
  serverKey: string;
  serviceAccountKey: string;
  caPem: string;
}

function openssl(cwd: string, ...args: string[]): void {
  const result = spawnSync('openssl', args, { cwd, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`openssl ${args[0]}: ${result.stderr}`);
}

/** Makes fresh certificates, valid for a month, for one lab. */
export function createCertificates(folder: string): Certificates {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const days = ['-days', '30'];
  openssl(
    folder,
    'req',
    '-x509',
    ...key,
    ...days,
    '-subj',
    '/CN=lab-ca',
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
  );
  openssl(
    folder,
    'req',
    ...key,
    '-subj',
    '/CN=kube-apiserver',
    '-keyout',
    'server.key',
    '-out',
    'server.csr',
  );
  const names = 'DNS:localhost,DNS:kubernetes.default.svc,IP:127.0.0.1,IP:10.88.0.1,IP:10.96.0.1';
  writeFileSync(join(folder, 'server.ext'), `subjectAltName=${names}\nextendedKeyUsage=serverAuth\n`);
  const authority = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial'];
  openssl(
    folder,
    'x509',
    '-req',
    '-in',
    'server.csr',
    ...authority,
    ...days,
    '-extfile',
    'server.ext',
    '-out',
    'server.crt',
  );
  openssl(
    folder,
    'genpkey',
    '-algorithm',
    'RSA',
    '-pkeyopt',
    'rsa_keygen_bits:2048',
    '-out',
    'service-account.key',
  );
  return {
    ca: join(folder, 'ca.crt'),
    serverCertificate: join(folder, 'server.crt'),
    serverKey: join(folder, 'server.key'),
    serviceAccountKey: join(folder, 'service-account.key'),
    caPem: readFileSync(join(folder, 'ca.crt'), 'utf8'),
  };
}
