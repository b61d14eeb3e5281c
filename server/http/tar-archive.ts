/** Files by path as a tar archive (ustar) in one folder, with the same bytes for the same content. */
export function tarArchive(folder: string, files: ReadonlyMap<string, string>): Buffer {
  const entries = [...files].map(([path, text]) => tarEntry(`${folder}/${path}`, text));
  return Buffer.concat([...entries, Buffer.alloc(1_024)]);
}

function tarEntry(path: string, text: string): Uint8Array {
  const content = Buffer.from(text);
  const header = Buffer.alloc(512);
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`;
  header.write(path, 0, 100);
  header.write(octal(0o755, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(content.length, 12), 124);
  header.write(octal(0, 12), 136);
  header.write('        0', 148);
  header.write('ustar\0' + '00', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}
