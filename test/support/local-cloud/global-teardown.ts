import { Home } from '../../../bin/local/home.ts';
import { removeFolder, sharedCloud } from './shared-cloud.ts';

/** Stops the local cloud of the end-to-end tests and removes its folder. */
// biome-ignore lint/style/noDefaultExport: jest takes no other
export default async function globalTeardown(): Promise<void> {
  const shared = sharedCloud.take();
  if (!shared) return;
  await shared.control.close();
  await shared.cloud.stop();
  removeFolder(new Home(shared.folder));
}
