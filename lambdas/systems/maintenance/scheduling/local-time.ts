/** A moment as a wall clock in a time zone shows it. */
export interface LocalTime {
  /** `YYYY-MM-DD` */
  readonly date: string;
  /** Minutes since midnight. */
  readonly minutes: number;
  /** 0 Sunday … 6 Saturday. */
  readonly weekday: number;
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const digits = { hour: '2-digit', minute: '2-digit', year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, ...digits, weekday: 'short', hourCycle: 'h23' });
  formats.set(timeZone, format);
  return format;
}

/** @param at ms */
export function localTime(at: number, timeZone: string): LocalTime {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const text = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  return {
    date: `${text('year')}-${text('month')}-${text('day')}`,
    minutes: Number(text('hour')) * 60 + Number(text('minute')),
    weekday: WEEKDAYS.indexOf(text('weekday')),
  };
}
