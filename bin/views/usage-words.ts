import type { Usage } from '../../lambdas/contracts/usage.ts';
import { grouped } from './text.ts';

/** "$0.0123 · 12,345 tokens · 3 model calls · 1 tool call". */
export function usageText({ usd, input_tokens, output_tokens, model_calls, tool_calls }: Usage): string {
  const tokens = input_tokens + output_tokens;
  return [
    usdText(usd),
    ...(tokens > 0 ? [`${grouped(tokens)} tokens`] : []),
    ...counted(model_calls, 'model call'),
    ...counted(tool_calls, 'tool call'),
  ].join(' · ');
}

/** "$0.0012", "$0.25". */
export const usdText = (usd: number): string => `$${usd.toFixed(usd < 0.01 ? 4 : 2)}`;

const counted = (n: number, what: string): string[] => (n === 0 ? [] : [`${grouped(n)} ${what}${n === 1 ? '' : 's'}`]);
