/** Rule `lint/operation-of-tool`: a tool that the server declares as destructive or not read-only is labelled as a read, or the reverse. */
import type { Problem } from '../../base/parsed.ts';
import type { ListedTool } from '../../trace/model/toolList.ts';
import { type Answer, answerWarning } from '../answer.ts';

/** `tool`: how the server listed the tool of the call; null when it listed none. */
export function operationOfTool(answer: Answer, tool: ListedTool | null): readonly Problem[] {
  const { operation } = answer.record;
  if (answer.call.function !== 'label_resource' || tool === null || operation === null) return [];
  const declared = declaredAs(tool);
  if (declared === null) return [];
  if (operation === 'read' && declared.isRead) return [];
  if (operation !== 'read' && !declared.isRead) return [];
  const name = JSON.stringify(tool.name);
  return [
    answerWarning(
      answer,
      {
        code: 'lint/operation-of-tool',
        message: `The server declares ${name} as ${declared.words}, but the guard labels the call as "${operation}"`,
        hint: declared.isRead
          ? 'A "read" is checked item by item and may be filtered; a write is refused as a whole. Return "read" if the tool changes nothing'
          : 'For a "read" the gateway does not check whether the agent may change the resource. Return "write" or "read-write"',
        subject: tool.name,
      },
      '"operation"',
    ),
  ];
}

function declaredAs({
  readOnly,
  destructive,
}: ListedTool): { readonly isRead: boolean; readonly words: string } | null {
  if (readOnly === true) return { isRead: true, words: 'read-only (readOnlyHint)' };
  if (destructive === true) return { isRead: false, words: 'destructive (destructiveHint)' };
  return readOnly === false ? { isRead: false, words: 'not read-only (readOnlyHint is false)' } : null;
}
