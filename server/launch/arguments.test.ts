import { expect, test } from 'vitest';
import { readArguments } from './arguments.ts';

test('without arguments everything runs in one process, with the demo', () => {
  expect(readArguments([])).toEqual({ role: 'all', port: undefined, demo: true, dev: false });
});

test('role, port, demo and dev are taken from the arguments', () => {
  expect(readArguments(['--role=worker', '--port=0', '--no-demo', '--dev'])).toEqual({
    role: 'worker',
    port: 0,
    demo: false,
    dev: true,
  });
});

test.each([
  ['--role=both', '--role=both is none of web, worker and all.'],
  ['--port=eighty', '--port=eighty is no port number'],
  ['--port=65536', '--port=65536 is no port number'],
  ['--prot=80', "Unknown option '--prot'"],
  ['here', "Unexpected argument 'here'"],
])('%s is refused by a sentence with the usage', (argument, sentence) => {
  expect(() => readArguments([argument])).toThrow(sentence);
  expect(() => readArguments([argument])).toThrow('Usage: npm start --');
});
