import { buildApp, buildObstacle } from './app-build.ts';
import { isBuilt } from './build-stamp.ts';
import { checkoutRoot } from './checkout.ts';

// npm runs this at the end of `npm ci`. It never fails the installation: `npm start` builds what is missing.
try {
  const obstacle = await buildObstacle(checkoutRoot);
  if (obstacle !== undefined) {
    console.log(`The pages are not built now: ${obstacle}.`);
  } else if (!(await isBuilt(checkoutRoot))) {
    await buildApp(checkoutRoot);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error('The installation goes on; npm start will build the pages again.');
}
