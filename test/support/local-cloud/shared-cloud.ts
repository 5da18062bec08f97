import { cpSync, rmSync } from 'node:fs';
import type { Home } from '../../../bin/local/home.ts';
import type { LocalCloud } from '../../../bin/local/local-cloud.ts';
import { outsideFolder } from '../../../bin/local/postgres-home.ts';
import type { ControlServer } from './control-server.ts';

export interface SharedCloud {
  readonly cloud: LocalCloud;
  readonly control: ControlServer;
  readonly folder: string;
}

const KEY = Symbol.for('muster.test.sharedCloud');
type Holder = { [KEY]?: SharedCloud };

/** What the setup hands to the teardown: jest loads the two as separate modules of one process. */
export const sharedCloud = {
  set: (shared: SharedCloud): void => {
    (globalThis as Holder)[KEY] = shared;
  },
  take: (): SharedCloud | undefined => {
    const shared = (globalThis as Holder)[KEY];
    delete (globalThis as Holder)[KEY];
    return shared;
  },
};

/** Removes what the tests' local cloud has left; the logs go to the folder that `MUSTER_TEST_KEEP_LOGS` names, if it does. */
export function removeFolder(home: Home): void {
  const keep = process.env.MUSTER_TEST_KEEP_LOGS;
  if (keep) cpSync(home.path('logs'), keep, { recursive: true });
  rmSync(outsideFolder(home), { recursive: true, force: true });
  rmSync(home.dir, { recursive: true, force: true });
}
