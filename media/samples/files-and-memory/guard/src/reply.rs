//! The two answers that `label_response` may give: labels for paths in the result, or the items themselves with labels.

use crate::label::Label;
use serde_json::{json, Value};

/// The whole result is one thing.
pub fn whole(label: &Label, description: &str) -> Value {
    json!({ "labeled_paths": [], "default_labels": label.to_json(description) })
}

/// The result is JSON with a list at `items_path` (empty: it is the list). An item that was missed stays closed.
pub fn by_path(items_path: &str, labels: Vec<Value>) -> Value {
    let labeled: Vec<Value> = labels
        .into_iter()
        .enumerate()
        .map(|(index, labels)| json!({ "path": format!("{items_path}/{index}"), "labels": labels }))
        .collect();
    json!({
        "items_path": items_path,
        "labeled_paths": labeled,
        "default_labels": Label::blocked().to_json("an item without a label"),
    })
}

/// The result is text, which the gateway can't take apart: the guard hands over the pieces.
pub fn pieces(pieces: Vec<(String, Value)>) -> Value {
    let items: Vec<Value> =
        pieces.into_iter().map(|(data, labels)| json!({ "data": data, "labels": labels })).collect();
    json!({ "items": items })
}
