type Theme = 'light' | 'dark';

/** The tokens of app/tokens.css that a chart is drawn with, for pictures that no style sheet reaches; a test compares both. */
export const chartColors = {
  light: {
    surface: '#ffffff',
    ink: '#14171c',
    'ink-muted': '#4f5764',
    'ink-faint': '#646c79',
    'line-strong': '#d0d5dc',
    ok: '#12693f',
    warn: '#855000',
    bad: '#b3261e',
    'chart-stable': '#0072b2',
    'chart-canary': '#c98500',
    'chart-other-1': '#005f16',
    'chart-other-2': '#b30a81',
    'chart-other-3': '#2890f9',
    'chart-other-4': '#cd5553',
    'chart-grid': '#eceff2',
    'chart-axis': '#646c79',
  },
  dark: {
    surface: '#15181c',
    ink: '#eceef1',
    'ink-muted': '#a8b0bb',
    'ink-faint': '#8b94a1',
    'line-strong': '#363d46',
    ok: '#5fca93',
    warn: '#e9b24c',
    bad: '#ff8f86',
    'chart-stable': '#4aa8e0',
    'chart-canary': '#e69f00',
    'chart-other-1': '#18d9b9',
    'chart-other-2': '#ae6c9a',
    'chart-other-3': '#abebff',
    'chart-other-4': '#d55604',
    'chart-grid': '#22272d',
    'chart-axis': '#8b94a1',
  },
} as const satisfies Record<Theme, Record<string, string>>;

type ColorToken = keyof (typeof chartColors)['light'];

/** The colour that `var(--<token>)` stands for. Throws for a token that is not of charts: a picture must not lose a line. */
export function chartColor(variable: string, theme: Theme): string {
  const token = variable.replace(/^var\(--([\w-]+)\)$/, '$1');
  if (!isToken(token)) throw new Error(`No colour of charts: ${variable}`);
  return chartColors[theme][token];
}

function isToken(token: string): token is ColorToken {
  return Object.hasOwn(chartColors.light, token);
}
