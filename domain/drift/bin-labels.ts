import { figureText } from '../figure-text.ts';
import type { Binning } from './binning.ts';
import { isHidden } from './hidden-value.ts';

/** What each bin of a binning holds, in words and in the order of its counts. */
export function binLabels(binning: Binning): string[] {
  switch (binning.kind) {
    case 'ordered':
      return binning.values.map(String);
    case 'categorical': {
      const shown = binning.categories.map((value, index) =>
        isHidden(value) ? `value ${index + 1}` : value,
      );
      const hasTail = binning.tail === 'open' || binning.tail.length > 0;
      return hasTail ? [...shown, 'all others'] : shown;
    }
    case 'numeric': {
      const labels: string[] = [];
      let from: string | null = null;
      for (const [index, edge] of binning.edges.entries()) {
        const to = figureText(edge);
        labels.push(from === null ? `below ${to}` : `${from} to ${to}`);
        if (binning.points[index] === true) labels.push(`exactly ${to}`);
        from = to;
      }
      labels.push(from === null ? 'all' : `from ${from}`);
      return labels;
    }
  }
}
