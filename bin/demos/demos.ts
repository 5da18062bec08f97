import type { Demo } from './demo.ts';

/** Loads a demo when it is played: none waits for what another needs. */
export interface DemoEntry {
  readonly name: string;
  /** Of lambdas/systems/systems.ts. */
  readonly system: string;
  load(): Promise<Demo>;
}

/** By the names that `muster demo` takes, in the order in which `muster start` looks for the first that is deployed. */
export const DEMOS: readonly DemoEntry[] = [
  { name: 'etl', system: 'etl', load: async () => (await import('./etl.ts')).demo },
  { name: 'assistant', system: 'assistant', load: async () => (await import('./assistant.ts')).demo },
  { name: 'maintenance', system: 'maintenance', load: async () => (await import('./maintenance.ts')).demo },
  { name: 'tasks', system: 'task-agents', load: async () => (await import('./tasks.ts')).demo },
];
