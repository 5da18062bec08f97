import { buffer } from 'node:stream/consumers';
import { defineAgent } from '../../../../runtime/agent.ts';
import { bytesOf, filesOf, uploadKey } from '../../files.ts';
import { prepareFile, prepareValue } from '../../prepare/prepare.ts';
import { INPUT_LIMITS } from '../../prepare/standard-form.ts';
import { manifest } from './manifest.ts';

export const agent = defineAgent(manifest, {
  'input.prepare': async ({ input, file, claims, schema }, ctx) => {
    if (file === undefined) return prepareValue(input ?? null, { claims, schema });
    const { name, base64, key } = file;
    const files = filesOf(ctx);
    const bytes =
      base64 === undefined
        ? await buffer(bytesOf(files, key ?? '', INPUT_LIMITS.bytes))
        : Buffer.from(base64, 'base64');
    const form = await prepareFile({ bytes, name, claims, schema });
    if (key !== undefined) return { ...form, file: key };
    const at = uploadKey(form.id, name);
    await files.write(at, bytes, form.media_type);
    return { ...form, file: at };
  },
});
