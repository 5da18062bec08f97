import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Home } from '../../../bin/local/home.ts';
import { startLocalCloud } from '../../../bin/local/local-cloud.ts';
import { Phases } from '../../../bin/local/phases.ts';
import { phaseDisplay } from '../../../bin/views/phase-display.ts';
import { startControlServer } from './control-server.ts';
import globalTeardown from './global-teardown.ts';
import { removeFolder, sharedCloud } from './shared-cloud.ts';

/** The product's stacks, and the probe system that the tests of failures need. */
const APP = 'node test/support/probe/app.ts';

/**
 * One local cloud for all end-to-end tests, in a fresh folder and on free ports. What the tests need to know of it
 * goes into the environment, which jest hands on to them.
 */
// biome-ignore lint/style/noDefaultExport: jest takes no other
export default async function globalSetup(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-e2e-'));
  // PostgreSQL refuses to run as root; the user it runs as then must be able to enter.
  chmodSync(folder, 0o755);
  const home = new Home(folder);
  const phases = new Phases(phaseDisplay(process.stderr));
  process.stderr.write(`\nlocal cloud for the end-to-end tests in ${folder}\n`);
  const emulatorSettings = process.env.MUSTER_EMULATOR_IAM ? { AUTH: 'true' } : {};
  const cloud = await startLocalCloud({ home, phases, app: APP, emulatorSettings }).catch((error: unknown) => {
    removeFolder(home);
    throw error;
  });
  home.write('running.json', cloud.describe());
  const control = await startControlServer(cloud);
  Object.assign(process.env, {
    MUSTER_HOME: folder,
    MUSTER_TEST_ENDPOINT: cloud.endpoint,
    MUSTER_TEST_CONTROL: control.url,
    MUSTER_TEST_SOURCE_URL: cloud.postgres.url('source'),
    MUSTER_TEST_TARGET_URL: cloud.postgres.url('target'),
    MUSTER_TEST_WEATHER_URL: cloud.weather.url,
  });
  sharedCloud.set({ cloud, control, folder });
  // jest skips the teardown when a signal ends it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => void globalTeardown().finally(() => process.exit(130)));
}
