import type { AtWork } from '../abilities.ts';
import type { Stops } from '../ports.ts';
import { Stopped } from './guard.ts';

/** By then those who stop work have told the coordinator as well: the task begins again when it is let go. */
const WAIT_SECONDS = 5;

/** Goes on unless something stops this work; what takes back a run that has ended goes on. @throws Stopped */
export async function mindStop(work: AtWork, stops: Pick<Stops, 'on'>): Promise<void> {
  const { tenant, runId, taskId, manifest } = work;
  const stop = await stops.on({ tenant, runId, agent: manifest.name });
  if (!stop || (stop.ended && isUndo(taskId))) return;
  throw new Stopped(`stopped by ${stop.by}${stop.reason === '' ? '' : `: ${stop.reason}`}`, WAIT_SECONDS);
}

/** An undo task, or one that it has delegated. */
const isUndo = (taskId: string): boolean => /\.undo(\.\.|$)/.test(taskId);
