/** The rules about the answers of a guard's three functions, each in its file. */
import type { AnswerRule } from './answer.ts';
import { difcMode } from './answers/difcMode.ts';
import { legacyItems } from './answers/legacyItem.ts';
import { missingResource } from './answers/missingResource.ts';
import { hasKnownMembers, ignoredMembers } from './fields/ignoredMembers.ts';
import { misplacedFields } from './fields/misplacedField.ts';
import { shapeOf } from './fields/shape.ts';
import { unknownFields } from './fields/unknownField.ts';
import { entriesWithoutLabels } from './paths/entryWithoutLabels.ts';
import { itemsPathMissing } from './paths/itemsPathMissing.ts';
import { itemsPathWrong } from './paths/itemsPathWrong.ts';
import { pathsBelowItem } from './paths/pathBelowItem.ts';
import { areEntriesPlain, pathFactsOf } from './paths/pathFacts.ts';
import { pathsOfRawResult } from './paths/pathOfRawResult.ts';
import { pathsOutsideItems } from './paths/pathOutsideItems.ts';
import { pathsTwice } from './paths/pathTwice.ts';
import { pathsWithoutIndex } from './paths/pathWithoutIndex.ts';
import { pathsWithoutItem } from './paths/pathWithoutItem.ts';

const fields: AnswerRule = (answer) => {
  const shape = shapeOf(answer.call.function, answer.document);
  if (hasKnownMembers(answer.document, shape)) return [];
  const members = ignoredMembers(answer.document, shape);
  return [...unknownFields(answer, members), ...misplacedFields(answer, members)];
};

const pathRules = [
  itemsPathMissing,
  pathsOfRawResult,
  pathsOutsideItems,
  pathsWithoutIndex,
  pathsWithoutItem,
  pathsTwice,
  pathsBelowItem,
] as const;

const paths: AnswerRule = (answer) => {
  if (answer.call.function !== 'label_response' || !Object.hasOwn(answer.document, 'labeled_paths')) return [];
  if (areEntriesPlain(answer)) return [];
  const facts = pathFactsOf(answer);
  if (facts === null) return itemsPathWrong(answer);
  return [...entriesWithoutLabels(answer), ...pathRules.flatMap((rule) => rule(answer, facts))];
};

export const answerRules: readonly AnswerRule[] = [fields, missingResource, difcMode, legacyItems, paths];
