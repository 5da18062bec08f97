import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { newAgent } from '../../../bin/commands/new-agent.ts';
import { PROJECT } from '../../../bin/local/home.ts';
import { agentFiles, agentNames, withAgent } from '../../../bin/scaffold/agent-files.ts';

const SYSTEM =
  "import type { System } from './system.ts';\n\nexport const X: System = {\n  name: 'etl',\n  agents: [one, two],\n};\n";

let project = '';
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'muster-new-'));
  cpSync(join(PROJECT, 'lambdas/systems/etl/system.ts'), join(project, 'lambdas/systems/etl/system.ts'));
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

describe('the names of a new agent', () => {
  test('follow from its own name and its system, whether the prefix is given or not', () => {
    expect(agentNames('etl', 'word-counter')).toEqual({
      system: 'etl',
      folder: 'word-counter',
      agent: 'etl-word-counter',
      taskType: 'etl.word-counter',
      identifier: 'wordCounterAgent',
    });
    expect(agentNames('etl', 'etl-word-counter')).toEqual(agentNames('etl', 'word-counter'));
  });
});

describe('a new agent', () => {
  test('has fewer than 40 lines in all', () => {
    const files = Object.entries(agentFiles(agentNames('etl', 'word-counter'))).filter(([path]) =>
      path.startsWith('lambdas/'),
    );
    expect(files).toHaveLength(3);
    expect(files.flatMap(([, content]) => content.trimEnd().split('\n')).length).toBeLessThan(40);
  });

  test('is registered behind the others', () => {
    const system = withAgent(SYSTEM, agentNames('etl', 'word-counter'));
    expect(system).toContain('agents: [one, two, wordCounterAgent]');
    expect(system).toContain("import { manifest as wordCounterAgent } from './agents/word-counter/manifest.ts';");
  });

  test('is written with its test, into the system it was asked for', () => {
    newAgent('agent', 'word-counter', { system: 'etl' }, project);
    expect(existsSync(join(project, 'lambdas/systems/etl/agents/word-counter/handler.ts'))).toBe(true);
    expect(existsSync(join(project, 'test/unit/systems/etl/word-counter.test.ts'))).toBe(true);
    expect(readFileSync(join(project, 'lambdas/systems/etl/system.ts'), 'utf8')).toContain('wordCounterAgent');
  });

  test("takes nobody else's place", () => {
    newAgent('agent', 'word-counter', { system: 'etl' }, project);
    expect(() => newAgent('agent', 'etl-word-counter', { system: 'etl' }, project)).toThrow('is there already');
  });

  test.each([
    ['agent', 'Word Counter', 'etl', 'is no name for an agent'],
    ['agent', 'counter', 'elt', 'there is no system "elt"'],
    ['robot', 'counter', 'etl', '"robot" can\'t be made'],
  ])('is refused as "new %s %s --system %s"', (what, name, system, reason) => {
    expect(() => newAgent(what, name, { system }, project)).toThrow(reason);
  });
});
