import { createHash, createHmac } from 'node:crypto';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface SignableRequest {
  readonly method: string;
  /** Without a query, and with a path of unreserved characters and slashes only: nothing here encodes. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** sha256 of the body in hexadecimal digits. */
  readonly bodySha256: string;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/**
 * The headers of a request with AWS's signature, version 4, among them.
 * (AWS Identity and Access Management User Guide, "Create a signed AWS API request".)
 */
export function signedHeaders(
  { method, url, headers, bodySha256 }: SignableRequest,
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
  scope: { readonly region: string; readonly service: string },
  now: Date,
): Record<string, string> {
  const time = now.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const signed: Record<string, string> = {
    ...headers,
    host: url.host,
    'x-amz-content-sha256': bodySha256,
    'x-amz-date': time,
    ...(sessionToken && { 'x-amz-security-token': sessionToken }),
  };
  const names = Object.keys(signed).sort();
  const canonical = [
    method,
    url.pathname,
    '',
    ...names.map((name) => `${name}:${signed[name]?.trim()}`),
    '',
    names.join(';'),
    bodySha256,
  ].join('\n');
  const credentialScope = [time.slice(0, 8), scope.region, scope.service, 'aws4_request'];
  const key = credentialScope.reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  const toSign = ['AWS4-HMAC-SHA256', time, credentialScope.join('/'), sha256(canonical)].join('\n');
  const signature = hmac(key, toSign).toString('hex');
  const credential = `${accessKeyId}/${credentialScope.join('/')}`;
  return {
    ...signed,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
}
