import { withSession } from '../cloud/session.ts';
import { table } from '../views/text.ts';
import { type GlobalOptions, type JsonOption, print, printJson } from './options.ts';

/** `muster workflows`: what can be run. */
export function workflows(options: JsonOption, globals: GlobalOptions): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const definitions = [...(await session.registry.definitions())].sort((a, b) => a.name.localeCompare(b.name));
    if (options.json) return printJson(definitions);
    const rows = definitions.map((definition) => [
      definition.name,
      String(definition.version),
      String(definition.tasks.length),
      definition.description.split('\n')[0] ?? '',
    ]);
    print(table(['workflow', 'version', 'tasks', 'description'], rows));
  });
}
