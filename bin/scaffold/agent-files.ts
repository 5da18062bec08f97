/** Names that follow from a new agent's name and its system. */
export interface AgentNames {
  readonly system: string;
  /** The agent's folder: its name without the system's prefix. */
  readonly folder: string;
  readonly agent: string;
  readonly taskType: string;
  /** What the system's file imports its manifest as. */
  readonly identifier: string;
}

export function agentNames(system: string, name: string): AgentNames {
  const folder = name.startsWith(`${system}-`) ? name.slice(system.length + 1) : name;
  const camel = folder.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return {
    system,
    folder,
    agent: `${system}-${folder}`,
    taskType: `${system}.${folder}`,
    identifier: `${camel}Agent`,
  };
}

/** A working agent and its test, by path from the project's root: what it does is an example to be replaced. */
export function agentFiles({ system, folder, agent, taskType }: AgentNames): Record<string, string> {
  const home = `lambdas/systems/${system}/agents/${folder}`;
  return {
    [`${home}/manifest.ts`]: `import * as z from 'zod';
import { defineManifest } from '../../../../contracts/manifest.ts';

export const manifest = defineManifest({
  name: '${agent}',
  description: 'Counts the words of a text',
  errorImpact: 'Workflows that need a text counted stop at that task until this agent works again.',
  capabilities: {
    '${taskType}': {
      description: 'How many words a text has',
      input: z.object({ text: z.string() }),
      output: z.object({ words: z.number().int().nonnegative() }),
    },
  },
});
`,
    [`${home}/agent.ts`]: `import { defineAgent } from '../../../../runtime/agent.ts';
import { manifest } from './manifest.ts';

export const agent = defineAgent(manifest, {
  '${taskType}': ({ text }) => ({ words: text.split(/\\s+/).filter(Boolean).length }),
});
`,
    [`${home}/handler.ts`]: `import { agentHandler } from '../../../../adapters/aws/agent-handler.ts';
import { agent } from './agent.ts';

export const handler = agentHandler(agent);
`,
    [`test/unit/systems/${system}/${folder}.test.ts`]: `import { describe, expect, test } from '@jest/globals';
import { WorkflowDefinition } from '../../../../lambdas/contracts/workflow-definition.ts';
import { agent } from '../../../../${home}/agent.ts';
import { createTestFleet } from '../../../../lambdas/testing/test-fleet.ts';

/** Runs one task on the whole platform, in memory. */
async function ask(input: { text?: string }) {
  const fleet = await createTestFleet({ agents: [agent] });
  const tasks = [{ id: 'ask', type: '${taskType}', input }];
  return (await fleet.run(WorkflowDefinition.parse({ name: 'test.${folder}', tasks }))).tasks.ask;
}

describe('${agent}', () => {
  test('answers with its result', async () => {
    expect(await ask({ text: 'three little words' })).toMatchObject({
      status: 'completed',
      result: { words: 3 },
    });
  });

  test('refuses input that it can not read, without trying again', async () => {
    expect(await ask({})).toMatchObject({ status: 'failed', attempt: 1, error: { class: 'data' } });
  });
});
`,
  };
}

/** A system's file with one more agent in it. @throws Error when the file does not look like one */
export function withAgent(source: string, { folder, identifier }: AgentNames): string {
  const list = /\n {2}agents: \[([^\]]*)\]/;
  const imports = [...source.matchAll(/^import .*\n/gm)];
  const last = imports.at(-1);
  const present = list.exec(source)?.[1];
  if (present === undefined || !last) throw new Error('it has no line of the form "  agents: [one, two],"');
  const names = [...present.split(',').map((name) => name.trim()), identifier].filter(Boolean);
  const at = last.index + last[0].length;
  const line = `import { manifest as ${identifier} } from './agents/${folder}/manifest.ts';\n`;
  return (source.slice(0, at) + line + source.slice(at)).replace(list, `\n  agents: [${names.join(', ')}]`);
}
