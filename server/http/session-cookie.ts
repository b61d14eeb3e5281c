import type { NewSession } from '../sessions/sign-in.ts';
import { type Site, sessionCookieName } from './request-context.ts';

/** A cookie that no script reads and no other site's request but a link brings; Secure over https. */
export function cookieText(
  site: Pick<Site, 'secure'>,
  cookie: { name: string; value: string; seconds: number },
): string {
  const parts = [
    `${cookie.name}=${cookie.value}`,
    'Path=/',
    'HttpOnly',
    'SameSite=Lax',
    `Max-Age=${cookie.seconds}`,
  ];
  return (site.secure ? [...parts, 'Secure'] : parts).join('; ');
}

/** The session's cookie, as long as the session itself. */
export function sessionCookie(site: Pick<Site, 'secure'>, session: NewSession, hours: number): string {
  return cookieText(site, { name: sessionCookieName(site), value: session.secret, seconds: hours * 3_600 });
}
