import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redacted, redactedText, secretValues } from './redaction.ts';

const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U';
const pem = '-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\nc2VjcmV0\n-----END RSA PRIVATE KEY-----';

describe('redacted', () => {
  it.each([
    ['a bearer token', 'Authorization: Bearer abc.def-123456', 'abc.def'],
    ['a basic sign-in', 'authorization: Basic dXNlcjpwYXNz', 'dXNlcjpwYXNz'],
    ['a JSON Web Token', `session ${jwt} accepted`, 'dozjgNryP4J3'],
    ['a private key', `loaded\n${pem}\ndone`, 'c2VjcmV0'],
    ['a private key whose end was cut off', `loaded\n${pem.slice(0, 60)}`, 'MIIEpA'],
    ['an AWS key id', 'using AKIAIOSFODNN7EXAMPLE in eu-west-1', 'AKIAIOSFODNN7EXAMPLE'],
    ['an AWS secret key', 'aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'wJalrXUtn'],
    ['a password assignment', 'connect password=hunter2 host=db', 'hunter2'],
    ['a quoted password with blanks', '{"db_password": "hunter 2 too", "port": 5432}', 'hunter 2 too'],
    ['a password in an address', 'postgres://app:hunter2@db:5432/x', 'hunter2'],
    ['an API key in a query', 'GET /v1?api_key=0123456789abcdef&x=1', '0123456789abcdef'],
    [
      'a token of ours in an address',
      'POST /api/ingest/v1/kserve/fli_abcdefghijklmnopqrstuvwxyz0123 failed',
      'fli_abcdef',
    ],
    ['the credential of a shared picture', 'GET /share/1/picture.png?sig=c2hhcmVkcGljdHVyZQ 200', 'c2hhcmVk'],
    ['a GitHub token', 'clone with ghp_abcdefghijklmnopqrstuvwxyz0123', 'ghp_abcdef'],
  ])('takes out %s and keeps what stands around it', (_, line, secret) => {
    const text = redacted(line);
    expect(text).not.toContain(secret);
    expect(text).toContain(redactedText);
    expect(text.slice(0, 3)).toBe(line.slice(0, 3));
  });

  it.each([
    'POST /v2/models/fraud/infer 500 in 31 ms',
    'loaded 12 tokens per second',
    'Traceback (most recent call last): File "server.py", line 12, in predict',
    'tokenizer ready; key metrics: p95 31 ms',
    '2026-03-01T10:00:00Z CUDA out of memory: tried to allocate 2.00 GiB',
  ])('leaves an ordinary line as it is: %s', (line) => {
    expect(redacted(line)).toBe(line);
  });

  it('takes out the given values wherever they stand, and never lets one through', () => {
    expect(redacted('key is s3cr3t-value!', ['s3cr3t-value'])).toBe(`key is ${redactedText}!`);
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-zA-Z0-9]{8,20}$/).filter((secret) => !redactedText.includes(secret)),
        fc.string(),
        fc.string(),
        (secret, before, after) => {
          fc.pre(!`${before}${redactedText}${after}`.includes(secret));
          expect(redacted(`${before}${secret}${after}`, [secret])).not.toContain(secret);
        },
      ),
      { seed: 20_261_126 },
    );
  });

  it('is the same when done twice', () => {
    const text = redacted(`password=hunter2 Bearer abcdefgh ${jwt} ${pem}`);
    expect(redacted(text)).toBe(text);
  });

  it('stays quick on long lines that almost match', () => {
    const began = performance.now();
    redacted(`${'a.'.repeat(100_000)}=${'x://'.repeat(20_000)} ${'eyJ'.repeat(50_000)}`);
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});

describe('secretValues', () => {
  it('finds values of variables with secret-looking names, but no short ones and none that come from a Secret', () => {
    const env = [
      { name: 'DB_PASSWORD', value: 'hunter2hunter2' },
      { name: 'HF_TOKEN', value: 'hf-token-value' },
      { name: 'API_KEY', value: 'abc' },
      { name: 'MODEL_DIR', value: '/models/fraud' },
      { name: 'AUTH_SECRET' },
    ];
    expect(secretValues({ containers: [{ env }, {}] })).toEqual(['hunter2hunter2', 'hf-token-value']);
  });
});
