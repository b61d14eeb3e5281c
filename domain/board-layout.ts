/** Of three, of two, or alone in a row; narrow screens show one a row. */
export const chartSizes = ['third', 'half', 'full'] as const;
export type ChartSize = (typeof chartSizes)[number];

export const mostCharts = 24;

/** Ranges that end now. */
export const boardRanges = ['1h', '6h', '24h', '7d', '30d', '90d'] as const;
export type BoardRange = (typeof boardRanges)[number];

export const boardTemplates = ['healthy', 'cost', 'changed'] as const;
export type BoardTemplate = (typeof boardTemplates)[number];
