/**
 * For tests: an export of a histogram (tokens), an exponential one (time to first token) and a sum, of revision 1, at
 * 2026-11-18T12:26:40Z, as opentelemetry-proto 1.45.2 (PyPI) serialises it.
 */
export const otlpExample = Buffer.from(
  'CtADCjEKFgoMc2VydmljZS5uYW1lEgYKBGNoYXQKFwoRZmFpcmxlYWQucmV2aXNpb24SAhgBEpoDCgkKBHZsbG0SATES1wEK' +
    'GWdlbl9haS5jbGllbnQudG9rZW4udXNhZ2USBlRva2VucxoHe3Rva2VufUqoAQqjAREAnMcH+x7pGBkAgNNb/R7pGCEGAAAA' +
    'AAAAACkAAAAAAAAEQDIYAQAAAAAAAAACAAAAAAAAAAMAAAAAAAAAOhAAAAAAAADwPwAAAAAAABBAQhIRAIDTW/0e6RgZAAAA' +
    'AAAAAEBKHAoRZ2VuX2FpLnRva2VuLnR5cGUSBwoFaW5wdXRKDQoDb2RkEgYqBAoCEAFZmpmZmZmZuT9hAAAAAAAAIkAQARJi' +
    'CiFnZW5fYWkuc2VydmVyLnRpbWVfdG9fZmlyc3RfdG9rZW4aAXNSOgo2GQCA01v9HukYIZ4SAQAAAAAAMAE5AgAAAAAAAABC' +
    'CggFEgasAgDwogRKAggBcfyp8dJNYlA/EAESJgoKZ2VuX2FpLnN1bToYChIZAIDTW/0e6RgxBAAAAAAAAAAQARgBGidodHRw' +
    'czovL29wZW50ZWxlbWV0cnkuaW8vc2NoZW1hcy8xLjM3LjA=',
  'base64',
);

/** As if it had been exported at another time. */
export function otlpExampleAt(atMs: number): Buffer {
  const bytes = Buffer.from(otlpExample);
  const [then, now] = [Buffer.alloc(8), Buffer.alloc(8)];
  then.writeBigUInt64LE(1_795_000_000_000_000_000n);
  now.writeBigUInt64LE(BigInt(atMs) * 1_000_000n);
  for (let at = bytes.indexOf(then); at >= 0; at = bytes.indexOf(then)) now.copy(bytes, at);
  return bytes;
}
