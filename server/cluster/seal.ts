import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';

/** A key pair of the worker, or a sealed token, that cannot be used; never quotes the secret. */
export class SealError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SealError';
  }
}

const form = 'x25519-v1';
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
/** DER headers of a raw X25519 key (RFC 8410), so that keys travel as 32 plain bytes. */
const publicHeader = Buffer.from('302a300506032b656e032100', 'hex');
const privateHeader = Buffer.from('302e020100300506032b656e04220420', 'hex');

function rawKey(base64: string, what: string): Buffer {
  const raw = Buffer.from(base64, 'base64');
  if (raw.length !== keyBytes) throw new SealError(`The worker's ${what} key is not 32 bytes in base64.`);
  return raw;
}

function publicKeyFrom(raw: Buffer): KeyObject {
  return createPublicKey({ key: Buffer.concat([publicHeader, raw]), format: 'der', type: 'spki' });
}

function rawPublic(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' }).subarray(-keyBytes);
}

/** Both public keys go into the salt, so a key belongs to exactly this pair of sender and receiver. */
function contentKey(shared: Buffer, ephemeral: Buffer, recipient: Buffer): Buffer {
  const salt = Buffer.concat([ephemeral, recipient]);
  return Buffer.from(hkdfSync('sha256', shared, salt, 'fairlead cluster token', 32));
}

/** A new X25519 pair, base64 of the raw 32 bytes each: the public half for web, the private one for the worker only. */
export function newSealKeys(): { publicKey: string; privateKey: string } {
  const pair = generateKeyPairSync('x25519');
  return {
    publicKey: rawPublic(pair.publicKey).toString('base64'),
    privateKey: pair.privateKey
      .export({ format: 'der', type: 'pkcs8' })
      .subarray(-keyBytes)
      .toString('base64'),
  };
}

/**
 * Seals a cluster's token so that only the holder of the private key opens it, and only for this cluster's row
 * (X25519 with a fresh key per seal, HKDF-SHA256, AES-256-GCM with the cluster id as AAD). Throws SealError for a bad key.
 */
export function sealToken(publicKey: string, token: string, clusterId: string): string {
  const recipient = rawKey(publicKey, 'public');
  const ephemeral = generateKeyPairSync('x25519');
  const ephemeralRaw = rawPublic(ephemeral.publicKey);
  const shared = diffieHellman({ privateKey: ephemeral.privateKey, publicKey: publicKeyFrom(recipient) });
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', contentKey(shared, ephemeralRaw, recipient), nonce);
  cipher.setAAD(Buffer.from(clusterId));
  const sealed = Buffer.concat([cipher.update(token, 'utf8'), cipher.final()]);
  return `${form}.${Buffer.concat([ephemeralRaw, nonce, cipher.getAuthTag(), sealed]).toString('base64url')}`;
}

/** Opens a sealed token; throws SealError when it was changed, sealed for another key, or belongs to another cluster's row. */
export function openToken(privateKey: string, sealed: string, clusterId: string): string {
  const raw = rawKey(privateKey, 'private');
  const key = createPrivateKey({ key: Buffer.concat([privateHeader, raw]), format: 'der', type: 'pkcs8' });
  const [name, body] = sealed.split('.');
  const bytes = Buffer.from(body ?? '', 'base64url');
  if (name !== form || bytes.length < keyBytes + nonceBytes + tagBytes)
    throw new SealError('The stored cluster token has an unknown form.');
  const ephemeralRaw = bytes.subarray(0, keyBytes);
  const nonce = bytes.subarray(keyBytes, keyBytes + nonceBytes);
  const tag = bytes.subarray(keyBytes + nonceBytes, keyBytes + nonceBytes + tagBytes);
  try {
    const shared = diffieHellman({ privateKey: key, publicKey: publicKeyFrom(ephemeralRaw) });
    const secret = contentKey(shared, ephemeralRaw, rawPublic(createPublicKey(key)));
    const decipher = createDecipheriv('aes-256-gcm', secret, nonce, { authTagLength: tagBytes });
    decipher.setAAD(Buffer.from(clusterId));
    decipher.setAuthTag(tag);
    const content = bytes.subarray(keyBytes + nonceBytes + tagBytes);
    return Buffer.concat([decipher.update(content), decipher.final()]).toString('utf8');
  } catch (error) {
    throw new SealError(
      "The stored cluster token cannot be opened: it was sealed for another worker's key, or it was changed.",
      { cause: error },
    );
  }
}
