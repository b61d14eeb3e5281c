import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { startFailure } from './start.ts';

test('a taken port is told with the number and what to do', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => holder.once('listening', done));
  const address = holder.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const second = createServer();
  const error = await new Promise((fail) => second.once('error', fail).listen(port, '127.0.0.1'));
  expect(startFailure(error)).toMatch(
    new RegExp(`^The port ${port} is taken by another program: choose another`),
  );
  holder.close();
});

test('any other failure is its own sentence', () => {
  expect(startFailure(new Error('A sentence.'))).toBe('A sentence.');
});
