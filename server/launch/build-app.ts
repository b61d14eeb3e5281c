import { buildApp } from './app-build.ts';
import { checkoutRoot } from './checkout.ts';

try {
  await buildApp(checkoutRoot);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
