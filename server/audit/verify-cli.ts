import { readFile } from 'node:fs/promises';
import { verifyExport } from './verify.ts';

const [file, expectedHead] = process.argv.slice(2);
if (file === undefined) {
  process.stderr.write('Name the exported file: npm run audit:verify -- audit.jsonl [expected head hash]\n');
  process.exitCode = 2;
} else {
  const verdict = verifyExport(await readFile(file, 'utf8'));
  if (!verdict.ok) {
    const place =
      verdict.seq === null ? `line ${verdict.line}` : `entry ${verdict.seq} (line ${verdict.line})`;
    process.stderr.write(`The first bad entry is ${place}: ${verdict.problem}.\n`);
    process.exitCode = 1;
  } else if (expectedHead !== undefined && verdict.head !== expectedHead) {
    process.stderr.write(
      `The chain is whole but ends in ${verdict.head}, not in ${expectedHead}: entries at its end are missing or were replaced.\n`,
    );
    process.exitCode = 1;
  } else {
    process.stdout.write(
      `${verdict.count} entries of ${verdict.chain} are whole; the head is ${verdict.head}.`,
    );
    process.stdout.write(
      verdict.erasedDetails > 0 ? ` ${verdict.erasedDetails} have erased details.\n` : '\n',
    );
  }
}
