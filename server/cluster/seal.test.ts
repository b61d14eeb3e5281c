import { describe, expect, test } from 'vitest';
import { newSealKeys, openToken, SealError, sealToken } from './seal.ts';

const keys = newSealKeys();
const token = 'eyJhbGciOi.token.ü';

describe('sealed cluster tokens', () => {
  test('open for the private key and the row they were sealed for, and for nobody else', () => {
    const sealed = sealToken(keys.publicKey, token, 'cluster-a');
    expect(openToken(keys.privateKey, sealed, 'cluster-a')).toBe(token);
    expect(() => openToken(keys.privateKey, sealed, 'cluster-b')).toThrow(SealError);
    expect(() => openToken(newSealKeys().privateKey, sealed, 'cluster-a')).toThrow(SealError);
  });

  test('never look the same twice and never contain the token', () => {
    const first = sealToken(keys.publicKey, token, 'cluster-a');
    expect(sealToken(keys.publicKey, token, 'cluster-a')).not.toBe(first);
    const body = Buffer.from(first.split('.')[1] ?? '', 'base64url');
    expect(body.includes(Buffer.from(token))).toBe(false);
  });

  test('do not open when any single byte was changed', () => {
    const sealed = sealToken(keys.publicKey, token, 'cluster-a');
    const [form, body] = sealed.split('.');
    const bytes = Buffer.from(body ?? '', 'base64url');
    for (const index of bytes.keys()) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 0x01;
      const text = `${form}.${changed.toString('base64url')}`;
      expect(() => openToken(keys.privateKey, text, 'cluster-a')).toThrow(SealError);
    }
  });

  test.each(['', 'x25519-v1', 'x25519-v1.AAAA', 'other.AAAA'])(
    'of an unknown form are refused: %j',
    (text) => {
      expect(() => openToken(keys.privateKey, text, 'cluster-a')).toThrow('unknown form');
    },
  );

  test('name the key that is not one, without quoting it', () => {
    expect(() => sealToken('c2hvcnQ=', token, 'a')).toThrow(
      "The worker's public key is not 32 bytes in base64.",
    );
    expect(() => openToken('c2hvcnQ=', 'x', 'a')).toThrow(
      "The worker's private key is not 32 bytes in base64.",
    );
  });
});
