import { MemoryTextSender } from '../../src/adapters/memory/index.js';
import { MailError } from '../../src/errors.js';
import { textSenderContract } from '../../src/testing/index.js';
import { keepsContract } from '../support/contract.js';

const refusing = '+1 555 010 0199';

keepsContract(
  'a sender of texts in memory',
  textSenderContract(() => {
    const textSender = new MemoryTextSender({ refuse: (number) => number === refusing });
    const failNext = (isRetryable: boolean) =>
      textSender.failNext(new MailError('The service is down.', { isRetryable, refused: 0 }));
    return { textSender, delivered: () => textSender.messages, refusing, failNext };
  }),
);
