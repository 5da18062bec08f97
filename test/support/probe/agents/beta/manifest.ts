import { defineManifest } from '../../../../../lambdas/contracts/manifest.ts';
import { shared } from '../../shared-work/orders.ts';
import { PEER } from '../../shared-work/peer-settings.ts';

export const manifest = defineManifest({
  ...PEER,
  name: 'probe-beta',
  description: 'The second of three peers that can do the same work.',
  selection: { weight: 3, near: ['south'] },
  capabilities: { 'probe.shared': shared, 'probe.pair': shared },
});
