import { defineAgent } from '../../../../runtime/agent.ts';
import { StretchesInput } from '../../messages.ts';
import { detect } from '../../privacy/detect.ts';
import { maskDocument } from '../../privacy/mask.ts';
import { manifest } from './manifest.ts';

export const agent = defineAgent(manifest, {
  apply_security: ({ document, audience }, ctx) => {
    const { document: released, found, masked } = maskDocument(document, audience);
    ctx.logger.info('released', { audience, masked, kinds: Object.keys(found).length });
    const { stretches } = StretchesInput.safeParse(document).data ?? {};
    return {
      type: 'security_applied' as const,
      audience,
      document: released,
      found,
      masked,
      ...(stretches && { stretches }),
    };
  },
  detect_personal_data: ({ text }) => ({ type: 'personal_data' as const, entities: detect(text) }),
});
