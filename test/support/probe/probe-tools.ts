import type { ConfigInput } from '../../../lib/config-schema.ts';
import type { ServedTool } from '../tools/mcp-server.ts';

/** Where the test of tools puts its MCP server, and a shop that takes money. */
export const PROBE_MCP_PORT = 11_538;
export const PROBE_SHOP_PORT = 11_539;

export const PROBE_MCP: NonNullable<ConfigInput['mcp']> = {
  shop: { url: `http://127.0.0.1:${PROBE_MCP_PORT}/mcp` },
};

/** What the MCP server offers, and the agent's lock has pinned. */
export const OFFER = {
  description: 'Tells what an article costs, and whom to pay',
  inputSchema: { type: 'object' as const, properties: { article: { type: 'string' } }, required: ['article'] },
  outputSchema: {
    type: 'object' as const,
    properties: { price: { type: 'number' }, account: { type: 'string' } },
    required: ['price', 'account'],
  },
} satisfies Omit<ServedTool, 'run'>;
