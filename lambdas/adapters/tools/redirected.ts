/** What another origin may be told as well. Whatever else a caller sends along may be a key for the first one. */
const FOR_ANYBODY = /^(accept|accept-encoding|accept-language|content-type|user-agent)$/i;

export const REDIRECTS = [301, 302, 303, 307, 308];

/** A request as it goes to where a redirect leads. */
export function redirected(
  init: RequestInit & { method: string },
  status: number,
  isSameOrigin: boolean,
): RequestInit & { method: string } {
  const headers = new Headers(init.headers);
  if (!isSameOrigin) for (const name of [...headers.keys()]) if (!FOR_ANYBODY.test(name)) headers.delete(name);
  const becomesGet = status === 303 || (status <= 302 && init.method === 'POST');
  if (!becomesGet) return { ...init, headers };
  headers.delete('content-type');
  const { body: _body, ...rest } = init;
  return { ...rest, headers, method: init.method === 'HEAD' ? 'HEAD' : 'GET' };
}
