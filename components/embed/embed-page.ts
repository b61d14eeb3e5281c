// Runs inside the frame (or as the shared page). It imports nothing: the server takes the types away and serves it as one
// classic script, which a sandboxed frame may load too.

type Line = { label: string; texts: string[] };
type Chart = {
  title: string;
  words: string;
  sentence: string;
  svg: string;
  width: number;
  left: number;
  right: number;
  from: number;
  to: number;
  at: number[];
  times: string[];
  marks: string[][];
  lines: Line[];
};
type Answer = {
  title: string;
  asOf: string;
  theme: string;
  exports: string[];
  ranges: { value: string; label: string }[];
  charts: Chart[];
};

const askEveryMs = 45_000;
const staleAfterMisses = 2;
const tableRows = 200;

const page = document.documentElement;
const id = page.dataset['id'] ?? '';
const kind = page.dataset['kind'] ?? 'share';
const allowed = (page.dataset['origins'] ?? '').split(' ').filter((each) => each !== '');
const main = document.querySelector('main') ?? document.body;

const gone = 'This chart is not available any more. Ask the person who shared it.';
const sandboxed =
  'This frame is sandboxed without "allow-same-origin", so the chart cannot be fetched. Add it to the sandbox of the frame.';
const waiting = 'Waiting for the page around this chart to give access to it.';
const reopen = 'Open the link again to see the chart.';

let credential: string | null = null;
let host: string | null = null;
let isBusy = false;
let isFirst = true;
let misses = 0;
let chosenRange = '';
let askedWidth = 0;
let mayRenew = true;
let timer = 0;
let lastHeight = 0;
let lastAsOf = '';

function make<Name extends keyof HTMLElementTagNameMap>(name: Name, text = '', className = '') {
  const element = document.createElement(name);
  element.textContent = text;
  if (className !== '') element.className = className;
  return element;
}

const heading = make('h1');
const status = make('p', '', 'status');
status.setAttribute('role', 'status');
const bar = make('div', '', 'bar');
const asOf = make('span', '', 'as-of');
const stale = make('strong', '', 'stale');
const board = make('div', '', 'board');
const tools = make('div', '', 'tools');

/** `#<secret>` or `#t=<token>`, and `o=<origin of the host>`; the address then holds neither. */
function takeFragment(): void {
  let told: string | undefined = location.ancestorOrigins?.[0];
  for (const part of location.hash.slice(1).split('&')) {
    if (part.startsWith('o=')) told = decodeURIComponent(part.slice(2));
    else if (part.startsWith('t=')) credential = part.slice(2);
    else if (part !== '') credential = part;
  }
  if (location.hash !== '') history.replaceState(null, '', location.pathname);
  host = window.parent !== window && told !== undefined && allowed.includes(told) ? told : null;
}

function tellHost(message: { fairlead: string; height?: number }): void {
  if (host !== null) window.parent.postMessage({ ...message, id }, host);
}

function tellSize(): void {
  const height = Math.min(4_000, Math.max(120, Math.ceil(main.getBoundingClientRect().height)));
  if (Math.abs(height - lastHeight) < 2) return;
  lastHeight = height;
  tellHost({ fairlead: 'size', height });
}

/** Takes chart, table and downloads away; while a new token is on its way their room stays, so that nothing jumps. */
function clear(sentence: string, keepsRoom = false): void {
  board.style.minHeight = keepsRoom ? `${board.offsetHeight}px` : '';
  views.length = 0;
  board.replaceChildren();
  tools.replaceChildren();
  bar.hidden = true;
  heading.textContent = '';
  document.title = 'Shared chart';
  status.textContent = sentence;
}

function address(what: string): string {
  const theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  askedWidth = Math.min(2_000, Math.max(200, Math.floor(board.clientWidth || 600)));
  const query = new URLSearchParams({ width: String(askedWidth), theme });
  if (chosenRange !== '') query.set('range', chosenRange);
  if (isFirst) query.set('opening', '1');
  return `/${kind}/${id}/${what}?${query}`;
}

function request(path: string): Promise<Response> {
  const headers: Record<string, string> = {
    authorization: `${kind === 'embed' ? 'Embed' : 'Share'} ${credential}`,
  };
  if (host !== null) headers['x-fairlead-host'] = host;
  return fetch(path, {
    headers,
    cache: 'no-store',
    credentials: 'omit',
    redirect: 'error',
    signal: AbortSignal.timeout(20_000),
  });
}

async function ask(): Promise<void> {
  if (isBusy) return;
  if (credential === null) return renew();
  isBusy = true;
  try {
    const answer = await request(address('data'));
    if (answer.ok) draw((await answer.json()) as Answer);
    else if (answer.status === 401) {
      credential = null;
      clear(host === null ? reopen : waiting, host !== null);
      renew();
    } else if (answer.status === 403 || answer.status === 410) clear(gone);
    else miss();
  } catch {
    miss();
  } finally {
    isBusy = false;
    schedule();
  }
}

/** Once per refusal: a host that repeats a token which is refused is asked again at the next turn. */
function renew(): void {
  if (!mayRenew || host === null) {
    status.textContent = host === null ? reopen : waiting;
    return schedule();
  }
  mayRenew = false;
  tellHost({ fairlead: 'token' });
  schedule();
}

function miss(): void {
  misses += 1;
  if (views.length === 0)
    status.textContent = 'The chart cannot be fetched right now; this page keeps trying.';
  else if (misses >= staleAfterMisses) stale.textContent = `Not up to date: last from ${lastAsOf}`;
}

function schedule(): void {
  clearTimeout(timer);
  if (document.visibilityState !== 'visible') return;
  timer = window.setTimeout(() => {
    mayRenew = true;
    void ask();
  }, askEveryMs);
}

function draw(answer: Answer): void {
  isFirst = false;
  misses = 0;
  mayRenew = true;
  status.textContent = '';
  board.style.minHeight = '';
  stale.textContent = '';
  bar.hidden = false;
  page.dataset['theme'] = answer.theme;
  document.title = answer.title;
  heading.textContent = answer.title;
  heading.className = answer.charts.length === 1 ? 'hidden' : '';
  lastAsOf = answer.asOf;
  asOf.textContent = `as of ${answer.asOf}`;
  while (views.length > answer.charts.length) views.pop()?.figure.remove();
  answer.charts.forEach((chart, index) => {
    const view = views[index] ?? chartView(index);
    view.update(chart);
  });
  drawTools(answer);
  tellSize();
}

/** Rebuilt only when it would differ, so that focus stays where it is. */
function drawTools(answer: Answer): void {
  const key = JSON.stringify([answer.exports, answer.ranges, answer.charts.length]);
  if (tools.dataset['key'] === key && tools.childElementCount > 0) return;
  tools.dataset['key'] = key;
  tools.replaceChildren();
  if (answer.ranges.length > 0) {
    const label = make('label', 'Time ');
    const select = make('select');
    for (const { value, label: text } of answer.ranges) select.append(new Option(text, value));
    select.value = chosenRange;
    select.addEventListener('change', () => {
      chosenRange = select.value;
      void ask();
    });
    label.append(select);
    tools.append(label);
  }
  answer.charts.forEach((chart, index) => {
    for (const format of answer.exports) {
      const name = answer.charts.length === 1 ? '' : ` of ${chart.title}`;
      const button = make('button', format.toUpperCase());
      button.type = 'button';
      button.setAttribute('aria-label', `Download ${format.toUpperCase()}${name}`);
      button.addEventListener('click', () => void download(format, index));
      tools.append(button);
    }
  });
}

async function download(format: string, index: number): Promise<void> {
  const answer = await request(`${address(`chart.${format}`)}&chart=${index}`).catch(() => null);
  if (answer?.ok !== true) {
    stale.textContent = 'The file could not be fetched.';
    return;
  }
  const link = make('a');
  link.href = URL.createObjectURL(await answer.blob());
  link.download = `chart.${format}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

type View = { figure: HTMLElement; update: (chart: Chart) => void };
const views: View[] = [];

function chartView(index: number): View {
  const figure = make('figure');
  const picture = make('div', '', 'picture');
  picture.tabIndex = 0;
  picture.setAttribute('role', 'group');
  const cursor = make('div', '', 'cursor');
  const tip = make('div', '', 'tip');
  const spoken = make('p', '', 'hidden');
  spoken.setAttribute('aria-live', 'polite');
  const caption = make('figcaption');
  const words = make('span', '', 'words');
  const sentence = make('span', '', 'hidden');
  caption.append(words, ' ', sentence);
  const details = make('details');
  const table = make('div', '', 'table');
  table.tabIndex = 0;
  table.setAttribute('role', 'group');
  details.append(make('summary', 'Show as a table'), table);
  figure.append(picture, spoken, caption, details);
  board.append(figure);
  let chart: Chart | null = null;
  let point = -1;

  const show = (next: number) => {
    point = next;
    cursor.hidden = chart === null || point < 0;
    tip.hidden = cursor.hidden;
    if (chart !== null && point >= 0) placeTip(chart, point, { cursor, tip });
  };
  const speak = () => {
    spoken.textContent = tip.hidden ? '' : [...tip.children].map((each) => each.textContent).join(', ');
  };
  picture.addEventListener('pointermove', (event) => {
    if (chart === null) return;
    const box = picture.getBoundingClientRect();
    show(pointAt(chart, ((event.clientX - box.left) / box.width) * chart.width));
  });
  picture.addEventListener('pointerleave', () => show(-1));
  picture.addEventListener('blur', () => show(-1));
  picture.addEventListener('keydown', (event) => {
    const next = pointByKey(event.key, point, (chart?.at.length ?? 0) - 1);
    if (next === undefined) return;
    event.preventDefault();
    show(next);
    speak();
  });
  details.addEventListener('toggle', () => {
    table.replaceChildren(...(details.open && chart !== null ? [tableOf(chart)] : []));
    tellSize();
  });

  const view = {
    figure,
    update(next: Chart) {
      chart = next;
      const parsed = new DOMParser().parseFromString(next.svg, 'image/svg+xml').documentElement;
      const drawn = document.importNode(parsed, true);
      picture.replaceChildren(drawn, cursor, tip);
      picture.setAttribute('aria-label', `${next.title}. Arrow keys read single points.`);
      table.setAttribute('aria-label', `${next.title}, table`);
      words.textContent = next.words;
      sentence.textContent = next.sentence;
      if (details.open) table.replaceChildren(tableOf(next));
      show(point < next.at.length ? point : -1);
    },
  };
  views[index] = view;
  return view;
}

function placeTip(
  chart: Chart,
  point: number,
  { cursor, tip }: { cursor: HTMLElement; tip: HTMLElement },
): void {
  const at = chart.at[point] ?? chart.from;
  const share = (at - chart.from) / Math.max(1, chart.to - chart.from);
  const x = ((chart.left + share * (chart.right - chart.left)) / chart.width) * 100;
  cursor.style.left = `${x}%`;
  tip.style.left = x > 50 ? 'auto' : `calc(${x}% + 8px)`;
  tip.style.right = x > 50 ? `calc(${100 - x}% + 8px)` : 'auto';
  tip.replaceChildren(
    make('b', chart.times[point]),
    ...chart.lines.map((line) => make('span', `${line.label}: ${line.texts[point] ?? 'no data'}`)),
    ...(chart.marks[point] ?? []).map((mark) => make('span', mark, 'mark')),
  );
}

/** The point nearest to a place in the picture; -1 when there is none. */
function pointAt(chart: Chart, x: number): number {
  const share = (x - chart.left) / Math.max(1, chart.right - chart.left);
  const wanted = chart.from + share * (chart.to - chart.from);
  let best = -1;
  chart.at.forEach((at, index) => {
    if (best < 0 || Math.abs(at - wanted) < Math.abs((chart.at[best] ?? 0) - wanted)) best = index;
  });
  return best;
}

function pointByKey(key: string, point: number, last: number): number | undefined {
  if (key === 'ArrowLeft') return point < 0 ? last : Math.max(0, point - 1);
  if (key === 'ArrowRight') return Math.min(last, point + 1);
  if (key === 'Home') return 0;
  if (key === 'End') return last;
  return key === 'Escape' ? -1 : undefined;
}

/** The newest points first. */
function tableOf(chart: Chart): HTMLTableElement {
  const table = make('table');
  table.createCaption().textContent = chart.title;
  const head = table.createTHead().insertRow();
  const hasMarks = chart.marks.some((marks) => marks.length > 0);
  const labels = chart.lines.map((line) => line.label);
  for (const text of ['Time', ...labels, ...(hasMarks ? ['Marks'] : [])]) {
    const cell = make('th', text);
    cell.scope = 'col';
    head.append(cell);
  }
  const body = table.createTBody();
  for (let index = chart.at.length - 1; index >= Math.max(0, chart.at.length - tableRows); index -= 1) {
    const row = body.insertRow();
    const time = make('th', chart.times[index]);
    time.scope = 'row';
    row.append(time, ...chart.lines.map((line) => make('td', line.texts[index] ?? 'no data')));
    if (hasMarks) row.append(make('td', chart.marks[index]?.join(', ')));
  }
  return table;
}

function start(): void {
  main.replaceChildren(heading, board, status, bar);
  bar.append(asOf, stale, tools);
  page.dataset['theme'] ??= matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  bar.hidden = true;
  if (self.origin === 'null') {
    clear(sandboxed);
    return;
  }
  takeFragment();
  new ResizeObserver(tellSize).observe(main);
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (host === null || event.source !== window.parent || event.origin !== host) return;
    const { data } = event;
    if (typeof data !== 'object' || data === null || !('fairlead' in data) || !('token' in data)) return;
    if (data.fairlead !== 'token' || typeof data.token !== 'string') return;
    credential = data.token;
    void ask();
  });
  window.addEventListener('hashchange', () => {
    takeFragment();
    if (credential !== null) void ask();
  });
  document.addEventListener('visibilitychange', () => {
    clearTimeout(timer);
    mayRenew = true;
    if (document.visibilityState === 'visible') void ask();
  });
  let resizing = 0;
  window.addEventListener('resize', () => {
    clearTimeout(resizing);
    resizing = window.setTimeout(() => {
      if (views.length > 0 && Math.abs(board.clientWidth - askedWidth) > 40) void ask();
    }, 400);
  });
  status.textContent = 'Fetching the chart …';
  tellHost({ fairlead: 'ready' });
  tellSize();
  if (document.visibilityState === 'visible') void ask();
}

start();

export {};
