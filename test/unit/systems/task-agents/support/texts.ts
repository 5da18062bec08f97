/** A short article that tests work on: written for them. */
export const ARTICLE = `Lighthouses guided ships along the coast for two centuries. Each lighthouse had a keeper, who lit the lamp
every evening and wound the clockwork that turned the lens. The lens of a lighthouse was the most expensive part of it, made of
hundreds of prisms. Ships could see the light from 20 miles away on a clear night.

My grandmother liked to bake bread. Radio beacons were built beside lighthouses in 1921, and ships began to trust the radio more
than the light. Satellites took over most of the work of lighthouses after 1990. Today a ship finds its way by satellites, and
lighthouses along the coast are lit by small electric lamps that need no keeper.

Some lighthouses are museums now. Visitors climb the stairs to see the lens and the clockwork that the keeper wound.`;

/** A letter with data in it. */
export const INVOICE = `Dear Ms Berg,

thank you for your order. Here is what we have noted:

Invoice number: A-1042
Invoice date: 3 May 2026
Customer: Berg Shipping AS
Total amount: 1,234.50 EUR
Status: open

Please pay within 30 days. Questions go to billing@example.com.
Our lighthouse lamps come with a warranty of two years. The lamps are packed in wood.`;

export const INVOICE_SCHEMA = {
  type: 'object',
  required: ['invoice_number', 'total_amount'],
  properties: {
    invoice_number: { type: 'string' },
    invoice_date: { type: 'string', format: 'date' },
    total_amount: { type: 'number' },
    status: { enum: ['open', 'paid'] },
    contact: { type: 'string', format: 'email' },
    vat: { type: 'number' },
  },
};
