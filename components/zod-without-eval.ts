/**
 * zod compiles object schemas with `new Function` and first tries whether it may. Our content security policy forbids that,
 * and the browser reports the attempt as a violation; so zod is told beforehand, through the object that all copies share.
 */
if (typeof window !== 'undefined') {
  const shared = globalThis as { __zod_globalConfig?: { jitless?: boolean } };
  shared.__zod_globalConfig ??= {};
  shared.__zod_globalConfig.jitless = true;
}
