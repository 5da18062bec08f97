import type { ToolDifference } from '../../lambdas/adapters/tools/mcp/pin-tools.ts';
import { canonicalJson } from '../../lambdas/contracts/canonical-json.ts';
import { paint } from './text.ts';

/** What a server says of its tools that is not what was pinned, for whoever is to decide about it. */
export function differencesText(found: readonly ToolDifference[]): string {
  return found.map(oneText).join('\n');
}

function oneText({ name, what, before, now }: ToolDifference): string {
  const was = before && { description: before.description, input: before.input, output: before.output };
  const is = now && { description: now.description ?? '', input: now.inputSchema, output: now.outputSchema };
  const lines = (['description', 'input', 'output'] as const).flatMap((part) => {
    const [old, fresh] = [was?.[part], is?.[part]].map((value) => (value === undefined ? undefined : said(value)));
    if (old === fresh) return [];
    return [
      `  ${part}`,
      ...(old === undefined ? [] : [paint.red(marked('-', old))]),
      ...(fresh === undefined ? [] : [paint.green(marked('+', fresh))]),
    ];
  });
  return [`${paint.bold(visible(name))}: ${what}`, ...lines].join('\n');
}

const said = (value: unknown): string => (typeof value === 'string' ? value : canonicalJson(value));
const marked = (sign: string, text: string): string =>
  text
    .split('\n')
    .map((line) => `    ${sign} ${visible(line)}`)
    .join('\n');

/** A stranger's text: nothing in it moves the cursor or hides what a model would read. */
const visible = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}]/gu, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`);
