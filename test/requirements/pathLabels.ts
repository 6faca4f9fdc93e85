/** Labels of a response by path: behaviours 156 to 183 of the gateway. */
import { gatewayBehaviours } from './requirement.ts';

export const pathLabels = gatewayBehaviours('Labels by path', [
  [156, 'A pointer is split at slashes, with its two escapes.', 'difc/path_labels_test.go:18'],
  [157, 'Labels by index apply to an array at the root.', 'difc/path_labels_test.go:67'],
  [158, 'Labels apply to the items under items_path.', 'difc/path_labels_test.go:133'],
  [159, 'An item without a label of its own gets the default labels.', 'difc/path_labels_test.go:181'],
  [160, 'A single object is one item with the default labels.', 'difc/path_labels_test.go:225'],
  [161, 'All items of the result are labelled.', 'difc/path_labels_test.go:254'],
  [162, 'All three members of the path format are read.', 'difc/path_labels_test.go:280'],
  [
    163,
    'A search result is labelled end to end: wrapped, under items_path, with defaults.',
    'difc/path_labels_test.go:320',
  ],
  [164, 'An index is found behind the items path, with or without a leading slash.', 'difc/path_labels_test.go:415'],
  [165, 'A path without an index, or outside the items path, names no item.', 'difc/path_labels_test.go:443'],
  [166, 'A result is unwrapped when its text is JSON, and unchanged otherwise.', 'difc/path_labels_test.go:472'],
  [167, 'Content that code created is unwrapped like any other.', 'difc/path_labels_test.go:556'],
  [168, 'Wrapped and plain results are labelled alike.', 'difc/path_labels_test.go:575'],
  [169, 'An items path whose key is missing is an error that names it.', 'difc/path_labels_coverage_test.go:13'],
  [170, 'An items path must end at an array.', 'difc/path_labels_coverage_test.go:30'],
  [171, 'An items path may go through arrays by index, within their bounds.', 'difc/path_labels_coverage_test.go:46'],
  [172, 'An items path cannot go into a plain value.', 'difc/path_labels_coverage_test.go:119'],
  [173, 'Path labels that are not JSON are refused.', 'difc/path_labels_coverage_test.go:152'],
  [
    174,
    'An item that no label covers is described as unlabeled, without tags.',
    'difc/path_labels_coverage_test.go:160',
  ],
  [175, 'A prefix of a name does not match an items path.', 'difc/path_labels_coverage_test.go:299'],
  [176, 'The empty path names no item.', 'difc/path_labels_coverage_test.go:310'],
  [177, 'A result whose content has no objects is not unwrapped.', 'difc/path_labels_coverage_test.go:321'],
  [178, "A wrapped single object remains wrapped as the item's data.", 'difc/path_labels_coverage_test.go:337'],
  [
    179,
    'The labels of a collection are the union over its items, and empty without items.',
    'difc/path_labels_coverage_test.go:191',
  ],
  [180, 'Paths that match nothing are ignored.', 'difc/path_labels_coverage_test.go:458'],
  [181, 'Empty segments of an items path are ignored.', 'difc/path_labels_coverage_test.go:498'],
  [182, 'A result without a content list has no text.', 'mcpresult/text_content_test.go:29'],
  [
    183,
    'Text items, untyped and unknown ones among them, are joined without a separator; images, audio and resources are not.',
    'mcpresult/text_content_test.go:98',
  ],
]);
