import { type CliCommand, durationMs, type Ending, type Surroundings, type Words } from './command-line.ts';
import type { Console } from './console-api.ts';
import { exitCode } from './exit-code.ts';
import { endExit, readStanding, type Standing, standingKey, standingText } from './promotion-wait.ts';

const shortestPauseMs = 1_000;
const longestPauseMs = 15_000;

/**
 * Follows a promotion through signatures and rollout to its end. Each change is said once; reads come every second after a
 * change and then ever more rarely, down to four a minute.
 */
export async function waitForEnd(
  around: Surroundings,
  wanted: { readonly console: Console; readonly promotionId: string; readonly timeoutMs: number },
): Promise<Ending> {
  const until = around.now() + wanted.timeoutMs;
  let said = '';
  let pauseMs = shortestPauseMs;
  for (;;) {
    const standing = await readStanding(wanted.console, wanted.promotionId);
    const key = standingKey(standing);
    if (key === said) pauseMs = Math.min(longestPauseMs, pauseMs * 1.5);
    else {
      around.say(standingText(standing));
      pauseMs = shortestPauseMs;
    }
    said = key;
    const exit = endExit(standing);
    if (exit !== null) return { exit, value: standing.state, json: standing };
    const leftMs = until - around.now();
    if (leftMs <= 0) return stillWaiting(around, standing);
    await around.pause(Math.min(pauseMs, leftMs));
  }
}

function stillWaiting({ say }: Surroundings, standing: Standing): Ending {
  say(`The time to wait is over; it goes on without this tool: ${standing.url}`);
  return { exit: exitCode.waiting, value: standing.state, json: standing };
}

export const timeoutOption = {
  timeout: { type: 'string', help: 'DURATION after which waiting ends with code 4, such as 30m (1h)' },
} as const;

export function timeoutOf(words: Words): number {
  return durationMs(words.text('timeout') ?? '1h');
}

export const waitCommand: CliCommand = {
  name: 'wait',
  words: 'PROMOTION',
  summary: 'Follow a promotion through signatures and rollout to its end, and say why it waits',
  options: timeoutOption,
  run: async (words, around) => {
    const promotionId = words.position(0, 'the promotion by its id, as "fairlead promote" prints it');
    return await waitForEnd(around, {
      console: around.console(),
      promotionId,
      timeoutMs: timeoutOf(words),
    });
  },
};
