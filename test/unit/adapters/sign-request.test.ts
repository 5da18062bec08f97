import { expect, test } from '@jest/globals';
import { signedHeaders } from '../../../lambdas/adapters/aws/sign-request.ts';

const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const scope = { region: 'us-east-1', service: 's3' };
const request = {
  method: 'GET',
  url: new URL('https://examplebucket.s3.amazonaws.com/test.txt'),
  headers: { range: 'bytes=0-9' },
  bodySha256: EMPTY,
};
const now = new Date('2013-05-24T00:00:00Z');

test('a request is signed as in the example of the Amazon S3 API reference', () => {
  expect(signedHeaders(request, credentials, scope, now)).toMatchObject({
    'x-amz-date': '20130524T000000Z',
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, ' +
      'SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, ' +
      'Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  });
});

test("a session's token is signed along", () => {
  const signed = signedHeaders(request, { ...credentials, sessionToken: 'token' }, scope, now);
  expect(signed).toMatchObject({ 'x-amz-security-token': 'token' });
  expect(signed.authorization).toContain(';x-amz-security-token,');
});
