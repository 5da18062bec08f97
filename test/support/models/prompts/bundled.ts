import text from './summarize.md' with { type: 'text' };

/** What a bundle with a prompt in it is made of. */
export const length = text.length;
