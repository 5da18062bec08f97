import type { System } from '../contracts/system.ts';
import { ETL } from './etl/system.ts';
import { MAINTENANCE } from './maintenance/system.ts';
import { ASSISTANT } from './memory-assistant/system.ts';
import { TASK_AGENTS } from './task-agents/system.ts';

/** The systems of agents that this deployment has; each becomes a stack. */
export const SYSTEMS: readonly System[] = [ETL, MAINTENANCE, ASSISTANT, TASK_AGENTS];
