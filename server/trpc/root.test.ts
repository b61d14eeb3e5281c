import { describe, expect, it } from 'vitest';
import { permissionScope, permissions } from '../../domain/permission.ts';
import { appRouter } from './root.ts';

/** `procedures` is flat at run time, by path, whatever its type says. */
const byPath: object = appRouter._def.procedures;
const procedures: [string, { _def: { meta?: unknown } }][] = Object.entries(byPath);
/** Answered beside tRPC: exports are streams, and who signs in or sets up has no session yet. */
const besideTrpc = ['audit.export', 'ingest.send', 'instanceAudit.export', 'sessions.signIn', 'users.setUp'];

describe('the router', () => {
  it('has procedures', () => {
    expect(procedures.length).toBeGreaterThan(50);
  });

  it.each(procedures)('names the permission of %s by its own path', (path, procedure) => {
    expect(procedure._def.meta).toEqual({ permission: path });
  });

  it('offers every permission that people or tokens can hold', () => {
    const paths = new Set(procedures.map(([path]) => path));
    const missing = (Object.keys(permissions) as (keyof typeof permissions)[]).filter(
      (permission) => permissionScope(permission) !== 'system' && !paths.has(permission),
    );
    expect(missing.filter((permission) => !besideTrpc.includes(permission))).toEqual([]);
  });
});
