//! Taking apart the texts of the file server, which are made for people.

/// One line of a directory listing: `[FILE] name`, with a size behind it in the longer form.
#[derive(PartialEq, Debug)]
pub enum Line<'a> {
    Directory(&'a str),
    File(&'a str),
    /// Totals and blank lines: they speak about the directory as a whole.
    Summary,
}

pub fn listing_line(line: &str, with_sizes: bool) -> Line<'_> {
    let name = |rest: &'static str| line.strip_prefix(rest);
    if let Some(rest) = name("[DIR] ") {
        return Line::Directory(if with_sizes { rest.trim_end() } else { rest });
    }
    match name("[FILE] ") {
        Some(rest) if with_sizes => Line::File(without_size(rest)),
        Some(rest) => Line::File(rest),
        None => Line::Summary,
    }
}

/// `handbook.md              1.20 KB`: the size is the last two words.
fn without_size(rest: &str) -> &str {
    let mut rest = rest;
    for _ in 0..2 {
        rest = rest.trim_end();
        rest = rest.rfind(' ').map_or(rest, |space| &rest[..space]);
    }
    rest.trim_end()
}

/// Splits the answer of `read_multiple_files` into one piece per path. `None` when that cannot be done for sure: a file
/// may hold the very line that separates files, and then whose text is whose is anybody's guess.
pub fn split_contents<'a>(text: &'a str, paths: &[impl AsRef<str>]) -> Option<Vec<&'a str>> {
    let mut starts = vec![0];
    for path in &paths[1..] {
        let boundary = format!("\n---\n{}:", path.as_ref());
        let mut found = text.match_indices(&boundary);
        let (at, _) = found.next()?;
        if found.next().is_some() || at < *starts.last()? {
            return None;
        }
        starts.push(at + "\n---\n".len());
    }
    if !text.starts_with(&format!("{}:", paths[0].as_ref())) {
        return None;
    }
    let end = |index: usize| starts.get(index + 1).map_or(text.len(), |next| next - "\n---\n".len());
    Some(starts.iter().enumerate().map(|(index, start)| &text[*start..end(index)]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listings_are_read_with_and_without_sizes() {
        assert_eq!(listing_line("[DIR] drafts", false), Line::Directory("drafts"));
        assert_eq!(listing_line("[FILE] two words.md", false), Line::File("two words.md"));
        assert_eq!(listing_line("[FILE] two words.md                      1.20 KB", true), Line::File("two words.md"));
        assert_eq!(listing_line("Total: 1 files, 1 directories", true), Line::Summary);
    }

    #[test]
    fn contents_are_split_only_where_that_is_certain() {
        let text = "a.md:\none\n\n---\nb.md:\ntwo\n";
        assert_eq!(split_contents(text, &["a.md", "b.md"]), Some(vec!["a.md:\none\n", "b.md:\ntwo\n"]));
        let forged = "a.md:\none\n---\nb.md:\nforged\n\n---\nb.md:\ntwo\n";
        assert_eq!(split_contents(forged, &["a.md", "b.md"]), None);
        assert_eq!(split_contents(text, &["a.md", "c.md"]), None);
    }
}
