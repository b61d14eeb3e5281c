// For pages that embed: <script src="…/embed/sdk.js" defer></script> and an element with `data-fairlead`. Imports nothing.

type Options = {
  /** Of a link (with its secret behind #) or of a signed embed. */
  url: string;
  /** Of a signed embed: where a new token comes from, asked only when one is needed. */
  token?: (() => Promise<string> | string) | undefined;
  title?: string | undefined;
};

const script = document.currentScript as HTMLScriptElement;
const ours = new URL(script.src).origin;
const readyWithinMs = 5_000;
const refused =
  'The chart did not open: either this page is not among those that may show it, or it is shared no more. Ask the person who shared it.';
const noToken = 'This page could not get access to the chart. Try again later.';

function embed(target: Element, { url, token, title = 'Chart' }: Options): { remove(): void } {
  const address = new URL(url, ours);
  if (address.origin !== ours) throw new Error('The chart is not from the origin of this script.');
  const frame = document.createElement('iframe');
  const note = document.createElement('p');
  note.setAttribute('role', 'status');
  note.hidden = true;
  frame.title = title;
  frame.referrerPolicy = 'no-referrer';
  frame.style.cssText = 'display:block;width:100%;height:320px;border:0';
  let timer = 0;
  const say = (text: string) => {
    note.textContent = text;
    note.hidden = text === '';
    frame.hidden = text !== '';
    frame.style.display = text === '' ? 'block' : 'none';
  };
  const onMessage = (event: MessageEvent) => {
    if (event.source !== frame.contentWindow || event.origin !== ours) return;
    const { fairlead, height } = event.data as { fairlead?: string; height?: number };
    if (fairlead === 'ready') {
      clearTimeout(timer);
      say('');
    }
    if (fairlead === 'size' && typeof height === 'number')
      frame.style.height = `${Math.min(4_000, Math.max(120, height))}px`;
    if (fairlead === 'token' && token !== undefined)
      Promise.resolve(token()).then(
        (next) => frame.contentWindow?.postMessage({ fairlead: 'token', token: next }, ours),
        () => say(noToken),
      );
  };
  const open = (credential: string) => {
    address.hash = `${credential}&o=${encodeURIComponent(location.origin)}`;
    frame.src = address.href;
    target.append(frame, note);
    timer = window.setTimeout(() => say(refused), readyWithinMs);
  };
  window.addEventListener('message', onMessage);
  if (token === undefined) open(address.hash.slice(1));
  else
    Promise.resolve(token()).then(
      (first) => open(`t=${first}`),
      () => {
        target.append(note);
        say(noToken);
      },
    );
  return {
    remove() {
      window.removeEventListener('message', onMessage);
      clearTimeout(timer);
      frame.remove();
      note.remove();
    },
  };
}

function tokenFrom(address: string): () => Promise<string> {
  return async () => {
    const answer = await fetch(address, { cache: 'no-store' });
    if (!answer.ok) throw new Error('No token.');
    return (await answer.text()).trim();
  };
}

function embedAll(): void {
  for (const target of document.querySelectorAll<HTMLElement>('[data-fairlead]')) {
    const { fairlead: url, token, title } = target.dataset;
    if (url === undefined) continue;
    delete target.dataset['fairlead'];
    embed(target, { url, token: token === undefined ? undefined : tokenFrom(token), title });
  }
}

Object.assign(window, { Fairlead: { embed } });
if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', embedAll);
else embedAll();

export {};
