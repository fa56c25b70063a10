import type { Service } from '../service.js'
import type { ChallengeAnswer } from './answer.js'
import { challengeNamed } from './challenges/table.js'
import type { SignInResult } from './sign-in-result.js'

/** Takes an answer to a challenge, and says what comes next. */
export async function answerChallenge(
  service: Service,
  challenge: string,
  answer: ChallengeAnswer,
): Promise<SignInResult> {
  const { answer: judge, tokenSource: source } = challengeNamed(challenge)
  const result = await judge(service, answer)
  return result.done && source !== undefined
    ? { ...result, occasion: { ...result.occasion, source } }
    : result
}
