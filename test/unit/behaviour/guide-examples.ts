import type { ConfigInput } from '../../../lib/config-schema.ts';

export const cautious: ConfigInput = {
  quarantine: { forbidden_tool: 'alert', critical_behaviour: 'quarantine' },
};
