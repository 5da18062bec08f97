/** What somebody says who was told a secret, and who may repeat it: "the key sk-… is not known". */
export const withoutSecret = (text: string, secret: string): string =>
  secret === '' ? text : text.replaceAll(secret, '[redacted]');
