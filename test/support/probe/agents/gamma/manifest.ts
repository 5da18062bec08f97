import { defineManifest } from '../../../../../lambdas/contracts/manifest.ts';
import { shared } from '../../shared-work/orders.ts';
import { PEER } from '../../shared-work/peer-settings.ts';

export const manifest = defineManifest({
  ...PEER,
  name: 'probe-gamma',
  description: 'The third of three peers: so expensive that it gets work only when others are busy or it is named.',
  selection: { weight: 1, cost: 1_000 },
  health: { ...PEER.health, avgProcessingSeconds: 2 },
  capabilities: { 'probe.shared': shared },
});
