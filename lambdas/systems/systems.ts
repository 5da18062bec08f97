import type { System } from '../contracts/system.ts';
import { ETL } from './etl/system.ts';

/** The systems of agents that this deployment has; each becomes a stack. */
export const SYSTEMS: readonly System[] = [ETL];
