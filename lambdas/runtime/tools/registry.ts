import type { Manifest } from '../../contracts/manifest.ts';
import type { Tool } from '../tool.ts';
import { notAllowed, notPermitted, notRegistered } from './errors.ts';

/** The tools that a handler gives its agent. */
export interface ToolRegistry {
  /**
   * The tool of this name, if the agent may use it.
   * @throws DataError `tool_not_allowed`, `tool_not_registered`, `tool_not_permitted`
   */
  allowed(name: string, manifest: Manifest): Tool;
}

/** @throws Error when two tools have one name */
export function createToolRegistry(tools: readonly Tool[]): ToolRegistry {
  const byName = new Map<string, Tool>();
  for (const tool of tools) {
    if (byName.has(tool.name)) throw new Error(`two tools are called ${tool.name}`);
    byName.set(tool.name, tool);
  }
  return {
    allowed(name, manifest) {
      if (!manifest.uses.tools.includes(name)) throw notAllowed(manifest, name);
      const tool = byName.get(name);
      if (!tool) throw notRegistered(name, [...byName.keys()]);
      const missing = tool.permissions.filter((word) => !manifest.uses.permissions.includes(word));
      if (missing.length > 0) throw notPermitted(manifest, tool, missing);
      return tool;
    },
  };
}
