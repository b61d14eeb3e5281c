export type Preferences = {
  theme: 'system' | 'light' | 'dark';
  density: 'cosy' | 'compact';
  clock: 'local' | 'utc';
};

function oneOf<Value extends string>(
  value: string | undefined,
  allowed: readonly [Value, ...Value[]],
): Value {
  return allowed.find((each) => each === value) ?? allowed[0];
}

/** Reads the three cookies; a missing or unknown value gives the default, never an error. */
export function parsePreferences(cookie: (name: string) => string | undefined): Preferences {
  return {
    theme: oneOf(cookie('theme'), ['system', 'light', 'dark']),
    density: oneOf(cookie('density'), ['cosy', 'compact']),
    clock: oneOf(cookie('clock'), ['local', 'utc']),
  };
}

/** The cookie that keeps one preference for a year; nothing secret is in it, so scripts may read it. */
export function preferenceCookie(name: keyof Preferences, value: string, isSecure: boolean): string {
  return `${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax${isSecure ? '; Secure' : ''}`;
}
