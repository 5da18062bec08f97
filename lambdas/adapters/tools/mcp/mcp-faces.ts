import type { Tool as ListedTool } from '@modelcontextprotocol/sdk/types.js';
import { JsonObject } from '../../../contracts/json.ts';
import { SERVER_SEPARATOR } from '../../../contracts/tool-names.ts';
import { type ToolFace, toolHash } from '../../../runtime/tools/tool-hash.ts';

/** What models are told of a tool, which is what is pinned. MCP has no versions of tools. */
export function faceOf(server: string, { name, description = '', inputSchema, outputSchema }: ListedTool): ToolFace {
  return {
    ...{ name: server + SERVER_SEPARATOR + name, version: 'mcp', description },
    input: JsonObject.parse(inputSchema),
    output: outputSchema && JsonObject.parse(outputSchema),
  };
}

/** By the names that the server gives. Of two that have one name, neither is what was pinned. */
export function hashesOf(server: string, tools: readonly ListedTool[]): ReadonlyMap<string, string> {
  const hashes = new Map<string, string>();
  for (const tool of tools)
    hashes.set(tool.name, hashes.has(tool.name) ? 'two tools have this name' : toolHash(faceOf(server, tool)));
  return hashes;
}
