import type { ResolveFnOutput, ResolveHookContext, ResolveHookSync } from 'node:module';

const root = new URL('../../', import.meta.url).href;
const packages = `${root}node_modules/`;
const drizzle = `${packages}drizzle-orm/`;

/**
 * Resolves imports to what Node resolves them to, in a third of the time of a start: for every import of a package and
 * every import inside it Node parses the package's whole package.json again, and drizzle's has 180 kB. Our own sources
 * are asked for by their names, drizzle's stand beside each other, and each package is looked up once.
 */
export function quickResolve(): ResolveHookSync {
  const packageOf = new Map<string, ResolveFnOutput>();
  return (specifier, context, next) => {
    const { parentURL: parent } = context;
    if (parent === undefined || !isImport(context)) return next(specifier, context);
    if (parent.startsWith(drizzle) && /^\.\.?\/.*\.js$/.test(specifier))
      return { url: new URL(specifier, parent).href, format: 'module', shortCircuit: true };
    if (!isOwnSource(parent)) return next(specifier, context);
    if (/^\.\.?\/.*\.ts$/.test(specifier))
      return { url: new URL(specifier, parent).href, format: 'module-typescript', shortCircuit: true };
    if (specifier.startsWith('.')) return next(specifier, context);
    const found = packageOf.get(specifier) ?? { ...next(specifier, context), shortCircuit: true };
    packageOf.set(specifier, found);
    return found;
  };
}

/** `require` finds other files of the same package. */
function isImport({ conditions }: ResolveHookContext): boolean {
  return conditions.includes('import');
}

function isOwnSource(url: string): boolean {
  return url.startsWith(root) && url.endsWith('.ts') && !url.startsWith(packages);
}
