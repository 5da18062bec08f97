import type { Channel } from './channels.ts';
import type { Manifest } from './manifest.ts';
import type { WorkflowDefinition } from './workflow-definition.ts';

/**
 * One of the systems of agents that stand on the platform, as data. Its stack is made from this alone.
 * The handler of agent `etl-extractor` lies in `<folder>/agents/<agent>/handler.ts`,
 * where `<agent>` is its name without the system's prefix.
 */
export interface System {
  readonly name: string;
  /** Default: `lambdas/systems/<name>`. */
  readonly folder?: string;
  readonly agents: readonly Manifest[];
  readonly workflows: readonly WorkflowDefinition[];
  readonly channels: readonly Channel[];
}
