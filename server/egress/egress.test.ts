import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fetch } from 'undici';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addressRefusal } from './address-rules.ts';
import { createEgressDispatcher, type Resolve } from './dispatcher.ts';
import { EgressError, egressErrorOf } from './egress-error.ts';
import { createEgressClient } from './request.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
let handler: Handler = (_request, response) => void response.end('ok');
let connections = 0;
let server: Server;
let port = 0;

beforeAll(async () => {
  server = createServer((request, response) => handler(request, response));
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  connections = 0;
  handler = (_request, response) => void response.end('ok');
});

function client(egressClass: 'registered' | 'user', resolve?: Resolve) {
  const rules = { egressClass, schemes: ['https', 'http'] as const, ports: [port] };
  return createEgressClient(resolve === undefined ? rules : { ...rules, resolve });
}

async function reasonOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return error instanceof EgressError ? error.reason : `not an EgressError: ${String(error)}`;
}

const limits = { timeoutMs: 2_000, maxBytes: 10_000 };

describe('URLs given by users', () => {
  const corpus = [
    'http://127.0.0.1:PORT/',
    'http://127.1:PORT/',
    'http://0x7f.1:PORT/',
    'http://0x7f000001:PORT/',
    'http://0177.0.0.1:PORT/',
    'http://2130706433:PORT/',
    'http://[::1]:PORT/',
    'http://[::]:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
    'http://[::ffff:7f00:1]:PORT/',
    'http://[64:ff9b::7f00:1]:PORT/',
    'http://[2002:7f00:1::]:PORT/',
    'http://0.0.0.0:PORT/',
    'http://169.254.169.254:PORT/latest/meta-data/',
    'http://[fd00:ec2::254]:PORT/',
    'http://100.100.100.200:PORT/',
    'http://10.0.0.1:PORT/',
    'http://192.168.0.1:PORT/',
    'http://100.64.0.1:PORT/',
    'http://localhost:PORT/',
    'http://localhost.:PORT/',
    'http://LOCALHOST:PORT/',
    'http://127。0。0。1:PORT/',
    'http://①②⑦.0.0.1:PORT/',
    'http://[fe80::1%25eth0]:PORT/',
    'http://public.example@127.0.0.1:PORT/',
    'http://127.0.0.1:PORT#@public.example/',
    'http://127.0.0.1:PORT\\@public.example/',
    'http://user:secret@public.example:PORT/',
    'http://kubernetes.default.svc:PORT/',
    'http://metadata.google.internal:PORT/',
    'http://mixed.example:PORT/',
    'http://public.example:1/',
    'file:///etc/passwd',
    'gopher://127.0.0.1:PORT/_GET',
    'ftp://127.0.0.1:PORT/',
    'unix:/var/run/docker.sock',
    'http://',
    '//127.0.0.1:PORT/',
  ];
  const names: Readonly<Record<string, string[]>> = {
    'kubernetes.default.svc': ['10.96.0.1'],
    'metadata.google.internal': ['169.254.169.254'],
    'mixed.example': ['93.184.216.34', '127.0.0.1'],
    localhost: ['127.0.0.1', '::1'],
    'localhost.': ['127.0.0.1'],
  };
  const resolve: Resolve = async (hostname) =>
    (names[hostname] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

  test.each(corpus)('that lead inside are refused before any connection: %s', async (template) => {
    const egress = client('user', resolve);
    const url = template.replace('PORT', String(port));
    const reason = await reasonOf(egress.send({ url, ...limits }));
    expect(['badUrl', 'schemeRefused', 'portRefused', 'addressRefused', 'nameUnknown']).toContain(reason);
    expect(connections).toBe(0);
    await egress.close();
  });

  test('are https on port 443 unless an admin says otherwise', async () => {
    const egress = createEgressClient({ egressClass: 'user', schemes: ['https'] });
    expect(await reasonOf(egress.send({ url: 'http://public.example/', ...limits }))).toBe('schemeRefused');
    expect(await reasonOf(egress.send({ url: 'https://public.example:8443/', ...limits }))).toBe(
      'portRefused',
    );
    await egress.close();
  });
});

describe('registered endpoints', () => {
  test('may be private or loopback, never link-local, metadata or unset', () => {
    for (const address of ['127.0.0.1', '::1', '10.96.0.1', '192.168.1.1', 'fd12::1', '8.8.8.8'])
      expect(addressRefusal(address, 'registered')).toBeNull();
    for (const address of [
      '169.254.169.254',
      '::ffff:169.254.169.254',
      'fe80::1',
      'fd00:ec2::254',
      '100.100.100.200',
      '0.0.0.0',
      '::',
      '224.0.0.1',
      '255.255.255.255',
      '64:ff9b::a9fe:a9fe',
      'fe80::1%eth0',
      'localhost',
    ])
      expect(addressRefusal(address, 'registered')).not.toBeNull();
  });

  test('are resolved once per connection, and the checked address is the one connected to', async () => {
    let lookups = 0;
    const answers = ['127.0.0.1', '169.254.169.254'];
    const egress = client('registered', async () => {
      const address = answers[lookups] ?? '169.254.169.254';
      lookups += 1;
      return [{ address, family: 4 }];
    });
    handler = (request, response) => void response.end(request.headers.host);
    const url = `http://flips.example:${port}/`;
    expect((await egress.send({ url, ...limits })).text).toBe(`flips.example:${port}`);
    expect(lookups).toBe(1);
    server.closeAllConnections();
    expect(await reasonOf(egress.send({ url, ...limits }))).toBe('addressRefused');
    expect(connections).toBe(1);
    await egress.close();
  });

  test('cannot send us elsewhere: a redirect ends the request, under fetch too', async () => {
    handler = (_request, response) =>
      void response.writeHead(302, { location: `http://127.0.0.1:${port}/secret` }).end();
    const egress = client('registered');
    expect(await reasonOf(egress.send({ url: `http://127.0.0.1:${port}/`, ...limits }))).toBe('redirect');
    await egress.close();
    const dispatcher = createEgressDispatcher({
      egressClass: 'registered',
      schemes: ['http'],
      maxResponseBytes: 1_000,
    });
    const thrown: unknown = await fetch(`http://127.0.0.1:${port}/`, { dispatcher }).catch(
      (error: unknown) => error,
    );
    expect(egressErrorOf(thrown, 'x').reason).toBe('redirect');
    await dispatcher.destroy();
  });

  test('get requests only at the one origin that a dispatcher is bound to', async () => {
    const dispatcher = createEgressDispatcher({
      egressClass: 'registered',
      schemes: ['http'],
      origin: 'http://127.0.0.1:1/',
      maxResponseBytes: 1_000,
    });
    const thrown: unknown = await fetch(`http://127.0.0.1:${port}/`, { dispatcher }).catch(
      (error: unknown) => error,
    );
    expect(egressErrorOf(thrown, 'x').reason).toBe('originRefused');
    expect(connections).toBe(0);
    await dispatcher.destroy();
  });

  test('cannot flood us: an answer over the cap, endless or packed, ends with tooLarge or stays packed', async () => {
    const egress = client('registered');
    handler = (_request, response) => {
      const write = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', write);
      write();
    };
    const url = `http://127.0.0.1:${port}/`;
    expect(await reasonOf(egress.send({ url, ...limits }))).toBe('tooLarge');
    handler = (request, response) => {
      expect(request.headers['accept-encoding']).toBe('identity');
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('not unpacked');
    };
    expect((await egress.send({ url, ...limits })).text).toBe('not unpacked');
    await egress.close();
  });

  test('cannot hold us: silence and trickling bytes end at the time cap', async () => {
    const egress = client('registered');
    const url = `http://127.0.0.1:${port}/`;
    handler = () => undefined;
    expect(await reasonOf(egress.send({ url, maxBytes: 100, timeoutMs: 100 }))).toBe('timeout');
    handler = (_request, response) => void response.write('a');
    expect(await reasonOf(egress.send({ url, maxBytes: 100, timeoutMs: 100 }))).toBe('timeout');
    await egress.close();
  });

  test('that are not there are told apart: refused, unknown name, no TLS', async () => {
    const egress = createEgressClient({
      egressClass: 'registered',
      schemes: ['https', 'http'],
      ports: [1, port],
      resolve: async () => {
        throw Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
      },
    });
    expect(await reasonOf(egress.send({ url: 'http://127.0.0.1:1/', ...limits }))).toBe('unreachable');
    expect(await reasonOf(egress.send({ url: `http://nobody.example:${port}/`, ...limits }))).toBe(
      'nameUnknown',
    );
    expect(await reasonOf(egress.send({ url: `https://127.0.0.1:${port}/`, ...limits }))).toBe('tls');
    await egress.close();
  });
});
