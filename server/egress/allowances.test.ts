import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allowanceRefusal } from './allowances.ts';
import { type Resolve, resolveAllowed } from './dispatcher.ts';
import { EgressError } from './egress-error.ts';
import { createEgressClient } from './request.ts';

let server: Server;
let port = 0;
beforeAll(async () => {
  server = createServer((_request, response) => void response.end('ok'));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const names: Readonly<Record<string, string>> = {
  'prometheus.inside': '127.0.0.1',
  'public.example': '8.8.8.8',
  'metadata.inside': '169.254.169.254',
};
const resolve: Resolve = async (name) => [{ address: names[name] ?? '127.0.0.1', family: 4 }];

async function outcome(host: string, allowances: readonly string[], at = port): Promise<string> {
  const client = createEgressClient({ egressClass: 'user', schemes: ['http'], allowances, resolve });
  try {
    const { text } = await client.send({ url: `http://${host}:${at}/`, timeoutMs: 2_000, maxBytes: 1_000 });
    return text;
  } catch (error) {
    return error instanceof EgressError ? error.reason : String(error);
  } finally {
    await client.close();
  }
}

describe('an address given by a user', () => {
  test.each([
    ['127.0.0.1', [], 'addressRefused'],
    ['127.0.0.1', ['10.0.0.0/8', 'other.inside'], 'addressRefused'],
    ['127.0.0.1', ['127.0.0.1'], 'ok'],
    ['127.1', ['127.0.0.1'], 'ok'],
    ['127.0.0.1', ['127.0.0.0/8'], 'ok'],
    ['[::ffff:127.0.0.1]', ['127.0.0.0/8'], 'ok'],
    ['prometheus.inside', ['prometheus.inside'], 'ok'],
    ['PROMETHEUS.inside', ['prometheus.inside'], 'ok'],
    ['prometheus.inside', ['127.0.0.0/8'], 'ok'],
    ['prometheus.inside', ['10.0.0.0/8'], 'addressRefused'],
    ['sub.prometheus.inside', ['prometheus.inside'], 'portRefused'],
    ['metadata.inside', ['metadata.inside'], 'addressRefused'],
    ['169.254.169.254', ['169.254.169.254', '169.254.0.0/16'], 'addressRefused'],
  ])('%s with %j on the list: %s', async (host, allowances, expected) => {
    expect(await outcome(host, allowances)).toBe(expected);
  });

  test('keeps to the public ports when it is public, also while a range is allowed', async () => {
    expect(await outcome('public.example', ['127.0.0.0/8'], 9090)).toBe('portRefused');
  });

  test('for a protocol that is not HTTP is resolved under the same rules', async () => {
    const rules = { egressClass: 'user' as const, schemes: [], ports: [25], resolve };
    const place = { host: 'prometheus.inside', port: 25 };
    await expect(resolveAllowed(place, rules)).rejects.toMatchObject({ reason: 'addressRefused' });
    const allowed = { ...rules, allowances: ['127.0.0.0/8'] };
    expect(await resolveAllowed(place, allowed)).toEqual([{ address: '127.0.0.1', family: 4 }]);
    await expect(resolveAllowed({ host: '10.0.0.1', port: 25 }, allowed)).rejects.toBeInstanceOf(EgressError);
  });
});

describe('what may be put on the list', () => {
  test.each(['prometheus.monitoring', '10.20.0.0/16', '127.0.0.1', 'fd12:3456::/32', '::1'])(
    '%s may',
    (target) => {
      expect(allowanceRefusal(target)).toBeNull();
    },
  );
  test.each([
    '0.0.0.0/0',
    '10.0.0.0/7',
    '::/0',
    '169.254.169.254',
    '169.254.0.0/16',
    '10.0.0.0/40',
    '999.1.1.1',
    'fd00:ec2::254',
  ])('%s may not', (target) => {
    expect(allowanceRefusal(target)).not.toBeNull();
  });
});
