// The methods that answer a person's app: taps on buttons and pre-checkouts.

import { badRequest } from '../errors.js';
import { countCharacters } from '../messages/text.js';
import type { Methods } from './call.js';

const MAX_ANSWER = 200;

export const answeringMethods: Methods<'answerCallbackQuery' | 'answerPreCheckoutQuery'> = {
  answerCallbackQuery: (state, input) => {
    const { text = '' } = input;
    if (countCharacters(text) > MAX_ANSWER) throw badRequest('MESSAGE_TOO_LONG');
    state.callbacks.answer(input.callback_query_id, {
      text: text === '' ? null : text,
      showAlert: input.show_alert === true,
      url: input.url ?? null,
    });
    return true;
  },

  answerPreCheckoutQuery: (state, input) => {
    const { error_message: message = '' } = input;
    if (!input.ok && message === '') throw badRequest('ERROR_TEXT_EMPTY');
    state.checkouts.answer(
      input.pre_checkout_query_id,
      input.ok ? { ok: true } : { ok: false, message },
    );
    return true;
  },
};
