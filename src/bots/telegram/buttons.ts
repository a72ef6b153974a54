// The data inside inline buttons: short, opaque, checked when it comes back. At most 64 bytes (Bot API).

export type ButtonAction =
  | { kind: 'start' }
  | { kind: 'agree'; orderId: string }
  | { kind: 'swap'; orderId: string }
  | { kind: 'replace'; orderId: string; position: 1 | 2 }
  | { kind: 'keep'; orderId: string }
  | { kind: 'choose'; orderId: string; variant: string }
  | { kind: 'cancel'; orderId: string }
  | { kind: 'again'; orderId: string }
  | { kind: 'other'; orderId: string }
  | { kind: 'retry'; orderId: string }
  | { kind: 'video'; orderId: string }
  | { kind: 'report'; orderId: string }
  | { kind: 'stop'; orderId: string }
  | { kind: 'answer'; ticketId: string }
  /** Of an order or a payment. */
  | { kind: 'refund'; id: string }
  | { kind: 'erase'; askedAt: number }
  | { kind: 'pack'; packId: string }
  | { kind: 'page' | 'balance' | 'currencies'; offset: number }
  | { kind: 'currency'; currency: string }
  | { kind: 'language'; locale: string };

const ORDER_ID = '([a-z0-9]{16})';
const PLAIN = [
  'agree',
  'swap',
  'keep',
  'cancel',
  'again',
  'other',
  'retry',
  'video',
  'report',
  'stop',
] as const;

/** Data for a button; `readButton` understands it. */
export function buttonData(action: ButtonAction): string {
  switch (action.kind) {
    case 'start':
      return 'start';
    case 'replace':
      return `replace:${action.orderId}:${action.position}`;
    case 'choose':
      return `choose:${action.orderId}:${action.variant}`;
    case 'page':
    case 'balance':
    case 'currencies':
      return `${action.kind}:${action.offset}`;
    case 'answer':
      return `answer:${action.ticketId}`;
    case 'refund':
      return `refund:${action.id}`;
    case 'erase':
      return `erase:${action.askedAt}`;
    case 'pack':
      return `pack:${action.packId}`;
    case 'currency':
      return `currency:${action.currency}`;
    case 'language':
      return `language:${action.locale}`;
    default:
      return `${action.kind}:${action.orderId}`;
  }
}

/** The action of a pressed button, or null: data comes from outside and may be anything. */
export function readButton(data: string): ButtonAction | null {
  if (data === 'start') return { kind: 'start' };
  const plain = new RegExp(`^(${PLAIN.join('|')}):${ORDER_ID}$`).exec(data);
  if (plain?.[2] !== undefined) {
    return { kind: plain[1] as (typeof PLAIN)[number], orderId: plain[2] };
  }
  const replace = new RegExp(`^replace:${ORDER_ID}:([12])$`).exec(data);
  if (replace?.[1] !== undefined) {
    return { kind: 'replace', orderId: replace[1], position: replace[2] === '1' ? 1 : 2 };
  }
  const choose = new RegExp(`^choose:${ORDER_ID}:(\\w{1,20})$`).exec(data);
  if (choose?.[1] !== undefined && choose[2] !== undefined) {
    return { kind: 'choose', orderId: choose[1], variant: choose[2] };
  }
  const page = /^(page|balance|currencies):(\d{1,6})$/.exec(data);
  if (page !== null) {
    return { kind: page[1] as 'page' | 'balance' | 'currencies', offset: Number(page[2]) };
  }
  const answer = new RegExp(`^answer:${ORDER_ID}$`).exec(data);
  if (answer?.[1] !== undefined) return { kind: 'answer', ticketId: answer[1] };
  const refund = /^refund:([a-z0-9-]{16,36})$/.exec(data);
  if (refund?.[1] !== undefined) return { kind: 'refund', id: refund[1] };
  const erase = /^erase:(\d{1,15})$/.exec(data);
  if (erase !== null) return { kind: 'erase', askedAt: Number(erase[1]) };
  const pack = /^pack:(\w{1,20})$/.exec(data);
  if (pack?.[1] !== undefined) return { kind: 'pack', packId: pack[1] };
  const currency = /^currency:([A-Z]{3})$/.exec(data);
  if (currency?.[1] !== undefined) return { kind: 'currency', currency: currency[1] };
  const language = /^language:([A-Za-z-]{2,12})$/.exec(data);
  return language?.[1] === undefined ? null : { kind: 'language', locale: language[1] };
}
