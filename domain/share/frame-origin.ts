/**
 * Why an origin cannot stand in a list of those that may frame an embed, or null: exact, https (http only for this
 * machine), no path, no wildcard.
 */
export function frameOriginProblem(text: string): string | null {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return `"${text}" is no origin: write it like https://wiki.example.com.`;
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname)))
    return `"${text}" is not https: only http://localhost and http://127.0.0.1 may go without.`;
  // Whatever a policy reads differently (paths, wildcards, upper case, lists) is not the origin of its own URL.
  if (url.origin !== text || !/^https?:\/\/[a-z0-9.[\]:-]+$/.test(text))
    return `"${text}" is more than an origin: leave away all after host and port, and name each host.`;
  return null;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}
