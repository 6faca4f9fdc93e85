//! The output buffer, and the two answers that `label_response` may give: labels for paths in the result, or the items themselves with labels.

use crate::label::Label;
use serde_json::{json, Value};
use std::fmt::{Display, Write};

/// The gateway takes no longer answer.
const LONGEST: usize = 16 << 20;

/// The output buffer: takes what fits, and counts what does not. Answers are written as they are made, because the labels of a long list need more
/// memory than the list.
pub struct Answer<'a> {
    buffer: &'a mut [u8],
    length: usize,
}

impl<'a> Answer<'a> {
    pub fn to(buffer: &'a mut [u8]) -> Answer<'a> {
        Answer { buffer, length: 0 }
    }

    /// May be larger than the buffer.
    pub fn length(&self) -> usize {
        self.length
    }

    pub fn put(&mut self, text: impl Display) {
        // Writing to the buffer never fails.
        let _ = write!(self, "{text}");
    }

    /// The length as the gateway reads it from a buffer that is too small.
    pub fn put_hint(&mut self) {
        if let Some(place) = self.buffer.get_mut(..4) {
            place.copy_from_slice(&(self.length as u32).to_le_bytes());
        }
    }

    pub fn is_too_long(&self) -> bool {
        self.length > LONGEST
    }

    pub fn clear(&mut self) {
        self.length = 0;
    }
}

impl Write for Answer<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let end = self.length + text.len();
        if let Some(place) = self.buffer.get_mut(self.length..end) {
            place.copy_from_slice(text.as_bytes());
        }
        self.length = end;
        Ok(())
    }
}

/// The whole result is one thing.
pub fn whole(out: &mut Answer, label: &Label, description: &str) {
    out.put(json!({ "labeled_paths": [], "default_labels": label.to_json(description) }));
}

/// The result cannot be read, so nobody gets it.
pub fn withhold(out: &mut Answer) {
    out.clear();
    whole(out, &Label::blocked(), "a result that is too large to be labelled");
}

/// The result is JSON with a list at `items_path` (empty: it is the list). An item that was missed stays closed.
pub fn by_path(out: &mut Answer, items_path: &str, labels: impl Iterator<Item = Value>) {
    let missed = Label::blocked().to_json("an item without a label");
    out.put(format_args!(r#"{{"default_labels":{missed},"items_path":{},"labeled_paths":["#, json!(items_path)));
    for (index, labels) in labels.enumerate() {
        let path = format!("{items_path}/{index}");
        put_item(out, index, json!({ "path": path, "labels": labels }));
    }
    out.put("]}");
}

/// The result is text, which the gateway can't take apart: the guard hands over the pieces.
pub fn pieces<'a>(out: &mut Answer, pieces: impl Iterator<Item = (&'a str, Value)>) {
    out.put(r#"{"items":["#);
    for (index, (data, labels)) in pieces.enumerate() {
        put_item(out, index, json!({ "data": data, "labels": labels }));
    }
    out.put("]}");
}

fn put_item(out: &mut Answer, index: usize, item: Value) {
    out.put(format_args!("{}{item}", if index == 0 { "" } else { "," }));
}
