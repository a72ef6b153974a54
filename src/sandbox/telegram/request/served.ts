// The methods of the Bot API that the stand-in serves. Any other real method is answered with 501.

export const SERVED_METHODS = [
  'getUpdates',
  'setWebhook',
  'deleteWebhook',
  'getWebhookInfo',
  'getMe',
  'sendMessage',
  'sendPhoto',
  'sendVideo',
  'sendAnimation',
  'sendDocument',
  'sendMediaGroup',
  'sendChatAction',
  'getFile',
  'editMessageText',
  'editMessageCaption',
  'editMessageMedia',
  'editMessageReplyMarkup',
  'deleteMessage',
  'deleteMessages',
  'answerCallbackQuery',
  'setMyCommands',
  'deleteMyCommands',
  'getMyCommands',
  'setMyName',
  'getMyName',
  'setMyDescription',
  'getMyDescription',
  'setMyShortDescription',
  'getMyShortDescription',
  'setChatMenuButton',
  'getChatMenuButton',
  'sendInvoice',
  'createInvoiceLink',
  'answerPreCheckoutQuery',
  'refundStarPayment',
  'getStarTransactions',
  'getMyStarBalance',
] as const;

export type ServedMethod = (typeof SERVED_METHODS)[number];

export function isServed(method: string): method is ServedMethod {
  return (SERVED_METHODS as readonly string[]).includes(method);
}
