// Plain JavaScript, because it must still be read by a Node that cannot run the TypeScript behind it.
const major = Number(process.versions.node.split('.')[0]);

if (major < 24) {
  console.error(
    `Fairlead needs Node 24 or newer and this is Node ${process.versions.node}. ` +
      'Run "npm ci", which brings one into node_modules, and then "npm start".',
  );
  process.exit(1);
}

// Before anything else is loaded, so that all that follows is found by it.
const { registerHooks } = await import('node:module');
const { quickResolve } = await import('./launch/quick-resolve.ts');
registerHooks({ resolve: quickResolve() });
const { startFromCommandLine } = await import('./launch/start.ts');
await startFromCommandLine(process.argv.slice(2));
