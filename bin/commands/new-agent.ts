import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AgentName } from '../../lambdas/contracts/names.ts';
import { CliError } from '../cli-error.ts';
import { PROJECT } from '../local/home.ts';
import { agentFiles, agentNames, withAgent } from '../scaffold/agent-files.ts';
import { paint } from '../views/text.ts';
import { print } from './options.ts';

/** `muster new agent NAME`: a folder with a working agent, its test, and the line that registers it. */
export function newAgent(what: string, name: string, options: { system: string }, project = PROJECT): void {
  if (what !== 'agent') throw new CliError(`"${what}" can't be made`, 'try: npx muster new agent NAME');
  const names = agentNames(options.system, name);
  if (!AgentName.safeParse(names.agent).success || names.folder === '')
    throw new CliError(
      `"${names.agent}" is no name for an agent`,
      'use kebab-case, at most 40 characters with the system',
    );
  const systemFile = join(project, 'lambdas', 'systems', options.system, 'system.ts');
  if (!existsSync(systemFile))
    throw new CliError(`there is no system "${options.system}"`, `there is: ${systemsIn(project).join(', ')}`);
  const files = agentFiles(names);
  const taken = Object.keys(files).find((path) => existsSync(join(project, path)));
  if (taken) throw new CliError(`${taken} is there already`, 'choose another name');

  const system = withAgent(readFileSync(systemFile, 'utf8'), names);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), content);
  }
  writeFileSync(systemFile, system);
  const written = [...Object.keys(files), `lambdas/systems/${options.system}/system.ts`];
  format(project, written);
  for (const path of written) print(`  ${paint.green('✓')} ${path}`);
  print(`\n${paint.bold(names.agent)} does tasks of type ${paint.bold(names.taskType)}. Next:`);
  print(`  npm run test:unit -- -t ${names.agent}   ${paint.dim('its test')}`);
  print(`  npm start                        ${paint.dim('deploys it to the local cloud')}`);
}

function systemsIn(project: string): string[] {
  const folder = join(project, 'lambdas', 'systems');
  return readdirSync(folder).filter((name) => existsSync(join(folder, name, 'system.ts')));
}

function format(project: string, paths: readonly string[]): void {
  const biome = join(PROJECT, 'node_modules', '.bin', 'biome');
  if (existsSync(biome)) execFileSync(biome, ['check', '--write', ...paths], { cwd: project, stdio: 'ignore' });
}
