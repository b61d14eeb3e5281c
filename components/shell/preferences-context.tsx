'use client';

import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react';
import { ClockProvider } from '../ui/clock.tsx';
import { type Preferences, preferenceCookie } from './preferences.ts';

type SetPreference = <Name extends keyof Preferences>(name: Name, value: Preferences[Name]) => void;

type PreferencesState = { preferences: Preferences; setPreference: SetPreference };

const PreferencesContext = createContext<PreferencesState>({
  preferences: { theme: 'system', density: 'cosy', clock: 'local' },
  setPreference: () => {},
});

export function usePreferences(): PreferencesState {
  return useContext(PreferencesContext);
}

type ProviderProps = { initial: Preferences; renderedAtMs: number; children: ReactNode };

/** A change shows at once on <html> and is in the cookie for the next render, so that no page flashes. */
export function PreferencesProvider({ initial, renderedAtMs, children }: ProviderProps) {
  const [preferences, setPreferences] = useState(initial);
  const setPreference = useCallback<SetPreference>((name, value) => {
    document.cookie = preferenceCookie(name, value, location.protocol === 'https:');
    document.documentElement.dataset[name] = value;
    setPreferences((current) => ({ ...current, [name]: value }));
  }, []);
  const state = useMemo(() => ({ preferences, setPreference }), [preferences, setPreference]);
  return (
    <PreferencesContext value={state}>
      <ClockProvider clock={preferences.clock} renderedAtMs={renderedAtMs}>
        {children}
      </ClockProvider>
    </PreferencesContext>
  );
}
