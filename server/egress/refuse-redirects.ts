import { DecoratorHandler, type Dispatcher } from 'undici';
import { EgressError } from './egress-error.ts';

type ResponseStart = NonNullable<Dispatcher.DispatchHandler['onResponseStart']>;

class RedirectRefusal extends DecoratorHandler {
  readonly #handler: Dispatcher.DispatchHandler;
  constructor(handler: Dispatcher.DispatchHandler) {
    super(handler);
    this.#handler = handler;
  }

  onResponseStart(...answer: Parameters<ResponseStart>): void {
    const [, statusCode] = answer;
    if (statusCode >= 300 && statusCode < 400 && statusCode !== 304)
      throw new EgressError(
        'redirect',
        `The server answered with a redirect (${statusCode}), which is not followed.`,
      );
    this.#handler.onResponseStart?.(...answer);
  }
}

/** A redirect could lead anywhere, so it ends the request, also under fetch, which would follow it. */
export const refuseRedirects: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) =>
  dispatch(options, new RedirectRefusal(handler));
