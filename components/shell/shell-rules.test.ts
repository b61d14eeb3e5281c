import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { crumbTrail } from './crumb-trail.ts';
import { isInRoom, navItems, settingsItem } from './nav-items.ts';
import { parsePreferences, preferenceCookie } from './preferences.ts';
import { shortcutOf } from './shortcut-keys.ts';

const press = (key: string, rest = {}) =>
  shortcutOf({ key, hasModifier: false, isTyping: false, previousKey: null, ...rest });

describe('keys', () => {
  test('do nothing while somebody types, but for the palette', () => {
    for (const key of ['?', '/', 'j', 'k', 'g']) expect(press(key, { isTyping: true })).toBeNull();
    expect(press('k', { isTyping: true, hasModifier: true })).toEqual({ kind: 'palette' });
  });

  test('go to a room after g', () => {
    expect(press('r', { previousKey: 'g' })).toEqual({ kind: 'go', goKey: 'r' });
    expect(press('r')).toBeNull();
  });

  test('leave the shortcuts of the browser alone', () => {
    for (const key of ['r', 'f', '/', 'j']) expect(press(key, { hasModifier: true })).toBeNull();
  });

  test('are different for every room', () => {
    const keys = [...navItems, settingsItem].map((item) => item.goKey);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('breadcrumbs', () => {
  const id = '0199f3a2-5c1e-7b6a-9a51-0f4be2a7c1d3';

  test('show what the page calls itself and never a bare id', () => {
    expect(crumbTrail(`/services/${id}`, 'fraud-detector')).toEqual([
      { label: 'Services', href: '/services' },
      { label: 'fraud-detector', href: null },
    ]);
    expect(crumbTrail(`/services/${id}`, null)).toEqual([{ label: 'Services', href: '/services' }]);
  });

  test('link only to pages that exist', () => {
    expect(crumbTrail('/models/a%20b/versions/7', 'Version 7')).toEqual([
      { label: 'Models', href: '/models' },
      { label: 'a b', href: '/models/a%20b' },
      { label: 'Version 7', href: null },
    ]);
    expect(crumbTrail('/settings/tokens', 'Tokens')[0]).toEqual({ label: 'Settings', href: null });
  });

  test('have a word for every page that lies above another one', async () => {
    const files = await readdir(resolve(import.meta.dirname, '../../app/(console)'), { recursive: true });
    const routes = files
      .filter((file) => file.endsWith('/page.tsx'))
      .map((file) => file.split('/').slice(0, -1));
    const above = routes.flatMap((route) =>
      crumbTrail(`/${route.map((segment) => (segment.startsWith('[') ? id : segment)).join('/')}`, 'Leaf')
        .slice(0, -1)
        .map(({ label }) => label),
    );
    expect(above).toContain('Clusters');
    expect(above.filter((label) => !/^[A-Z]/.test(label))).toEqual([]);
  });

  test('survive an address that cannot be decoded', () => {
    expect(crumbTrail('/models/%E0%A4%A', null).at(-1)?.label).toBe('%E0%A4%A');
  });
});

test('exactly one room is the current one, and any settings page is in Settings', () => {
  const rooms = (path: string) =>
    [...navItems, settingsItem].filter((item) => isInRoom(path, item)).map((item) => item.label);
  expect(rooms('/')).toEqual(['Overview']);
  expect(rooms('/rollouts/1')).toEqual(['Rollouts']);
  expect(rooms('/settings/tokens')).toEqual(['Settings']);
});

describe('preferences', () => {
  test('fall back to the defaults for cookies that are missing or nonsense', () => {
    expect(parsePreferences(() => undefined)).toEqual({ theme: 'system', density: 'cosy', clock: 'local' });
    expect(parsePreferences(() => '"><script>')).toEqual({
      theme: 'system',
      density: 'cosy',
      clock: 'local',
    });
  });

  test('come back as they were stored', () => {
    const stored = new Map([
      ['theme', 'dark'],
      ['density', 'compact'],
      ['clock', 'utc'],
    ]);
    expect(parsePreferences((name) => stored.get(name))).toEqual({
      theme: 'dark',
      density: 'compact',
      clock: 'utc',
    });
  });

  test('are marked Secure only where the page is', () => {
    expect(preferenceCookie('theme', 'dark', true)).toContain('; Secure');
    expect(preferenceCookie('theme', 'dark', false)).not.toContain('Secure');
  });
});
