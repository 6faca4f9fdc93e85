//! What the gateway hands over, read as far as it is needed: a text of 8 MiB that no rule looks at is passed over.

use serde_json::Value;

/// Memory of a guard under the gateway, less what the program itself and its look-ups take.
const MEMORY: usize = 22 << 20;

/// The members of a JSON object, each as it was written.
pub struct Members<'a> {
    members: Vec<(String, &'a [u8])>,
    /// Memory that is left for values, in bytes.
    room: usize,
}

impl<'a> Members<'a> {
    /// The input of a guard call. `capacity`: the size of the output buffer, which lies in the guard's memory like the input.
    pub fn of_input(text: &'a [u8], capacity: usize) -> Result<Members<'a>, String> {
        let room = MEMORY.saturating_sub(text.len() + capacity);
        let members = Scan { text, at: 0 }.object().ok_or("the input is not JSON, or not an object")?;
        Ok(Members { members, room })
    }

    /// The members of a member. One that is missing or null has none.
    pub fn object(&self, name: &str) -> Result<Members<'a>, String> {
        let members = match self.raw(name) {
            None | Some(b"null") => vec![],
            Some(text) => Scan { text, at: 0 }.object().ok_or_else(|| format!("\"{name}\" must be an object"))?,
        };
        Ok(Members { members, room: self.room })
    }

    /// A member; null when there is none, `Err` when it is not JSON, or needs more memory than there is.
    pub fn value(&self, name: &str) -> Result<Value, String> {
        let Some(text) = self.raw(name) else { return Ok(Value::Null) };
        if !fits(text, self.room) {
            return Err(format!("\"{name}\" has {} bytes, too many for the memory of a guard", text.len()));
        }
        serde_json::from_slice(text).map_err(|error| format!("\"{name}\" is not JSON: {error}"))
    }

    pub fn has(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    /// The last one counts, as in the gateway.
    fn raw(&self, name: &str) -> Option<&'a [u8]> {
        self.members.iter().rev().find(|(known, _)| known == name).map(|(_, text)| *text)
    }
}

/// Whether a value, and what the rules make of it, takes no more memory than `room`. A guard that runs out of memory traps, and the gateway never calls
/// it again, so this is asked before a value is made. A map takes about 680 bytes; texts are copied some times on the way to their labels.
pub fn fits(text: &[u8], room: usize) -> bool {
    let count = |byte: u8| text.iter().filter(|&&each| each == byte).count();
    8 * text.len() + 680 * count(b'{') + 250 * count(b',') <= room
}

/// Finds the members of an object. What is in them is read, and found to be JSON or not, when it is asked for.
struct Scan<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Scan<'a> {
    /// None: the text is not an object.
    fn object(mut self) -> Option<Vec<(String, &'a [u8])>> {
        let mut members = Vec::new();
        self.take(b'{')?;
        if self.take(b'}').is_none() {
            loop {
                self.space();
                let name = self.string()?;
                self.take(b':')?;
                self.space();
                members.push((name, self.value()?));
                if self.take(b',').is_none() {
                    break;
                }
            }
            self.take(b'}')?;
        }
        self.space();
        (self.at == self.text.len()).then_some(members)
    }

    fn string(&mut self) -> Option<String> {
        let from = self.at;
        self.pass_string()?;
        serde_json::from_slice::<Value>(&self.text[from..self.at]).ok()?.as_str().map(str::to_string)
    }

    /// A value up to what cannot be a part of it.
    fn value(&mut self) -> Option<&'a [u8]> {
        let from = self.at;
        let mut open = 0;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => self.pass_string()?,
                b',' | b'}' | b']' if open == 0 => break,
                b'{' | b'[' => open += 1,
                b'}' | b']' => open -= 1,
                _ => {}
            }
            if byte != b'"' {
                self.at += 1;
            }
        }
        let value = self.text[from..self.at].trim_ascii_end();
        (!value.is_empty()).then_some(value)
    }

    fn pass_string(&mut self) -> Option<()> {
        if self.peek() != Some(b'"') {
            return None;
        }
        self.at += 1;
        while let Some(byte) = self.peek() {
            self.at += if byte == b'\\' { 2 } else { 1 };
            if byte == b'"' {
                return Some(());
            }
        }
        None
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        self.space();
        (self.peek() == Some(byte)).then(|| self.at += 1)
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn members_are_found_and_read_when_asked_for() {
        let text = br#" {"a" : [1, "}\"]"] , "b":{"c":null}, "\u0061": 7} "#;
        let members = Members::of_input(text, 0).unwrap();
        assert_eq!(members.value("a"), Ok(json!(7)));
        assert_eq!(members.value("b"), Ok(json!({ "c": null })));
        assert_eq!(members.value("z"), Ok(Value::Null));
        assert!(members.object("b").unwrap().has("c"));
        assert!(members.object("a").is_err());
        for bad in ["", "7", "[1]", "{", r#"{"a"}"#, r#"{"a":}"#, r#"{"a":1"#, r#"{"a":1}x"#, r#"{"a":"b"#, r#"{"a\"#] {
            assert!(Members::of_input(bad.as_bytes(), 0).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_value_that_needs_too_much_memory_is_not_read() {
        let text = format!(r#"{{"a":"{}","b":1}}"#, "x".repeat(4 << 20));
        let members = Members::of_input(text.as_bytes(), 4 << 20).unwrap();
        assert!(members.value("a").is_err());
        assert_eq!(members.value("b"), Ok(json!(1)));
    }
}
