import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runNode } from '../../db/run-node.test-support.ts';
import { checkoutRoot } from './checkout.ts';

/** Asks both Node and the quick way for every import of the whole product; what Node says is used. */
const compare = `
  import { registerHooks } from 'node:module';
  import { quickResolve } from ${JSON.stringify(join(import.meta.dirname, 'quick-resolve.ts'))};
  const quick = quickResolve();
  const [asked, different] = [{ all: 0, quickly: 0 }, []];
  registerHooks({
    resolve(specifier, context, next) {
      const real = next(specifier, context);
      asked.all += 1;
      asked.quickly += 1;
      const found = quick(specifier, context, (...given) => {
        asked.quickly -= 1;
        return next(...given);
      });
      if (found.url !== real.url || found.format !== real.format) different.push([specifier, context.parentURL]);
      return real;
    },
  });
  await import(${JSON.stringify(join(checkoutRoot, 'server', 'main.ts'))});
  console.log(JSON.stringify({ different, most: asked.quickly > 0.6 * asked.all }));
  process.exit(0);`;

test('every import of the product is found where Node finds it, most of them without asking Node', async () => {
  const { stdout, stderr } = await runNode(['--input-type=module', '-e', compare]);
  expect({ answer: JSON.parse(stdout), stderr }).toEqual({
    answer: { different: [], most: true },
    stderr: '',
  });
}, 120_000);
