import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { power } from './srp.js'

/** Numbers as the libraries of AWS have them. */
interface Big {
  toString(radix: number): string
}

interface BigInteger {
  new (digits: string, radix: number): Big
  readonly prototype: { modPow: unknown }
}

/**
 * Has a library's powers computed in native code, which takes a hundredth of the time: as AWS's own libraries do in React Native, at
 * the same place.
 */
export function powersInNativeCode(Numbers: BigInteger): void {
  Numbers.prototype.modPow = function modPow(
    this: Big,
    exponent: Big,
    _modulus: Big,
    done?: (error: null, result: Big) => void,
  ): Big {
    const result = new Numbers(power(integerOf(this), integerOf(exponent)).toString(16), 16)
    done?.(null, result)
    return result
  }
}

const integerOf = (number: Big): bigint => {
  const text = number.toString(16)
  return text.startsWith('-') ? -BigInt(`0x${text.slice(1)}`) : BigInt(`0x${text}`)
}

const require = createRequire(import.meta.url)

/** The numbers of amazon-cognito-identity-js. */
export const numbersOfIdentityJs = (): BigInteger =>
  require(join(dirname(require.resolve('amazon-cognito-identity-js')), 'BigInteger.js')).default
