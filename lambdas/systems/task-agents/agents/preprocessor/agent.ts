import { buffer } from 'node:stream/consumers';
import { DataError } from '../../../../contracts/errors.ts';
import { defineAgent } from '../../../../runtime/agent.ts';
import type { ObjectStore } from '../../../../runtime/ports.ts';
import { filesOf, uploadKey } from '../../files.ts';
import { prepareFile, prepareValue } from '../../prepare/prepare.ts';
import { INPUT_LIMITS } from '../../prepare/standard-form.ts';
import { manifest } from './manifest.ts';

export const agent = defineAgent(manifest, {
  'input.prepare': async ({ input, file, claims, schema }, ctx) => {
    if (file === undefined) return prepareValue(input ?? null, { claims, schema });
    const { name, base64, key } = file;
    const files = filesOf(ctx);
    const bytes = base64 === undefined ? await readWhole(files, key ?? '') : Buffer.from(base64, 'base64');
    const form = await prepareFile({ bytes, name, claims, schema });
    if (key !== undefined) return { ...form, file: key };
    const at = uploadKey(form.id, name);
    await files.write(at, bytes, form.media_type);
    return { ...form, file: at };
  },
});

/** @throws DataError `object_missing`, `input_too_large` before anything is read */
async function readWhole(files: ObjectStore, key: string): Promise<Buffer> {
  const bytes = (await files.list(key)).find((object) => object.key === key)?.bytes ?? 0;
  if (bytes > INPUT_LIMITS.bytes)
    throw new DataError('input_too_large', `it has ${bytes} bytes, at most ${INPUT_LIMITS.bytes} are taken`);
  return buffer(await files.read(key));
}
