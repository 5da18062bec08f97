import { DataError, NonRecoverableError } from '../../../contracts/errors.ts';
import type { AgentContext } from '../../../runtime/agent.ts';
import { httpTool } from '../../../runtime/tools/http-tool.ts';
import { cleanText } from '../prepare/decode-text.ts';
import { htmlText } from '../prepare/html-text.ts';
import type { Page } from './shapes.ts';

/** Public pages, and nothing else: the tool itself refuses private addresses, wherever names and redirects lead. */
export const http = httpTool({ timeoutSeconds: 20, longestAnswer: 1024 * 1024 });

/** Characters of a page that are kept. */
const LONGEST = 200_000;

/**
 * A page as a person reads it.
 * @throws DataError `page_not_readable` for anything but text; NonRecoverableError `page_not_there` for an error of the server
 */
export async function readPage(url: string, ctx: Pick<AgentContext, 'tool'>): Promise<Page> {
  const { status, url: at, contentType, body } = await ctx.tool(http, { url });
  if (status < 200 || status > 299) throw new NonRecoverableError('page_not_there', `${at} answers ${status}`);
  if (contentType !== '' && !/^(text\/|application\/(xhtml\+xml|json|xml))/i.test(contentType))
    throw new DataError('page_not_readable', `${at} is ${contentType}, no text`);
  const isHtml = /html/i.test(contentType) || /^\s*<(!doctype html|html)/i.test(body.slice(0, 500));
  const { text, title } = isHtml ? htmlText(body) : { text: body, title: undefined };
  const clean = cleanText(text);
  if (clean.trim() === '') throw new DataError('page_not_readable', `there is no text on ${at}`);
  return {
    ...{ url: at, title: (title ?? at).slice(0, 300), text: clean.slice(0, LONGEST) },
    ...{ characters: clean.length, cut: clean.length > LONGEST },
  };
}
