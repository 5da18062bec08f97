import type { Blobs } from '../../runtime/ports.ts';
import { blobMissing, openBlob, packBlob } from '../blob-codec.ts';
import type { ObjectAnswer, ObjectRequest } from './object-request.ts';
import { serviceCall } from './service-failure.ts';

/** It is there already: written before, or at this moment by somebody else. */
const THERE = [412, 409];

/**
 * Blobs in S3 without the SDK's client, for agents: it would be a quarter of their bundle (docs/decisions/0009).
 * A blob's own sha256 is what the signature of its upload needs.
 */
export function signedBlobs(request: (request: ObjectRequest) => Promise<ObjectAnswer>): Blobs {
  const CODE = 'blob_store_unavailable';
  return {
    put: (tenant, value) =>
      serviceCall(CODE, 'storing a blob', async () => {
        const { ref, bytes } = await packBlob(tenant, value);
        const headers = { 'content-type': 'application/json', 'content-encoding': 'br', 'if-none-match': '*' };
        const body = { bytes, sha256: ref.sha256 };
        const answer = await request({ method: 'PUT', key: ref.key, headers, body });
        if (answer.status !== 200 && !THERE.includes(answer.status)) throw refusal(answer);
        return ref;
      }),

    get: (ref) =>
      serviceCall(CODE, 'claiming a blob', async () => {
        const answer = await request({ method: 'GET', key: ref.key });
        if (answer.status === 404 && codeOf(answer) === 'NoSuchKey') throw blobMissing(ref);
        if (answer.status !== 200) throw refusal(answer);
        return openBlob(ref, answer.body);
      }),
  };
}

const codeOf = ({ body }: ObjectAnswer): string | undefined => /<Code>(\w+)<\/Code>/.exec(body.toString('utf8'))?.[1];

function refusal(answer: ObjectAnswer): Error {
  const error = new Error(`S3 answered ${answer.status}`);
  error.name = codeOf(answer) ?? 'UnknownError';
  return error;
}
