/** Recognises numbers of payment cards by their check digit, issuer and grouping. */
import type { Hit } from './hits.ts';

/** Whether digits, with spaces or dashes between them, are the number of a card (ISO/IEC 7812). */
export function isCardNumber(text: string): boolean {
  if (text.length > 30 || !/^[\d -]+$/.test(text)) return false;
  const digits = text.replace(/\D/g, '');
  return issuers.test(digits) && hasCheckDigit(digits);
}

/**
 * Adds the card number whose first group of four digits ends at an index. Numbers without groups are ids in most texts, of which one in
 * ten has a correct check digit, so they count only under the key of a card.
 */
export function findCard(text: string, groupEnd: number, hits: Hit[]): void {
  const start = groupEnd - 4;
  const mark = text.charCodeAt(groupEnd);
  if (text.charCodeAt(groupEnd + 5) !== mark && text.charCodeAt(groupEnd + 7) !== mark) return;
  if (start < 0 || /[\d.-]/.test(text.charAt(start - 1))) return;
  grouped.lastIndex = start;
  const number = grouped.exec(text)?.[0];
  if (number !== undefined && isCardNumber(number)) hits.push({ start, end: start + number.length, rule: 'card' });
}

const grouped = /(?:\d{4}([ -])\d{4}\1\d{4}\1\d{4}|3[47]\d\d([ -])\d{6}\2\d{5})(?![\d-])/y;

/** Visa, Mastercard, American Express, Discover, Diners, JCB, UnionPay, Maestro. */
const issuers =
  /^(?:4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2(?:2[2-9]|[3-6]\d|7[01])\d{13}|3[47]\d{13}|6(?:011|5\d\d|4[4-9]\d)\d{12}|3(?:0[0-5]|[68]\d)\d{11}|35\d{14}|62\d{14,17}|(?:50|5[6-9]|6\d)\d{10,17})$/;

/** The check of Luhn. */
function hasCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at++) {
    const digit = digits.charCodeAt(digits.length - 1 - at) - 48;
    const doubled = at % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
