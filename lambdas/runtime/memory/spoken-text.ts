/** What is searched by meaning: a vector of the words alone would not know who said them. */
export const spokenText = (speaker: string | undefined, text: string): string =>
  speaker === undefined ? text : `${speaker}: ${text}`;
